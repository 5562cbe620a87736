import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import type { DatasetSchema } from '../../../operators/types.js';
import { LoadError } from '../../errors.js';
import type { ReadRow } from '../destination.js';
import type { Documents } from '../messages.js';
import { missingTable } from '../missing-table.js';
import {
  type Catalog,
  holdsRows,
  parentOf,
  readCatalog,
  readRelations,
  readSchema,
  type RealColumn,
  type Relations,
} from '../sql/catalog.js';
import { readStoredState } from '../sql/load-documents.js';
import { readNames } from '../sql/names.js';
import type { SqlPort } from '../sql/port.js';
import { readVersions, type SchemaVersions } from '../sql/schema-versions.js';
import { qualified, type Scope } from '../sql/sql.js';
import type { ColumnStructure, TableStructure } from '../table-structure.js';
import { boundParameters } from './bound-parameters.js';
import { duckdbDialect } from './dialect.js';
import { dltTypeOf } from './dlt-type.js';
import { portOf } from './port-of.js';
import type { QueryParameter } from './query-parameters.js';
import type { QuerySpec } from './read/open-cursor.js';
import { rowValue } from './read/row-value.js';
import { useDataset } from './read/use-dataset.js';
import { rowType } from './row-type.js';
import { withWholeText } from './whole-text.js';
import { writeFile } from './write-file.js';

/** A dataset in a database. */
export interface DatasetScope extends Scope {
  /** There is a schema of this name. */
  isThere: boolean;
  /** The path of the database's file; null where it has none. */
  path: string | null;
  /** A database that is open has this name. */
  isAmbiguous: boolean;
}

/**
 * The scope of a dataset in the database that a connection uses, with the letters that its schema
 * has there. `ours`: sluice made the database.
 */
export async function scopeOf(
  connection: DuckDBConnection,
  dataset: string,
  ours = false,
): Promise<DatasetScope> {
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
}

/** What is read of a database, as plain data. */
export type Read =
  | { op: 'schema' | 'structure' | 'tables'; dataset: string }
  | { op: 'rows'; dataset: string; table: string }
  | { op: 'documents'; dataset: string; pipeline: string }
  /** Without a dataset its tables are named in full. */
  | ({ op: 'query' } & QuerySpec)
  | ({ op: 'write'; path: string; format: 'parquet' | 'csv' } & QuerySpec);

/**
 * Reads structures, names of tables, rows, or dlt's documents. Errors: LoadError for what DuckDB
 * refuses.
 */
export function read(connection: DuckDBConnection, what: Read): Promise<unknown> {
  switch (what.op) {
    case 'schema':
      return datasetSchema(connection, what.dataset);
    case 'structure':
      return datasetStructure(connection, what.dataset);
    case 'tables':
      return datasetTables(connection, what.dataset);
    case 'rows':
      return tableRows(connection, what.dataset, what.table);
    case 'documents':
      return documents(connection, what.dataset, what.pipeline);
    case 'query':
      return what.dataset === null
        ? queryRows(connection, what.sql, what.parameters)
        : datasetQuery(connection, what.dataset, what.sql, what.parameters);
    case 'write':
      return writeFile(connection, what);
    default:
      return what satisfies never;
  }
}

/** What a dataset has; nothing where it does not exist. */
async function catalogOf(
  connection: DuckDBConnection,
  dataset: string,
): Promise<{ port: SqlPort; scope: Scope; relations: Relations; catalog: Catalog }> {
  const port = portOf(connection);
  const scope = await scopeOf(connection, dataset);
  const relations = await readRelations(port, scope);
  return { port, scope, relations, catalog: await readCatalog(port, scope, relations) };
}

/** Structures of a dataset's tables; empty where it does not exist. */
async function datasetSchema(
  connection: DuckDBConnection,
  dataset: string,
): Promise<DatasetSchema> {
  const { port, scope, relations, catalog } = await catalogOf(connection, dataset);
  const names = await readNames(port, scope, catalog);
  return readSchema(
    port,
    scope,
    catalog,
    relations,
    names,
    await readVersions(port, scope, catalog),
  );
}

