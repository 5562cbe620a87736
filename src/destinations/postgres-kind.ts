import {
  addressParts,
  type PostgresAddress,
} from '../destination/duckdb/postgres/address-parts.js';
import { postgres, type PostgresConfig } from '../destination/duckdb/postgres/postgres.js';
import { ConfigError } from '../errors.js';
import { type DestinationSettings, destinationSettings } from '../settings/destination-settings.js';
import type { DestinationKind } from './destination-kind.js';

/** A Postgres database by its address. What that lacks is taken from settings, as dlt does it. */
export const postgresKind: DestinationKind = {
  schemes: ['postgres', 'postgresql'],
  example: 'postgres://user@host:5432/database',
  make(address, options) {
    const settings = destinationSettings('postgres', options);
    const { find, missing } = settings;
    const given = address === null ? partsIn(settings) : addressParts(address);
    const config = {
      host: find('credentials.host', 'text'),
      port: find('credentials.port', 'number'),
      database: find('credentials.database', 'text'),
      user: find('credentials.username', 'text'),
      password: find('credentials.password', 'secret'),
      extensions: find('extensions', 'text'),
      nul: find('nul', 'text'),
      ...given,
      options: { ...optionsIn(settings), ...given.options },
    };
    if (config.database === undefined) throw missing('credentials', postgresKind.example);
    // Members that are undefined count as not given, and `nul` is checked.
    return postgres(config as PostgresConfig);
  },
};

/** The parts of the address in the settings, where there is one. */
function partsIn({ text }: DestinationSettings): PostgresAddress {
  const found = text('credentials');
  if (found === undefined) return {};
  try {
    return addressParts(found.value);
  } catch (error) {
    throw new ConfigError(`${found.from}: ${(error as Error).message}`, { cause: error });
  }
}

/** Settings of libpq, which dlt has in `query` and beside the parts. */
function optionsIn({ find }: DestinationSettings): Record<string, string> {
  const timeout = find('credentials.connect_timeout', 'number');
  const query = find('credentials.query', 'object') ?? {};
  return {
    ...(timeout !== undefined && { connect_timeout: String(timeout) }),
    ...Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)])),
  };
}
