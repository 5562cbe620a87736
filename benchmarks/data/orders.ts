import { existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Columns of an order and their types, as `read_json` takes them. */
export const ORDER_COLUMNS =
  "{id: 'BIGINT', customer_id: 'BIGINT', status: 'VARCHAR', total: 'DOUBLE', quantity: 'BIGINT', gift: 'BOOLEAN', updated_at: 'TIMESTAMPTZ', note: 'VARCHAR'}";

/** Names of these columns, in order. */
export const ORDER_NAMES = 'id, customer_id, status, total, quantity, gift, updated_at, note';

/** SQL of an order's columns, which two numbers decide: its id, and how often it was changed. */
export function orderSql(id: string, version: string): string {
  return `(${id})::BIGINT AS id,
    ((${id}) * 7919 % 500000)::BIGINT AS customer_id,
    ['new', 'paid', 'shipped', 'returned'][((${id}) + (${version})) % 4 + 1] AS status,
    (((${id}) * 31337 + (${version}) * 17) % 1000003)::DOUBLE / 100 AS total,
    ((${id}) % 9 + 1)::BIGINT AS quantity,
    (${id}) % 10 = 0 AS gift,
    TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_seconds((${id}) % 5000000) + to_days((${version})::INTEGER) AS updated_at,
    concat_ws(' ', ['alpha', 'beta', 'gamma', 'delta'][(${id}) % 4 + 1], ['epsilon', 'zeta', 'eta'][(${id}) % 3 + 1], ${id}) AS note`;
}

/**
 * Returns a file of JSON lines with as many orders as `numbers` gives (a query for `id` and
 * `version`, in the order of the file). Written once to the folder for temporary files.
 */
export async function orderFile(name: string, numbers: string): Promise<string> {
  const file = join(tmpdir(), `sluice-bench-orders-${name}.ndjson`);
  if (existsSync(file)) return file;
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(
    `COPY (SELECT * REPLACE (strftime(updated_at, '%Y-%m-%dT%H:%M:%SZ') AS updated_at)
       FROM (SELECT ${orderSql('n.id', 'n.version')} FROM (${numbers}) n)) TO '${file}.part' (FORMAT json)`,
  );
  connection.closeSync();
  instance.closeSync();
  renameSync(`${file}.part`, file);
  rmSync(`${file}.part`, { force: true });
  return file;
}

/**
 * Returns a file of the orders that are merged into a table of ten times as many: every second one
 * has a key that is there, in no order, and the others have new keys.
 */
export function mergeFile(rows: number): Promise<string> {
  const half = rows / 2;
  return orderFile(
    `merge-${rows}`,
    `SELECT CASE WHEN i % 2 = 0 THEN ((i >> 1) * 7919) % ${half} * 20 ELSE ${rows} * 10 + (i >> 1) END AS id, 1 AS version FROM range(${rows}) t(i)`,
  );
}

/**
 * Returns a file of orders of which one in a hundred is gone, one in a hundred is new, and one in
 * ten is changed, against ids 0 to `rows` - 1 as they were first.
 */
export function versionsFile(rows: number): Promise<string> {
  const hundredth = rows / 100;
  return orderFile(
    `versions-${rows}`,
    `SELECT i + ${hundredth} AS id, (i % 10 = 3)::INTEGER AS version FROM range(${rows}) t(i)`,
  );
}

/** Returns a file of orders 0 to `rows` - 1 as they are first. */
export function firstFile(rows: number): Promise<string> {
  return orderFile(`first-${rows}`, `SELECT i AS id, 0 AS version FROM range(${rows}) t(i)`);
}

/** Returns the page with order 0 as it is first, for the load that makes a table. */
export function orderPage(): Uint8Array {
  const order = {
    id: 0,
    customer_id: 0,
    status: 'new',
    total: 0.5,
    quantity: 1,
    gift: true,
    updated_at: '2026-01-01T00:00:00Z',
    note: 'alpha epsilon 0',
  };
  return new TextEncoder().encode(JSON.stringify({ data: [order], next: 1 }));
}
