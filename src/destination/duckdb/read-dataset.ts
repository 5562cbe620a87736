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
import type { Dialect } from '../sql/dialect.js';
import { identifier } from '../sql/identifier.js';
import { readStoredState } from '../sql/load-documents.js';
import { readNames } from '../sql/names.js';
import type { SqlPort } from '../sql/port.js';
import { readVersions, type SchemaVersions } from '../sql/schema-versions.js';
import type { Scope } from '../sql/sql.js';
import { stoppedLoads } from '../sql/unfinished/stopped-loads.js';
import type { ColumnStructure, TableStructure } from '../table-structure.js';
import { boundParameters } from './bound-parameters.js';
import type { QueryParameter } from './query-parameters.js';
import type { QuerySpec } from './read/open-cursor.js';
import { rowValue } from './read/row-value.js';
import { useDataset } from './read/use-dataset.js';
import type { Target } from './target.js';
import { withWholeText } from './whole-text.js';
import { writeFile } from './write-file.js';

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
export function read(connection: DuckDBConnection, target: Target, what: Read): Promise<unknown> {
  switch (what.op) {
    case 'schema':
      return datasetSchema(connection, target, what.dataset);
    case 'structure':
      return datasetStructure(connection, target, what.dataset);
    case 'tables':
      return datasetTables(connection, target, what.dataset);
    case 'rows':
      return tableRows(connection, target, what.dataset, what.table);
    case 'documents':
      return documents(connection, target, what.dataset, what.pipeline);
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
  target: Target,
  dataset: string,
): Promise<{ port: SqlPort; scope: Scope; relations: Relations; catalog: Catalog }> {
  const port = target.portOf(connection);
  const scope = await target.scopeOf(connection, dataset);
  const relations = await readRelations(port, scope);
  return { port, scope, relations, catalog: await readCatalog(port, scope, relations) };
}

/** Structures of a dataset's tables; empty where it does not exist. */
async function datasetSchema(
  connection: DuckDBConnection,
  target: Target,
  dataset: string,
): Promise<DatasetSchema> {
  const { port, scope, relations, catalog } = await catalogOf(connection, target, dataset);
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
  target: Target,
  dataset: string,
  pipeline: string,
): Promise<Documents> {
  const { port, scope, catalog } = await catalogOf(connection, target, dataset);
  const versions = await readVersions(port, scope, catalog);
  const unfinished = await stoppedLoads(port, scope, pipeline, catalog);
  return {
    state: await readStoredState(port, scope, pipeline, catalog),
    schemas: [...versions.documents.values()],
    ...(unfinished.length > 0 && { unfinished }),
  };
}

const NO_VERSIONS: Pick<SchemaVersions, 'parentOf'> = { parentOf: () => undefined };

/** A dataset's tables as the catalog has them; empty where it does not exist. */
async function datasetStructure(
  connection: DuckDBConnection,
  target: Target,
  dataset: string,
): Promise<TableStructure[]> {
  const { port, scope, relations, catalog } = await catalogOf(connection, target, dataset);
  const names = await readNames(port, scope, catalog);
  // Rows can be read whatever a later dlt wrote of them.
  const versions = await readVersions(port, scope, catalog).catch(() => NO_VERSIONS);
  const tables = [...catalog].map(([name, columns]) => ({
    name,
    parent: parentOf(name, catalog, names, versions),
    columns: columns.map((column) => columnStructure(scope.dialect, column)),
  }));
  return [...tables, ...(await viewStructures(port, scope, relations))];
}

async function viewStructures(
  port: SqlPort,
  { catalog, dataset, dialect }: Scope,
  relations: Relations,
): Promise<TableStructure[]> {
  const views = new Map(
    [...relations.values()]
      .filter(({ kind }) => kind === 'view')
      .map(({ name }): [string, ColumnStructure[]] => [name, []])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  if (views.size === 0) return [];
  const rows = await port.query(dialect.columns, [catalog, dataset]);
  for (const [view, name, sqlType, nullable] of rows as [string, string, string, boolean][])
    views.get(view)?.push(columnStructure(dialect, { name, sqlType, nullable }));
  return [...views].map(([name, columns]) => ({ name, parent: null, columns, isView: true }));
}

function columnStructure(
  dialect: Dialect,
  { name, sqlType, nullable }: RealColumn,
): ColumnStructure {
  return {
    name,
    sqlType,
    type: dialect.dltTypeOf(sqlType),
    nullable,
    rowType: name === '_dlt_list_idx' ? 'number' : dialect.rowTypeOf(sqlType),
  };
}

/** Names of a dataset's tables, sorted. */
async function datasetTables(
  connection: DuckDBConnection,
  target: Target,
  dataset: string,
): Promise<string[]> {
  const { catalog } = await catalogOf(connection, target, dataset);
  return [...catalog.keys()].filter(holdsRows).sort();
}

/** All rows of one table. Errors: LoadError. */
async function tableRows(
  connection: DuckDBConnection,
  target: Target,
  dataset: string,
  table: string,
): Promise<ReadRow[]> {
  const port = target.portOf(connection);
  const scope = await target.scopeOf(connection, dataset);
  const relations = await readRelations(port, scope);
  if (!relations.has(scope.dialect.fold(table)))
    throw missingTable(
      table,
      [...relations.values()].map(({ name }) => name),
    );
  return queryRows(connection, `SELECT * FROM ${identifier(...target.find(scope, table))}`, []);
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
