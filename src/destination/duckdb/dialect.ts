import type { Dialect } from '../sql/dialect.js';
import { dataTypeOf, domainOf, SQL_TYPE } from './column-type.js';
import { identifier, literal } from './quoting.js';

/**
 * DuckDB's SQL. In a database that sluice made (`ours`) ids are stored uncompressed: compressing
 * them costs a third of a load and gains little.
 */
export function duckdbDialect(ours: boolean): Dialect {
  return {
    types: SQL_TYPE,
    dataTypeOf,
    domainOf,
    identifier,
    literal,
    // DuckDB folds no other letters.
    fold: (name) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    columns: `SELECT c.table_name, c.column_name, c.data_type, c.is_nullable
      FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_oid)
      WHERE c.database_name = $1 AND c.schema_name = $2 AND t.database_name = $1
      ORDER BY c.table_oid, c.column_index`,
    rowNumber: 'rowid',
    idStorage: ours ? 'USING COMPRESSION uncompressed' : '',
    hasKey: (json, key) => `coalesce(json_exists(${json}, ${literal(`$."${key}"`)}), false)`,
    hasMoreThan: (json, key) =>
      `(${json} IS NOT NULL AND (json_type(${json}) <> 'OBJECT' OR json_keys(${json}) <> [${literal(key)}]))`,
  };
}
