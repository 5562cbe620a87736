import type { DuckDBConnection } from '@duckdb/node-api';
import type { DatasetSchema } from '../../../operators/types.js';
import { LoadError } from '../../errors.js';
import type { ReadRow } from '../destination.js';
import { holdsRows, readCatalog, readRelations, readSchema } from '../sql/catalog.js';
import { readNames } from '../sql/names.js';
import { qualified, type Scope } from '../sql/sql.js';
import { duckdbDialect } from './dialect.js';
import { portOf } from './port-of.js';
import { boundParameters } from './query-parameters.js';
import { identifier, literal } from './quoting.js';
import { withWholeText } from './whole-text.js';

/**
 * The scope of a dataset in the database that a connection uses, with the letters that its schema
 * has there. `ours`: sluice made the database.
 */
export async function scopeOf(
  connection: DuckDBConnection,
  dataset: string,
  ours = false,
): Promise<Scope> {
  const [row] = await portOf(connection).query(
    `SELECT current_database(), (SELECT schema_name FROM duckdb_schemas()
       WHERE database_name = current_database() AND lower(schema_name) = lower($1))`,
    [dataset],
  );
  const [catalog, schema] = row as [string, string | null];
  return { catalog, dataset: schema ?? dataset, dialect: duckdbDialect(ours) };
}

/** What is read of a database, as plain data. */
export type Read =
  | { op: 'schema' | 'tables'; dataset: string }
  | { op: 'rows'; dataset: string; table: string }
  /** Without a dataset its tables are named in full. */
  | { op: 'query'; sql: string; parameters: readonly unknown[]; dataset: string | null };

/** Reads structures, names of tables, or rows. Errors: LoadError for what DuckDB refuses. */
export function read(connection: DuckDBConnection, what: Read): Promise<unknown> {
  switch (what.op) {
    case 'schema':
      return datasetSchema(connection, what.dataset);
    case 'tables':
      return datasetTables(connection, what.dataset);
    case 'rows':
      return tableRows(connection, what.dataset, what.table);
    case 'query':
      return what.dataset === null
        ? queryRows(connection, what.sql, what.parameters)
        : datasetQuery(connection, what.dataset, what.sql, what.parameters);
    default:
      return what satisfies never;
  }
}

/** Structures of a dataset's tables; empty where it does not exist. */
async function datasetSchema(
  connection: DuckDBConnection,
  dataset: string,
): Promise<DatasetSchema> {
  const port = portOf(connection);
  const scope = await scopeOf(connection, dataset);
  const catalog = await readCatalog(port, scope);
  const relations = await readRelations(port, scope);
  return readSchema(port, scope, catalog, relations, await readNames(port, scope, catalog));
}

/** Names of a dataset's tables, sorted. */
async function datasetTables(connection: DuckDBConnection, dataset: string): Promise<string[]> {
  const catalog = await readCatalog(portOf(connection), await scopeOf(connection, dataset));
  return [...catalog.keys()].filter(holdsRows).sort();
}

/** All rows of one table. Errors: LoadError. */
async function tableRows(
  connection: DuckDBConnection,
  dataset: string,
  table: string,
): Promise<ReadRow[]> {
  const scope = await scopeOf(connection, dataset);
  return queryRows(connection, `SELECT * FROM ${qualified(scope, table)}`, []);
}

/** Rows of a query for which the dataset's tables need no prefix. Errors: LoadError. */
async function datasetQuery(
  connection: DuckDBConnection,
  dataset: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<ReadRow[]> {
  const { catalog } = await scopeOf(connection, dataset);
  const [found] = await portOf(connection).query(
    'SELECT 1 FROM duckdb_schemas() WHERE database_name = $1 AND lower(schema_name) = lower($2)',
    [catalog, dataset],
  );
  if (found !== undefined) {
    const path = [dataset, 'main'].map((schema) => identifier(catalog, schema)).join(',');
    await connection.run(`SET search_path = ${literal(path)}`);
  }
  return queryRows(connection, sql, parameters);
}

/**
 * Rows of a query as objects; integers as numbers where they are safe. Errors: LoadError for what
 * DuckDB refuses.
 */
async function queryRows(
  connection: DuckDBConnection,
  sql: string,
  parameters: readonly unknown[],
): Promise<ReadRow[]> {
  const result = await connection
    .runAndReadAll(sql, boundParameters(parameters))
    .catch((error: unknown) => {
      throw new LoadError(`The query failed: ${(error as Error).message}`, { cause: error });
    });
  return withWholeText(() => result.getRowObjectsJS()).map((row) => plain(row) as ReadRow);
}

/** Integers as numbers where they are safe, also within lists and structs. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(plain);
  if (
    value === null ||
    typeof value !== 'object' ||
    Object.getPrototypeOf(value) !== Object.prototype
  )
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, plain(own)]));
}
