import { identifier } from '../../sql/identifier.js';
import { ownTarget } from '../own-target.js';
import type { Target } from '../target.js';
import { ducklakeDialect } from './dialect.js';

const OWN = ownTarget(false);

/** An appender writes its rows by itself when they are 204,800. */
const HELD_BYTES = 64 * 1024 * 1024;

/**
 * The tables of a DuckLake that connections of DuckDB use.
 *
 * @param path the file of its catalog; null where that is none
 * @param metadata the catalog and schema of the DuckLake's own tables, for loads: they ask which
 * tables are partitioned or sorted, before their transaction
 */
export function ducklakeTarget(
  path: string | null,
  metadata: readonly [catalog: string, schema: string] | null = null,
): Target {
  return {
    ...OWN,
    heldBytes: HELD_BYTES,
    async scopeOf(connection, dataset) {
      const scope = await OWN.scopeOf(connection, dataset);
      const arranged =
        metadata === null || !scope.isThere
          ? []
          : await OWN.portOf(connection).query(arrangedTables(...metadata), [scope.dataset]);
      const names = arranged.map(([name]) => String(name));
      return { ...scope, dialect: ducklakeDialect(names), path };
    },
  };
}

/** A query for the tables of schema `$1` that have settings of their own, which go with them. */
function arrangedTables(catalog: string, schema: string): string {
  const own = (table: string): string => identifier(catalog, schema, table);
  return `SELECT t.table_name FROM ${own('ducklake_table')} t JOIN ${own('ducklake_schema')} s USING (schema_id)
    WHERE s.schema_name = $1 AND s.end_snapshot IS NULL AND t.end_snapshot IS NULL AND t.table_id IN (
      SELECT table_id FROM ${own('ducklake_partition_info')} WHERE end_snapshot IS NULL
      UNION ALL SELECT table_id FROM ${own('ducklake_sort_info')} WHERE end_snapshot IS NULL
      UNION ALL SELECT scope_id FROM ${own('ducklake_metadata')} WHERE scope = 'table')`;
}
