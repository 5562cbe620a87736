import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  dataset,
  duckdb,
  pipeline,
  type PipelineConfig,
  restSource,
  type RowsConfig,
  type RunEvent,
  withSchema,
} from 'sluice';
import { runSluice } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();
const destination = () => duckdb(folder.path('shop.duckdb'), { thread: false });

interface Loaded {
  notices: string[];
  tables: string[];
}

/** Loads rows by naming `direct`, or as the options say. */
async function load(
  rows: readonly object[],
  options: Partial<RowsConfig> = {},
  config: Partial<PipelineConfig> = { naming: 'direct' },
): Promise<Loaded> {
  const notices: string[] = [];
  await using shop = pipeline({
    name: 'shop',
    dataset: 'data',
    destination: destination(),
    ...config,
  });
  await shop.run(rows, {
    table: 'Orders',
    ...options,
    observe: (event: RunEvent) => {
      if (event.kind === 'notice') notices.push(event.message);
    },
  });
  return { notices, tables: await shop.dataset().tables() };
}

/** Rows of a table without sluice's own columns. */
async function rowsOf(table: string, name = 'data'): Promise<Record<string, unknown>[]> {
  const own = destination();
  try {
    const read = dataset(own, name, { naming: 'direct' });
    return await read.query(
      `SELECT COLUMNS(c -> NOT starts_with(c, '_dlt_')) FROM "${read.name}"."${table}" ORDER BY ALL`,
    );
  } finally {
    await own.close();
  }
}

