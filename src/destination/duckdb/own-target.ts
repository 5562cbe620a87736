import { duckdbDialect } from './dialect.js';
import { portOf } from './port-of.js';
import type { Target } from './target.js';

/** The tables of the database that a connection uses. `ours`: sluice made it. */
export function ownTarget(ours: boolean): Target {
  return {
    portOf,
    async scopeOf(connection, dataset) {
      const [row] = await portOf(connection).query(
        `SELECT current_database(), (SELECT schema_name FROM duckdb_schemas()
           WHERE database_name = current_database() AND lower(schema_name) = lower($1)),
           (SELECT path FROM duckdb_databases() WHERE database_name = current_database()),
           EXISTS (FROM duckdb_databases() WHERE lower(database_name) = lower($1))`,
        [dataset],
      );
      const [catalog, schema, path, isAmbiguous] = row as [
        string,
        string | null,
        string | null,
        boolean,
      ];
      return {
        catalog,
        dataset: schema ?? dataset,
        dialect: duckdbDialect(ours),
        isThere: schema !== null,
        path,
        isAmbiguous,
      };
    },
    find: ({ catalog, dataset }, table) => [catalog, dataset, table],
  };
}
