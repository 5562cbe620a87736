import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DuckDBInstance, duckdb, pipeline } from 'sluice';
import { type Ended, runSluice } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();
const sluice = (...args: string[]): Promise<Ended> => runSluice(args, { cwd: folder.path('.') });
/** What dlt prints of a schema of its own (make.py beside it). */
const golden = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../golden/schema/${name}`, import.meta.url)), 'utf8');

/** A dataset with these documents, as dlt stores them. */
async function stored(...documents: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(folder.path('shop.duckdb'));
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA shop_data');
  await connection.run('CREATE TABLE shop_data._dlt_loads (load_id VARCHAR)');
  await connection.run(
    'CREATE TABLE shop_data._dlt_version (version BIGINT, version_hash VARCHAR, schema VARCHAR, inserted_at TIMESTAMPTZ)',
  );
  for (const [i, document] of documents.entries())
    await connection.run('INSERT INTO shop_data._dlt_version VALUES ($1, $2, $3, now())', [
      i,
      `hash ${i}`,
      document,
    ]);
  connection.closeSync();
  instance.closeSync();
}

describe('sluice schema', () => {
  it('prints the stored document as dlt does', async () => {
    const document = golden('shop.schema.json');
    await stored('{"name": "shop", "tables": {}}', document);
    expect(await sluice('schema', 'shop.duckdb')).toEqual({
      code: 0,
      stdout: golden('shop.schema.yaml').trimEnd().concat('\n'),
      stderr: '',
    });
    const json = await sluice('schema', 'shop.duckdb', '--format', 'json');
    expect(JSON.parse(json.stdout)).toEqual(parse(golden('shop.schema.yaml')));
    expect((await sluice('schema', 'shop.duckdb', '--format', 'mermaid')).stdout).toBe(
      golden('shop.mermaid'),
    );
  });

  it('asks for the document where there are several', async () => {
    await stored('{"name": "a", "tables": {}}', '{"name": "b", "tables": {}}');
    const several = await sluice('schema', 'shop.duckdb');
    expect([several.code, several.stderr]).toEqual([
      2,
      'sluice: Dataset shop_data has several schemas: a, b. Choose one with --schema.\n',
    ]);
    expect((await sluice('schema', 'shop.duckdb', '--schema', 'a')).stdout).toBe(
      'name: a\ntables: {}\n',
    );
    expect((await sluice('schema', 'shop.duckdb', '--schema', 'c')).stderr).toBe(
      'sluice: Dataset shop_data has no schema c. Schemas: a, b.\n',
    );
    expect((await sluice('schema', 'shop.duckdb', '--format', 'xml')).code).toBe(2);
    expect((await sluice('schema', '--help')).stdout).toContain('Usage: sluice schema <db>');
  });

  it('says of a document that is none where it is', async () => {
    await stored('nothing');
    const { code, stderr } = await sluice('schema', 'shop.duckdb');
    expect([code, stderr]).toEqual([
      1,
      'sluice: shop_data._dlt_version, version hash 0 holds no schema document of dlt.\n',
    ]);
  });

  it.each([
    ['the stored document', ''],
    ['what the tables say, where no document is stored', 'DROP TABLE shop_dataset._dlt_version'],
  ])('prints %s after a load', async (_, statement) => {
    const destination = duckdb(folder.path('shop.duckdb'));
    const shop = pipeline({ name: 'shop', destination });
    await shop.run([{ id: 1, items: [{ sku: 'a' }] }], { table: 'orders' });
    if (statement !== '') await destination.query(statement);
    await shop.close();
    const { stdout } = await sluice('schema', 'shop.duckdb');
    const { tables } = parse(stdout) as {
      tables: Record<string, { parent?: string; columns: Record<string, object> }>;
    };
    expect(tables['orders']?.columns['id']).toMatchObject({ data_type: 'bigint', nullable: true });
    expect(tables['orders']?.['write_disposition' as never]).toBe(
      statement === '' ? 'append' : undefined,
    );
    expect(tables['orders__items']?.parent).toBe('orders');
    expect(tables['orders__items']?.columns['_dlt_parent_id']).toMatchObject({
      data_type: 'text',
      nullable: false,
      parent_key: true,
    });
    expect((await sluice('schema', 'shop.duckdb', '--format', 'mermaid')).stdout).toContain(
      '    orders__items }|--|| orders : "_dlt_parent"\n',
    );
  });
});
