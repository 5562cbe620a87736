import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DuckDBInstance, duckdb, pipeline } from 'sluice';
import { type Ended, runSluice } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();
const sluice = (...args: string[]): Promise<Ended> => runSluice(args, { cwd: folder.path('.') });

async function load(rows: object[], dataset = 'shop_data'): Promise<void> {
  await using shop = pipeline({
    name: 'shop',
    destination: duckdb(folder.path('shop.duckdb')),
    dataset,
  });
  await shop.run(rows, { table: 'orders' });
}

async function execute(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(folder.path('shop.duckdb'));
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

const ORDERS = [{ id: 1, 'Total Sum': 1.5, paid: true, at: new Date(0), items: [{ sku: 'a' }] }];
/** Comments about loads aside: whether a load is known depends on what is stored of it. */
const plain = (file: string): string => file.replaceAll(/, first seen in load [\d.]+/g, '');

describe('sluice types', () => {
  it('writes an interface for each table, and Tables', async () => {
    await load(ORDERS);
    expect(await sluice('types', 'shop.duckdb')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(plain(readFileSync(folder.path('shop_data.d.ts'), 'utf8'))).toBe(
      `// Rows of the tables of dataset shop_data. Written by \`sluice types\`: change nothing here, write it anew.

/** Rows of \`orders\`. */
export interface Orders {
  /** bigint */
  id: number | bigint | null;
  /** double */
  total_sum: number | null;
  /** bool */
  paid: boolean | null;
  /** timestamp */
  at: Date | null;
  /** text */
  _dlt_load_id: string;
  /** text */
  _dlt_id: string;
}

/** Rows of \`orders__items\`, one for each element of a list of \`orders\`. */
export interface OrdersItems {
  /** text */
  sku: string | null;
  /** text */
  _dlt_parent_id: string;
  /** bigint */
  _dlt_list_idx: number;
  /** text */
  _dlt_id: string;
}

/** Rows by the names of their tables: \`dataset<Tables>()\`. */
export interface Tables {
  orders: Orders;
  orders__items: OrdersItems;
}
`,
    );
  });

  it('has a type for every type of DuckDB, and names that TypeScript takes', async () => {
    await load(ORDERS);
    await execute(
      'DROP TABLE shop_data.orders__items',
      'DROP TABLE shop_data.orders',
      `CREATE TABLE shop_data."date" (a INTEGER, b HUGEINT NOT NULL, c DECIMAL(10,2), d DECIMAL(38,9), e BLOB, f TIME,
        g DATE, h UUID, i INTEGER[], "j*/ k" JSON, l ENUM('x'), m UBIGINT, n TIMESTAMP_NS)`,
      'CREATE TABLE shop_data."2 a" (x VARCHAR)',
      'CREATE TABLE shop_data."2__a" (x VARCHAR)',
    );
    const { stdout } = await sluice('types', 'shop.duckdb', '--out', '-');
    const lines = stdout.split('\n').map((line) => line.trim());
    expect(lines.filter((line) => /^[\w"].*;$/.test(line))).toEqual([
      'x: string | null;',
      'x: string | null;',
      'a: number | null;',
      'b: number | bigint;',
      'c: number | null;',
      'd: number | string | null;',
      'e: Uint8Array | null;',
      'f: string | null;',
      'g: Date | null;',
      'h: string | null;',
      'i: unknown | null;',
      '"j*/ k": string | null;',
      'l: string | null;',
      'm: number | bigint | null;',
      'n: Date | null;',
      '"2 a": Table2A;',
      '"2__a": Table2A2;',
      'date: Date2;',
    ]);
    expect(lines).toContain('/** decimal, precision 38, scale 9 */');
    expect(lines).toContain('/** text (INTEGER[]) */');
  });

  it('checks a file, and shows how the tables differ from it', async () => {
    await load(ORDERS);
    await sluice('types', 'shop.duckdb', '--out', 'types.d.ts');
    const check = (): Promise<Ended> =>
      sluice('types', 'shop.duckdb', '--out', 'types.d.ts', '--check');
    expect(await check()).toEqual({ code: 0, stdout: '', stderr: '' });
    await load([{ id: 2, note: 'new' }]);
    const before = readFileSync(folder.path('types.d.ts'), 'utf8');
    const { code, stdout, stderr } = await check();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^--- types\.d\.ts\n\+\+\+ shop\.duckdb\n/);
    expect(stdout.split('\n').filter((line) => line.startsWith('+ '))).toEqual([
      '+  /** text */',
      '+  note: string | null;',
    ]);
    expect(stderr).toBe(
      'sluice: types.d.ts does not fit the tables of shop.duckdb. Write it with the same command without --check.\n',
    );
    expect(readFileSync(folder.path('types.d.ts'), 'utf8')).toBe(before);
    await sluice('types', 'shop.duckdb', '--out', 'types.d.ts');
    expect((await check()).code).toBe(0);
  });

  it('fails a check of a file that does not exist', async () => {
    await load(ORDERS);
    const { code, stderr } = await sluice('types', 'shop.duckdb', '--check');
    expect([code, stderr]).toEqual([
      1,
      'sluice: shop_data.d.ts does not exist or is empty. Write it with the same command without --check.\n',
    ]);
  });

  it('takes a line end of Windows for a line end', async () => {
    await load(ORDERS);
    await sluice('types', 'shop.duckdb');
    const path = folder.path('shop_data.d.ts');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('\n', '\r\n'));
    expect((await sluice('types', 'shop.duckdb', '--check')).code).toBe(0);
  });

  it('says in which load a column was first seen, where versions of the schema are stored', async () => {
    await load(ORDERS);
    const version = (hash: string, columns: string): string =>
      `('shop', '${hash}', '{"name": "shop", "tables": {"orders": {"columns": {${columns}}}}}', `;
    await execute(
      'DELETE FROM shop_data._dlt_loads',
      'DROP TABLE IF EXISTS shop_data._dlt_version',
      'CREATE TABLE shop_data._dlt_version (version BIGINT, schema_name VARCHAR, version_hash VARCHAR, schema VARCHAR, inserted_at TIMESTAMPTZ)',
      `INSERT INTO shop_data._dlt_version (schema_name, version_hash, schema, version, inserted_at) VALUES
        ${version('h1', '"id": {}')} 1, '2026-01-01'), ${version('h2', '"id": {}, "paid": {}')} 2, '2026-01-02'),
        ${version('h3', '"id": {}, "paid": {}, "at": {}')} 3, '2026-01-03')`,
      `INSERT INTO shop_data._dlt_loads (load_id, schema_name, status, inserted_at, schema_version_hash) VALUES
        ('1.1', 'shop', 0, '2026-01-01', 'h1'), ('1.2', 'shop', 0, '2026-01-02', 'h2'),
        ('1.3', 'shop', 0, '2026-01-03', NULL), ('1.4', 'shop', 0, '2026-01-04', 'h3')`,
    );
    const { stdout } = await sluice('types', 'shop.duckdb', '--out', '-');
    expect(stdout).toContain('/** bigint, first seen in load 1.1 */\n  id:');
    expect(stdout).toContain('/** bool, first seen in load 1.2 */\n  paid:');
    expect(stdout).toContain('/** timestamp */\n  at:');
    await sluice('types', 'shop.duckdb');
    await execute('DELETE FROM shop_data._dlt_version');
    expect((await sluice('types', 'shop.duckdb', '--check')).code).toBe(0);
  });

  it('asks for the dataset where there are several, and for a file that is there', async () => {
    await load(ORDERS);
    await load(ORDERS, 'other_data');
    expect(await sluice('types', 'shop.duckdb')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'sluice: shop.duckdb holds several datasets: other_data, shop_data. Choose one with --dataset.\n',
    });
    expect((await sluice('types', 'shop.duckdb', '--dataset', 'Other Data')).code).toBe(0);
    expect(readFileSync(folder.path('other_data.d.ts'), 'utf8')).toContain('dataset other_data');
    expect((await sluice('types', 'shop.duckdb', '--dataset', 'third')).stderr).toBe(
      'sluice: shop.duckdb has no tables in dataset third. Check --dataset.\n',
    );
    const missing = await sluice('types', 'nothing.duckdb');
    expect([missing.code, missing.stderr]).toEqual([
      2,
      'sluice: There is no database file nothing.duckdb. Check the path.\n',
    ]);
    expect((await sluice('types')).stderr).toContain('needs the path of a database file');
    expect((await sluice('types', 'shop.duckdb', '--out', '-', '--check')).code).toBe(2);
    expect((await sluice('types', '--help')).stdout).toContain('Usage: sluice types <db>');
  });
});
