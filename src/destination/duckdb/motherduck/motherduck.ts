import { givenOptions } from '../../../../operators/settings/given-options.js';
import {
  checked,
  flag,
  map,
  name,
  record,
  secret,
  text,
} from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';
import { type DuckdbDestination, engineDestination } from '../engine-destination.js';
import { openEngineIn } from '../open-engine-in.js';
import { openOnce } from '../open-once.js';
import { type MotherduckAddress, motherduckParts } from './address-parts.js';
import type { MotherduckDatabase } from './motherduck-database.js';

/** A MotherDuck database and how it is used. Members take the place of parts of the address. */
export interface MotherduckConfig extends MotherduckAddress {
  /** The folder in which DuckDB finds its extension `motherduck`. @default DuckDB's own */
  extensions?: string;
  /** Load in a thread of its own, so that the caller's event loop stays free. @default true */
  thread?: boolean;
}

const SHAPE = record<MotherduckConfig>('motherduck()', {
  database: name,
  token: secret(name),
  options: checked(map(text), (options: Record<string, string>) => {
    // They are part of the address, which errors show.
    const own = Object.keys(options).find((key) => /token$/i.test(key));
    if (own !== undefined)
      throw new ConfigError(
        `${own} cannot be kept secret there. Give \`token\` beside \`options\`.`,
      );
  }),
  extensions: name,
  thread: flag,
});

/**
 * A MotherDuck database as a destination, by its name, its address or its parts. DuckDB's extension
 * `motherduck` brings the rows there. What is open is open until `close()`.
 *
 * Each dataset is a schema. A load that begins takes its dataset over from one that runs elsewhere,
 * which fails at its next commit.
 *
 * Errors: ConfigError for an address that is none, and where there is no token. LoadError when it
 * is first used: the extension is missing, the database cannot be reached.
 *
 * @example motherduck('shop')
 * @example motherduck('md:shop', { token: process.env.LOADER_TOKEN })
 */
export function motherduck(
  database: string | MotherduckConfig,
  config?: MotherduckConfig | null,
): DuckdbDestination {
  const isAddress = typeof database === 'string';
  const given = givenOptions('motherduck()', isAddress ? config : database, SHAPE);
  const { thread = true, extensions = null, ...parts } = given;
  const place = placeOf({ ...(isAddress && motherduckParts(database)), ...parts });
  return engineDestination({
    name: 'motherduck',
    location: `motherduck:${place.name}`,
    ...openOnce(() => openEngineIn(thread, { ...place, extensions })),
  });
}

/** Errors: ConfigError where the database has no name, and where there is no token. */
function placeOf({
  database,
  token = process.env['MOTHERDUCK_TOKEN'] || process.env['motherduck_token'],
  options = {},
}: MotherduckAddress): Omit<MotherduckDatabase, 'extensions'> {
  if (database === undefined)
    throw new ConfigError(
      'motherduck() needs the name of a database: `database`, or an address such as md:shop.',
    );
  // Without one the extension opens a browser and waits.
  if (!token)
    throw new ConfigError(
      'motherduck() needs an access token: `token`, or the environment variable MOTHERDUCK_TOKEN.',
    );
  const query = String(new URLSearchParams(options));
  return {
    engine: 'motherduck',
    address: `md:${database}${query && `?${query}`}`,
    name: database,
    token,
    extension: 'motherduck',
  };
}