describe('rows by naming `direct`', () => {
  it('have columns and tables named as their keys', async () => {
    const { tables } = await load([
      {
        Id: 1,
        'Ship To': { City: 'Bonn', select: 2 },
        'Line Items': [{ 'sku#': 'a', Tags: ['x'] }],
      },
    ]);
    expect(await rowsOf('Orders')).toEqual([
      { Id: 1, 'Ship To▶City': 'Bonn', 'Ship To▶select': 2 },
    ]);
    expect(await rowsOf('Orders▶Line Items')).toEqual([{ 'sku#': 'a' }]);
    expect(await rowsOf('Orders▶Line Items▶Tags')).toEqual([{ value: 'x' }]);
    expect(tables).toContain('Orders▶Line Items▶Tags');
  });

  it('have variants behind the separator', async () => {
    await load([{ Id: 1 }, { Id: 'x' }]);
    await load([{ Id: 2 }, { Id: 'y' }]);
    expect(await rowsOf('Orders')).toEqual([
      { Id: 1, 'Id▶v_text': null },
      { Id: 2, 'Id▶v_text': null },
      { Id: null, 'Id▶v_text': 'x' },
      { Id: null, 'Id▶v_text': 'y' },
    ]);
  });

  it('are merged by a nested key', async () => {
    const merging = { writeDisposition: 'merge', primaryKey: ['userId', 'o▶Id'] } as const;
    await load([{ userId: 1, o: { Id: 1, n: 'old' }, Tags: ['old'] }], merging);
    await load([{ userId: 1, o: { Id: 1, n: 'new' }, Tags: ['new'] }], merging);
    expect(await rowsOf('Orders')).toEqual([{ userId: 1, 'o▶Id': 1, 'o▶n': 'new' }]);
    expect(await rowsOf('Orders▶Tags')).toEqual([{ value: 'new' }]);
  });

  it('keep keys and lists apart that differ only in case, and say so', async () => {
    const { notices } = await load([{ userId: 1, userid: 2, _DLT_ID: 'x', Rows: [1], rows: [2] }]);
    const [row = {}] = await rowsOf('Orders');
    expect(new Set(Object.values(row))).toEqual(new Set([1, 2, 'x']));
    expect(Object.keys(row)).toContain('userId');
    expect(notices.filter((message) => message.includes('which is taken'))).toHaveLength(3);
    await load([{ userid: 3, userId: 4 }]);
    expect((await rowsOf('Orders')).map(({ userId }) => userId)).toEqual([1, 4]);
  });

  it('keep fields that are named like the validity columns of scd2, but for their case', async () => {
    const validityColumnNames = ['ValidFrom', 'ValidTo'] as const;
    const writeDisposition = {
      disposition: 'merge',
      strategy: 'scd2',
      validityColumnNames,
    } as const;
    await load([{ userId: 1, ValidFrom: 'Bonn', validTo: 'Rome' }], { writeDisposition });
    const [{ ValidFrom, ValidTo, ...row } = {}] = await rowsOf('Orders');
    expect([typeof ValidFrom, ValidTo]).toEqual(['object', null]);
    expect(Object.values(row)).toEqual([1, 'Bonn', 'Rome']);
  });

  it('fail with `compat: "dlt"` where keys differ only in case', async () => {
    const asDlt = { naming: 'direct', compat: 'dlt' } as const;
    await expect(load([{ userId: 1 }, { userid: 2 }], {}, asDlt)).rejects.toMatchObject({
      code: 'ERR_SLUICE_SCHEMA',
      message: expect.stringContaining('column userid would stand beside column userId') as string,
    });
    await expect(load([{ Rows: [1], rows: [2] }], {}, asDlt)).rejects.toMatchObject({
      code: 'ERR_SLUICE_SCHEMA',
    });
  });

  it('have the types of a schema, nested ones too', async () => {
    const columns = {
      type: 'object',
      properties: {
        o: { type: 'object', properties: { Price: { type: 'number' } } },
        Items: {
          type: 'array',
          items: {
            type: 'object',
            properties: { p: { type: 'object', properties: { Q: { type: 'number' } } } },
          },
        },
      },
    };
    const { notices } = await load([{ o: { Price: 1 }, Items: [{ p: { Q: 2 } }] }], { columns });
    await using shop = pipeline({ name: 'shop', dataset: 'data', destination: destination() });
    const schema = await shop.dataset().schema();
    const typeOf = (table: string, name: string): unknown =>
      schema[table]?.columns.find((column) => column.name === name)?.dataType;
    expect(typeOf('Orders', 'o▶Price')).toBe('double');
    expect(typeOf('Orders▶Items', 'p▶Q')).toBe('double');
    expect(schema['Orders']?.columns.map(({ name }) => name)).not.toContain('o__Price');
    expect(notices).toEqual([]);
  });

  it('are in a dataset of the very name, which `sluice types` reads', async () => {
    await load(
      [{ userId: 1, Items: [{ 'a b': 1 }] }],
      {},
      { naming: 'direct', dataset: 'My Data' },
    );
    expect(await rowsOf('Orders', 'My Data')).toEqual([{ userId: 1 }]);
    const ended = await runSluice(
      ['types', 'shop.duckdb', '--dataset', 'My Data', '--out', 'own.d.ts'],
      {
        cwd: folder.path('.'),
      },
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const types = readFileSync(folder.path('own.d.ts'), 'utf8');
    expect(types).toContain('  userId: number | bigint | null;');
    expect(types).toContain('"Orders▶Items": OrdersItems;');
  });

  it('can be read as a relation, joined with those of their lists', async () => {
    await load([{ userId: 1, Items: [{ Sku: 'a' }, { Sku: 'b' }] }]);
    await using shop = pipeline({ name: 'shop', dataset: 'data', destination: destination() });
    const joined = shop.dataset().table('Orders').join('Orders▶Items').where('"userId" = $1', 1);
    expect(await joined.count()).toBe(2);
  });
});

describe('the naming convention of a run', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is the one of the tables that are there', async () => {
    await load([{ userId: 1 }]);
    await load([{ userId: 2, newKey: [1] }], {}, {});
    expect(await rowsOf('Orders')).toEqual([{ userId: 1 }, { userId: 2 }]);
    expect(await rowsOf('Orders▶newKey')).toEqual([{ value: 1 }]);
  });

  it.each([
    ['direct', 'snake_case'],
    ['snake_case', 'direct'],
  ] as const)('cannot change from %s to %s where rows are', async (before, after) => {
    await load([{ userId: 1 }], {}, { naming: before });
    await expect(load([{ userId: 2 }], {}, { naming: after })).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: `Dataset data: the tables of schema shop are named by ${before}, and the load names tables by ${after}. Leave \`naming\` out, or give \`naming: '${before}'\`. To change it, load into another dataset, or drop the tables first: pipeline.drop().`,
    });
  });

  it('can change once the tables are dropped', async () => {
    await load([{ userId: 1 }]);
    await using shop = pipeline({ name: 'shop', dataset: 'data', destination: destination() });
    expect(await shop.drop()).toEqual(['Orders']);
    await shop.close();
    expect((await load([{ userId: 1 }], {}, { naming: 'snake_case' })).tables).toContain('orders');
  });

  it('is read from dlt’s setting, under the option', async () => {
    vi.stubEnv('SCHEMA__NAMING', 'direct');
    expect((await load([{ userId: 1 }], {}, { dataset: 'one' })).tables).toContain('Orders');
    const snake = await load([{ userId: 1 }], {}, { dataset: 'two', naming: 'snake_case' });
    expect(snake.tables).toContain('orders');
  });

  it('cannot be another than the two', async () => {
    vi.stubEnv('SCHEMA__NAMING', 'duck_case');
    await expect(load([{ a: 1 }], {}, {})).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringMatching(/SCHEMA__NAMING.*snake_case.*direct.*duck_case/) as string,
    });
  });

  it('is the one of a schema document that the source is given', async () => {
    const source = withSchema(
      restSource({
        name: 'shop',
        client: {
          baseUrl: 'http://api.test/',
          fetch: async () => new Response('[{"userId":1,"Line Items":[{"Price":1}]}]'),
        },
        resources: [
          { name: 'Orders', endpoint: { path: 'rows', dataSelector: '@', paginator: 'single' } },
        ],
      }),
      {
        name: 'shop',
        normalizers: { names: 'direct' },
        tables: {
          Orders: { columns: { userId: { data_type: 'text' } } },
          'Orders▶Line Items': { parent: 'Orders', columns: { Price: { data_type: 'double' } } },
        },
      },
    );
    await using shop = pipeline({ name: 'shop', dataset: 'data', destination: destination() });
    await shop.run(source);
    expect(await rowsOf('Orders')).toEqual([{ userId: '1' }]);
    const { columns = [] } = (await shop.dataset().schema())['Orders▶Line Items'] ?? {};
    expect(columns.find(({ name }) => name === 'Price')?.dataType).toBe('double');
  });

  it('is written into dlt’s schema document', async () => {
    await load([{ userId: 1 }]);
    await using shop = pipeline({ name: 'shop', dataset: 'data', destination: destination() });
    const { schemas } = await shop.sync();
    expect(schemas[0]?.normalizers['names']).toBe('direct');
    expect(Object.keys(schemas[0]?.tables ?? {})).toContain('Orders');
  });
});
