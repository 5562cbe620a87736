import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckdb, type LoadInfo, pipeline, type Resource } from 'sluice';
import { withDatabase } from '../harness/with-database.js';
import { ORDER_NAMES, orderSql } from './orders.js';
import { pageSource } from './page-source.js';

/** Pipeline and dataset of the databases. */
export const PIPELINE = 'bench';
export const DATASET = 'bench_data';

/**
 * Runs `work` with a copy of a database, which `make` makes once; it is kept in the folder for
 * temporary files.
 */
export async function withCopy<T>(
  name: string,
  make: (path: string) => Promise<void>,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const file = join(tmpdir(), `sluice-bench-${name}.duckdb`);
  if (!existsSync(file)) {
    const part = `${file}.part`;
    rmSync(part, { force: true });
    await make(part);
    renameSync(part, file);
  }
  return withDatabase((path) => {
    copyFileSync(file, path);
    return work(path);
  });
}

/** Loads pages through the whole pipeline. */
export async function loadPages(
  path: string,
  resource: Resource,
  pages: readonly Uint8Array[],
): Promise<LoadInfo> {
  const loading = pipeline({ name: PIPELINE, dataset: DATASET, destination: duckdb(path) });
  try {
    return await loading.run(pageSource(resource, pages));
  } finally {
    await loading.close();
  }
}

/** Adds orders to a table that a load has made, with ids from `from` up to `to`. */
export async function addOrders(path: string, from: number, to: number): Promise<void> {
  await withConnection(path, (connection) =>
    connection.run(`INSERT INTO ${DATASET}.orders (${ORDER_NAMES}, _dlt_load_id, _dlt_id)
      SELECT ${orderSql('i', '0')}, (SELECT max(_dlt_load_id) FROM ${DATASET}.orders), md5(i::VARCHAR)[:14]
      FROM range(${from}, ${to}) t(i)`),
  );
}

/** Runs `work` with a connection to a database of its own: two threads, times in UTC. */
export async function withConnection<T>(
  path: string,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(path, { threads: '2' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/**
 * Returns what rows of a table hold as one number, whatever their order, and their count: equal for
 * all who did the same work.
 */
export function contents(
  path: string,
  table: string,
  columns: string,
): Promise<{ rows: number; check: number }> {
  return withConnection(path, async (connection) => {
    const reader = await connection.runAndReadAll(
      `SELECT count(*)::DOUBLE, (bit_xor(hash(${columns})) % 2147483647)::DOUBLE FROM ${DATASET}.${table}`,
    );
    const [[rows, check] = []] = reader.getRows();
    return { rows: Number(rows), check: Number(check) };
  });
}
