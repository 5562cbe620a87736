import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { schemaHints } from '#src/run/schema-hints.js';
import { duckdb, fromDlt, pipeline, readSchema, restSource, type Source, withSchema } from 'sluice';
import { serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();
const SCHEMA = `
name: shop
tables:
  orders:
    columns:
      id: { data_type: bigint, nullable: false, primary_key: true }
      total: { data_type: double, nullable: true }
      never_sent: { data_type: bool }
      lines: { data_type: json }
      _dlt_id: { data_type: text, nullable: false }
      total__v_text: { data_type: text, variant: true }
    write_disposition: merge
    resource: orders
  orders__notes:
    parent: orders
    columns:
      text: { data_type: json }
`;

/** What DuckDB has of a load of one order. */
async function loaded(source: Source): Promise<{
  columns: string[];
  notices: string[];
  rows: number;
  child: string | undefined;
}> {
  const notices: string[] = [];
  await using shop = pipeline({ name: 'shop', destination: duckdb(':memory:') });
  for (let run = 0; run < 2; run += 1)
    await shop.run(source, {
      observe: (event) => {
        if (event.kind === 'notice') notices.push(event.message);
      },
    });
  const columns = await shop.dataset().query<{ c: string }>(
    `SELECT column_name || ' ' || data_type || CASE WHEN is_nullable THEN '' ELSE ' NOT NULL' END AS c
      FROM duckdb_columns() WHERE table_name = 'orders' AND column_name NOT LIKE '%dlt%' ORDER BY c`,
  );
  const rows = await shop.dataset().table('orders').count();
  const [child] = await shop
    .dataset()
    .query<{ t: string }>(
      `SELECT data_type AS t FROM duckdb_columns() WHERE table_name = 'orders__notes' AND column_name = 'text'`,
    );
  return { columns: columns.map(({ c }) => c), notices, rows, child: child?.t };
}

describe('a schema document that a source is given', () => {
  const orders = (): Promise<{ url: string }> =>
    serve(() => ({ json: [{ id: 1, total: 2, lines: [{ sku: 'a' }], notes: [{ text: ['x'] }] }] }));
  const COLUMNS = ['id BIGINT NOT NULL', 'lines JSON', 'never_sent BOOLEAN', 'total DOUBLE'];

  it('types columns, keeps JSON, and merges by the primary key', async () => {
    writeFileSync(folder.path('shop.yaml'), SCHEMA);
    const schema = await readSchema(folder.path('shop.yaml'));
    const { url: baseUrl } = await orders();
    const source = restSource({
      client: { baseUrl },
      resources: [{ name: 'orders', endpoint: { paginator: 'single' } }],
      schema,
    });
    const found = await loaded(source);
    expect(found.columns).toEqual(COLUMNS);
    expect(found.rows).toBe(1);
    expect(found.notices.filter((message) => message.includes('never_sent'))).toEqual([]);
    expect(found.child).toBe('JSON');
  });

  it('does the same for a config of dlt and for any other source', async () => {
    writeFileSync(folder.path('shop.yaml'), SCHEMA);
    const schema = await readSchema(folder.path('shop.yaml'));
    const { url } = await orders();
    const config = {
      client: { base_url: url },
      resources: [{ name: 'orders', endpoint: { path: 'orders', paginator: 'single_page' } }],
    };
    expect((await loaded(fromDlt(config, { schema }))).columns).toEqual(COLUMNS);
    const other = withSchema(fromDlt(config), schema).withResources(['orders']);
    expect((await loaded(other)).columns).toEqual(COLUMNS);
  });

  it('stands beneath what the resource says', () => {
    const { columns, ...hints } = schemaHints(
      { name: 'orders', primaryKey: 'sku', columns: { total: { dataType: 'text' } } },
      {
        name: 'shop',
        tables: {
          orders: {
            write_disposition: 'replace',
            columns: {
              total: { data_type: 'double', nullable: false },
              id: { data_type: 'bigint', primary_key: true },
            },
            'x-normalizer': { max_nesting: 2 },
          },
        },
      },
    );
    expect(columns).toEqual({
      total: { dataType: 'text', nullable: false },
      id: { dataType: 'bigint', primaryKey: true },
    });
    expect(hints).toEqual({
      name: 'orders',
      tableName: 'orders',
      primaryKey: 'sku',
      writeDisposition: 'replace',
      maxTableNesting: 2,
      optionalColumns: ['id'],
    });
  });

  it('has the strategies of merging, as dlt keeps them', () => {
    const hintsOf = (table: object): unknown =>
      schemaHints(
        { name: 'a' },
        { name: 'shop', tables: { a: { write_disposition: 'merge', ...table } } },
      );
    expect(hintsOf({ 'x-merge-strategy': 'upsert' })).toMatchObject({
      writeDisposition: { disposition: 'merge', strategy: 'upsert' },
    });
    const columns = {
      id: { data_type: 'bigint', merge_key: true, dedup_sort: 'desc' },
      gone: { data_type: 'bool', hard_delete: true },
      since: { data_type: 'timestamp', 'x-valid-from': true },
      until: { 'x-valid-to': true, 'x-active-record-timestamp': '9999-12-31' },
      _dlt_id: { data_type: 'text', 'x-row-version': true },
    };
    expect(hintsOf({ 'x-merge-strategy': 'scd2', columns })).toMatchObject({
      writeDisposition: {
        disposition: 'merge',
        strategy: 'scd2',
        validityColumnNames: ['since', 'until'],
        activeRecordTimestamp: '9999-12-31',
      },
      columns: {
        id: { dataType: 'bigint', mergeKey: true, dedupSort: 'desc' },
        gone: { dataType: 'bool', hardDelete: true },
      },
    });
    expect(() => hintsOf({ 'x-merge-strategy': 'other' })).toThrow('the disposition of table `a`');
  });

  it('has contracts and nesting of a table for its resource, those of all tables for itself', () => {
    const document = {
      name: 'shop',
      settings: { schema_contract: { data_type: 'freeze', tables: 'evolve' } },
      normalizers: { json: { config: { max_nesting: 3 } } },
      tables: {
        a: { columns: {}, schema_contract: 'discard_row', 'x-normalizer': { max_nesting: 1 } },
        b: { columns: {} },
      },
    };
    expect(schemaHints({ name: 'a' }, document)).toMatchObject({
      schemaContract: 'discard_row',
      maxTableNesting: 1,
    });
    expect(schemaHints({ name: 'b' }, document)).not.toHaveProperty('schemaContract');
    expect(schemaHints({ name: 'a', schemaContract: 'evolve' }, document)).toMatchObject({
      schemaContract: 'evolve',
    });
    const source = restSource({ client: { baseUrl: 'http://localhost' }, resources: ['b'] });
    expect(withSchema(source, document).hints).toEqual({
      schemaContract: { dataType: 'freeze', tables: 'evolve' },
      maxTableNesting: 3,
    });
    expect(withSchema({ ...source, hints: { maxTableNesting: 1 } }, document).hints).toMatchObject({
      maxTableNesting: 1,
    });
    const wrong = { name: 'shop', tables: { a: { schema_contract: 'never' } } };
    expect(() => schemaHints({ name: 'a' }, wrong)).toThrow('the contract of table `a`');
  });

  it('gives child tables their columns by the keys of their lists', () => {
    const tables = {
      a: { columns: {} },
      a__b: { parent: 'a', columns: { c: { data_type: 'double', nullable: true } } },
      a__b__d: { parent: 'a__b', columns: { value: { data_type: 'text' }, _dlt_id: {} } },
    };
    const nestedHints = { b: { columns: { c: { dataType: 'text' } } } } as const;
    expect(schemaHints({ name: 'a', nestedHints }, { name: 'shop', tables })).toMatchObject({
      nestedHints: {
        b: { columns: { c: { dataType: 'text', nullable: true } } },
        b__d: { columns: { value: { dataType: 'text' } } },
      },
      optionalColumns: ['b__d', 'b__d__value'],
    });
  });

  it('leaves a child table the other hints that its resource gives', () => {
    const tables = {
      a: { columns: {} },
      a__b: { parent: 'a', columns: { c: { data_type: 'double' } } },
    };
    const nestedHints = { b: { primaryKey: 'c', schemaContract: 'freeze' } } as const;
    expect(schemaHints({ name: 'a', nestedHints }, { name: 'shop', tables })).toMatchObject({
      nestedHints: {
        b: { primaryKey: 'c', schemaContract: 'freeze', columns: { c: { dataType: 'double' } } },
      },
    });
  });

  it('finds a table by the resource that fills it', () => {
    const tables = { sales: { resource: 'orders', columns: { id: { data_type: 'bigint' } } } };
    expect(schemaHints({ name: 'orders' }, { name: 'shop', tables })).toMatchObject({
      tableName: 'sales',
      columns: { id: { dataType: 'bigint' } },
    });
    const other = { name: 'orders', tableName: 'others' };
    expect(schemaHints(other, { name: 'shop', tables })).toBe(other);
  });

  it('is refused where it cannot be applied', async () => {
    const of = (table: object): object => ({ name: 's', tables: { orders: table } });
    const source = restSource({ client: { baseUrl: 'http://127.0.0.1:9' }, resources: ['orders'] });
    const columns = { id: { data_type: 'number' } };
    expect(() => withSchema(source, of({ columns }))).toThrow(
      /`schema`: column `id` of table `orders`: `dataType`: .*must be one of text/,
    );
    expect(() => withSchema(source, of({ columns: [{ name: 'id' }] }))).toThrow(
      '`schema`: the columns of table `orders` must be an object',
    );
    expect(() => withSchema(source, of({ write_disposition: 'overwrite' }))).toThrow(
      '`schema`: the disposition of table `orders` must be one of append, replace, merge',
    );
    expect(() => withSchema(source, [])).toThrow('must be a schema document of dlt');
    const path = 'shop.schema.yaml' as unknown as object;
    const client = { baseUrl: 'http://127.0.0.1:9' };
    expect(() => restSource({ client, schema: path, resources: ['orders'] })).toThrow(
      /`schema`: .*`await readSchema\("shop\.schema\.yaml"\)`/,
    );
    writeFileSync(folder.path('no.json'), '{"tables": 1}');
    await expect(readSchema(folder.path('no.json'))).rejects.toThrow('holds no schema document');
    await expect(readSchema(folder.path('nothing.yaml'))).rejects.toThrow('cannot be read: ENOENT');
    writeFileSync(folder.path('broken.yaml'), 'a: [');
    await expect(readSchema(folder.path('broken.yaml'))).rejects.toThrow(
      'broken.yaml cannot be read',
    );
  });

  it('may be one that dlt exported', async () => {
    const path = fileURLToPath(new URL('../golden/schema/shop.schema.yaml', import.meta.url));
    const { url: baseUrl } = await orders();
    const resources = [{ name: 'orders', endpoint: { paginator: 'single' } }] as const;
    const schema = await readSchema(path);
    const { columns, rows } = await loaded(restSource({ client: { baseUrl }, resources, schema }));
    expect(rows).toBe(1);
    expect(columns).toContain('id BIGINT NOT NULL');
    expect(columns).toContain('total DECIMAL(10,2)');
  });
});
