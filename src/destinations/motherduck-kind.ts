import { motherduckParts } from '../destination/duckdb/motherduck/address-parts.js';
import { motherduck, type MotherduckConfig } from '../destination/duckdb/motherduck/motherduck.js';
import { destinationSettings } from '../settings/destination-settings.js';
import type { DestinationKind } from './destination-kind.js';

/** A MotherDuck database by its address. What that lacks is taken from settings, as dlt does it. */
export const motherduckKind: DestinationKind = {
  schemes: ['md', 'motherduck'],
  example: 'md:shop',
  make(address, options) {
    const { find, text } = destinationSettings('motherduck', options);
    const given = address ?? text('credentials')?.value;
    const parameters = new URLSearchParams(
      Object.entries(find('credentials.query', 'object') ?? {}).map(
        ([key, value]) => [key, String(value)] as [string, string],
      ),
    );
    // dlt's default, a database that every account has.
    const database = find('credentials.database', 'text') ?? 'my_db';
    const parts = motherduckParts(`md:${database}?${String(parameters)}`);
    const config = {
      ...parts,
      token: find('credentials.password', 'secret') ?? parts.token,
      ...(given !== undefined && motherduckParts(given)),
      extensions: find('extensions', 'text'),
    };
    // Members that are undefined count as not given.
    return motherduck(config as MotherduckConfig);
  },
};
