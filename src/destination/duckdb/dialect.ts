import type { Dialect } from '../sql/dialect.js';
import { identifier } from '../sql/identifier.js';
import { columnTypeOf, domainOf, SQL_TYPE, sqlTypeOf } from './column-type.js';
import { dltTypeOf } from './dlt-type.js';
import { literal } from './literal.js';
import { rowType } from './row-type.js';

/**
 * DuckDB's SQL. In a database that sluice made (`ours`) ids are stored uncompressed: compressing
 * them costs a third of a load and gains little.
 */
export function duckdbDialect(ours: boolean): Dialect {
  return {
    types: SQL_TYPE,
    keptJson: SQL_TYPE.json,
    sqlTypeOf,
    columnTypeOf,
    domainOf,
    dltTypeOf,
    rowTypeOf: rowType,
    destinationType: 'dlt.destinations.duckdb',
    temporary: ['temp', 'main'],
    stagesInMemory: true,
    place: (...parts) => parts.filter((part) => part !== undefined),
    createSchema: (...parts) => `CREATE SCHEMA IF NOT EXISTS ${identifier(...parts)}`,
    skipsGenerated: true,
    identifier,
    literal,
    fold,
    // A join with the tables, whose definitions DuckDB prints anew each time, takes most of a small
    // load's beginning: 250 ms of 1,000 tables, and 15 ms without it.
    columns: `SELECT table_name, column_name, data_type, is_nullable, nullif(column_default, 'NULL')
      FROM duckdb_columns() WHERE database_name = $1 AND schema_name = $2
      ORDER BY table_oid, column_index`,
    // They are marked in the table's definition alone.
    generated: `SELECT c.table_name, c.column_name
      FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_oid)
      WHERE c.database_name = $1 AND c.schema_name = $2 AND t.database_name = $1
        AND c.column_default IS NOT NULL AND list_bool_or([
          contains(t.sql, start || ' ' || c.data_type || ' GENERATED ALWAYS AS(') FOR start IN
          ['(' || c.column_name, ', ' || c.column_name, '"' || replace(c.column_name, '"', '""') || '"']])`,
    relations: `SELECT table_name, CASE WHEN index_count > 0 OR check_constraint_count > 0 THEN 'rules' ELSE 'table' END
      FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2
      UNION ALL SELECT view_name, 'view' FROM duckdb_views() WHERE database_name = $1 AND schema_name = $2`,
    // A column of this name hides it, and then rows are numbered as they are read.
    rowNumber: (columns) =>
      columns.some((name) => fold(name) === 'rowid') ? 'row_number() OVER ()' : 'rowid',
    inserted: 'rowid',
    insertedColumn: '',
    insertedValue: () => '',
    widensInPlace: true,
    renamesAltered: true,
    idStorage: ours ? 'USING COMPRESSION uncompressed' : '',
    hasKey: (json, key) => `coalesce(json_exists(${json}, ${literal(`$."${key}"`)}), false)`,
    hasMoreThan: (json, key) =>
      `(${json} IS NOT NULL AND (json_type(${json}) <> 'OBJECT' OR json_keys(${json}) <> [${literal(key)}]))`,
  };
}

/** DuckDB folds no other letters. */
function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