/** The state of a pipeline and the schemas of a dataset; nothing where it does not exist. */
async function documents(
  connection: DuckDBConnection,
  dataset: string,
  pipeline: string,
): Promise<Documents> {
  const { port, scope, catalog } = await catalogOf(connection, dataset);
  const versions = await readVersions(port, scope, catalog);
  return {
    state: await readStoredState(port, scope, pipeline, catalog),
    schemas: [...versions.documents.values()],
  };
}

const NO_VERSIONS: Pick<SchemaVersions, 'parentOf'> = { parentOf: () => undefined };

/** A dataset's tables as the catalog has them; empty where it does not exist. */
async function datasetStructure(
  connection: DuckDBConnection,
  dataset: string,
): Promise<TableStructure[]> {
  const { port, scope, catalog } = await catalogOf(connection, dataset);
  const names = await readNames(port, scope, catalog);
  // Rows can be read whatever a later dlt wrote of them.
  const versions = await readVersions(port, scope, catalog).catch(() => NO_VERSIONS);
  const tables = [...catalog].map(([name, columns]) => ({
    name,
    parent: parentOf(name, catalog, names, versions),
    columns: columns.map(columnStructure),
  }));
  return [...tables, ...(await viewStructures(connection, scope))];
}

async function viewStructures(
  connection: DuckDBConnection,
  { catalog, dataset }: Scope,
): Promise<TableStructure[]> {
  const rows = await portOf(connection).query(
    `SELECT v.view_name, c.column_name, c.data_type, c.is_nullable
       FROM duckdb_columns() c JOIN duckdb_views() v
         ON v.view_oid = c.table_oid AND v.schema_oid = c.schema_oid AND v.database_oid = c.database_oid
      WHERE v.database_name = $1 AND v.schema_name = $2 ORDER BY v.view_name, c.column_index`,
    [catalog, dataset],
  );
  const views = new Map<string, ColumnStructure[]>();
  for (const [view, name, sqlType, nullable] of rows as [string, string, string, boolean][])
    views.set(view, [...(views.get(view) ?? []), columnStructure({ name, sqlType, nullable })]);
  return [...views].map(([name, columns]) => ({ name, parent: null, columns, isView: true }));
}

function columnStructure({ name, sqlType, nullable }: RealColumn): ColumnStructure {
  return {
    name,
    sqlType,
    type: dltTypeOf(sqlType),
    nullable,
    rowType: name === '_dlt_list_idx' ? 'number' : rowType(sqlType),
  };
}

/** Names of a dataset's tables, sorted. */
async function datasetTables(connection: DuckDBConnection, dataset: string): Promise<string[]> {
  const { catalog } = await catalogOf(connection, dataset);
  return [...catalog.keys()].filter(holdsRows).sort();
}

/** All rows of one table. Errors: LoadError. */
async function tableRows(
  connection: DuckDBConnection,
  dataset: string,
  table: string,
): Promise<ReadRow[]> {
  const port = portOf(connection);
  const scope = await scopeOf(connection, dataset);
  const relations = await readRelations(port, scope);
  if (!relations.has(scope.dialect.fold(table)))
    throw missingTable(
      table,
      [...relations.values()].map(({ name }) => name),
    );
  return queryRows(connection, `SELECT * FROM ${qualified(scope, table)}`, []);
}

/** Rows of a query for which the dataset's tables need no prefix. Errors: LoadError. */
async function datasetQuery(
  connection: DuckDBConnection,
  dataset: string,
  sql: string,
  parameters: readonly QueryParameter[],
): Promise<ReadRow[]> {
  await useDataset(connection, dataset);
  return queryRows(connection, sql, parameters);
}

/** Rows of a query as objects. Errors: LoadError for what DuckDB refuses. */
async function queryRows(
  connection: DuckDBConnection,
  sql: string,
  parameters: readonly QueryParameter[],
): Promise<ReadRow[]> {
  const { values, types } = boundParameters(parameters);
  const result = await connection
    .runAndReadAll(sql, values, types as DuckDBType[])
    .catch((error: unknown) => {
      throw new LoadError(`The query failed: ${(error as Error).message}`, { cause: error });
    });
  return withWholeText(() => result.convertRowObjects(rowValue));
}
