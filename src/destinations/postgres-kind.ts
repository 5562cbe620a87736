import { postgres, type PostgresConfig } from '../destination/duckdb/postgres/postgres.js';
import { destinationSettings } from '../settings/destination-settings.js';
import type { DestinationKind } from './destination-kind.js';
import { postgresSettings } from './postgres-settings.js';

/** A Postgres database by its address. What that lacks is taken from settings, as dlt does it. */
export const postgresKind: DestinationKind = {
  schemes: ['postgres', 'postgresql'],
  example: 'postgres://user@host:5432/database',
  make(address, options) {
    const settings = destinationSettings('postgres', options);
    const { find, missing } = settings;
    const config = {
      ...postgresSettings(settings, 'credentials', address ?? undefined),
      extensions: find('extensions', 'text'),
      nul: find('nul', 'text'),
    };
    if (config.database === undefined) throw missing('credentials', postgresKind.example);
    // Members that are undefined count as not given, and `nul` is checked.
    return postgres(config as PostgresConfig);
  },
};
