import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { clockOf, type Clock } from './clock.js';
import { nameRows, type Rows } from './name-rows.js';
import { withoutStandardTables } from './standard-tables.js';
import { storedState } from './stored-state.js';

/**
 * What loads left in a dataset, as JSON that two loads of the same rows have in common: ids, load
 * ids and times of the load are names (`items#1`, `load 1`), and rows are sorted by what they hold.
 */
export interface Dump {
  tables: Record<string, { columns: string[]; rows: (string | null)[][] }>;
  /** Names of the tables in the staging dataset. */
  staging?: string[];
  /** The latest stored schema of each name, without the system tables where they are as always. */
  schemas: Record<string, unknown>;
  /** The latest stored state; null where there is none. */
  state: unknown;
}

/**
 * Dumps the dataset `data` of a database file. With `exactIds` `_dlt_id` and the columns that point
 * to it are as stored: they are hashes of the rows.
 */
export async function dump(path: string, exactIds: boolean): Promise<Dump> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    return await dumpOf(connection, exactIds);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function dumpOf(connection: DuckDBConnection, exactIds: boolean): Promise<Dump> {
  const columns = await read(
    connection,
    `SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
     WHERE schema_name IN ('data', 'data_staging') ORDER BY table_name, column_index`,
  );
  const names = new Set(
    columns.filter(([schema]) => schema === 'data').map(([, table]) => String(table)),
  );
  const staging = new Set(
    columns.filter(([schema]) => schema === 'data_staging').map(([, table]) => String(table)),
  );
  const tables = new Map<string, Rows>();
  for (const name of names)
    if (!name.startsWith('_sluice')) {
      const own = columns.filter(([schema, table]) => schema === 'data' && table === name);
      tables.set(name, await rowsOf(connection, name, own));
    }
  const clock = clockOf(tables.get('_dlt_loads'));
  const schemas = latestSchemas(tables.get('_dlt_version'));
  const state = latestState(tables.get('_dlt_pipeline_state'));
  return {
    tables: nameRows(timed(tables, clock), exactIds),
    ...(staging.size > 0 && { staging: [...staging] }),
    schemas,
    state,
  };
}

/** Every value as text, exactly; instants as UTC with six digits. */
async function rowsOf(
  connection: DuckDBConnection,
  table: string,
  columns: (string | null)[][],
): Promise<Rows> {
  const shown = columns.map(([, , name, type]) => {
    const column = `"${String(name).replaceAll('"', '""')}"`;
    if (type === 'TIMESTAMP WITH TIME ZONE')
      return `make_timestamp(epoch_us(${column}))::VARCHAR || '+00'`;
    return type === 'BLOB' ? `hex(${column})` : `${column}::VARCHAR`;
  });
  return {
    names: columns.map(([, , name]) => String(name)),
    columns: columns.map(
      ([, , name, type, nullable]) => `${name} ${type}${nullable === 'true' ? '' : ' NOT NULL'}`,
    ),
    rows: await read(connection, `SELECT ${shown.join(', ')} FROM data."${table}" ORDER BY rowid`),
  };
}

async function read(connection: DuckDBConnection, sql: string): Promise<(string | null)[][]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows().map((row) => row.map((cell) => (cell === null ? null : String(cell))));
}

/** The stored texts move to `schemas` and `state`; a fact of the load is named after it. */
function timed(tables: Map<string, Rows>, clock: Clock): Map<string, Rows> {
  return new Map(
    [...tables].map(([table, { names, columns, rows }]) => [
      table,
      {
        names,
        columns,
        rows: rows.map((row) =>
          row.map((cell, i) => {
            if (cell === null) return null;
            if (table === '_dlt_version' && names[i] === 'schema') return '…';
            if (table === '_dlt_pipeline_state' && names[i] === 'state') return '…';
            if (table === '_dlt_pipeline_state' && names[i] === 'version_hash')
              return storedState(String(row[names.indexOf('state')])).hasStableHash ? cell : '…';
            if (names[i] === 'load_id' || names[i] === '_dlt_load_id') return clock.load(cell);
            return columns[i]?.includes(' TIMESTAMP') ? clock.time(cell) : cell;
          }),
        ),
      },
    ]),
  );
}

function latestSchemas(versions: Rows | undefined): Record<string, unknown> {
  if (versions === undefined) return {};
  const cell = (row: (string | null)[], name: string): string =>
    String(row[versions.names.indexOf(name)]);
  const latest = versions.rows.toSorted((a, b) =>
    cell(a, 'inserted_at') < cell(b, 'inserted_at') ? -1 : 1,
  );
  return Object.fromEntries(
    latest.map((row) => [
      cell(row, 'schema_name'),
      withoutStandardTables(JSON.parse(cell(row, 'schema')) as object),
    ]),
  );
}

function latestState(states: Rows | undefined): unknown {
  if (states === undefined) return null;
  const version = (row: (string | null)[]): number => Number(row[states.names.indexOf('version')]);
  const row = states.rows.toSorted((a, b) => version(a) - version(b)).at(-1);
  return row === undefined ? null : storedState(String(row[states.names.indexOf('state')])).state;
}
