import {
  addressParts,
  type PostgresAddress,
} from '../destination/duckdb/postgres/address-parts.js';
import { ConfigError } from '../errors.js';
import type { DestinationSettings } from '../settings/destination-settings.js';

/**
 * A Postgres database whose credentials have this key among settings, as an address or as a table
 * of parts, as dlt has them. `address` stands in place of the one in settings, and what an address
 * says comes first.
 *
 * Errors: ConfigError for an address that is none, with its place.
 */
export function postgresSettings(
  { find, text }: DestinationSettings,
  key: string,
  address?: string,
): PostgresAddress {
  const found = address === undefined ? text(key) : { value: address, from: null };
  const given = found === undefined ? {} : partsOf(found);
  const parts = {
    host: find(`${key}.host`, 'text'),
    port: find(`${key}.port`, 'number'),
    database: find(`${key}.database`, 'text'),
    user: find(`${key}.username`, 'text'),
    password: find(`${key}.password`, 'secret'),
    ...given,
  };
  const timeout = find(`${key}.connect_timeout`, 'number');
  const query = find(`${key}.query`, 'object') ?? {};
  const options = {
    ...(timeout !== undefined && { connect_timeout: String(timeout) }),
    ...Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
    ...given.options,
  };
  // Members that are undefined count as not given.
  return { ...parts, options } as PostgresAddress;
}

function partsOf({ value, from }: { value: string; from: string | null }): PostgresAddress {
  try {
    return addressParts(value);
  } catch (error) {
    if (from === null) throw error;
    throw new ConfigError(`${from}: ${(error as Error).message}`, { cause: error });
  }
}
