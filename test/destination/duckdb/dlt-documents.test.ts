import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { hashedText } from '#operators/schema/dlt-schema.js';
import { duckdb, type DuckdbDestination, pipeline, type Pipeline, restSource } from 'sluice';
import type { DltSchema, RunOptions, Source, SourceHints } from 'sluice';
import { tempFolder } from '../../support/temp-folder.js';
import { writeDltDataset } from './dlt-dataset.js';

describe('dlt’s documents', () => {
  const folder = tempFolder();
  let destination: DuckdbDestination;
  let shop: Pipeline;
  beforeEach(() => {
    destination = duckdb(folder.path('t.duckdb'), { thread: false });
    shop = pipeline({ name: 'shop_pipe', destination, dataset: 'shop_data' });
  });

  const orders = { name: 'orders', writeDisposition: 'merge', primaryKey: 'id' } as const;
  function source(
    resources: object[],
    hints: Omit<SourceHints, 'naming'> & { name?: string } = {},
  ): Source {
    return restSource({
      name: 'shop',
      ...hints,
      client: { baseUrl: 'http://127.0.0.1:1' },
      resources: resources as never,
    });
  }
  const run = (resources: object[], options: RunOptions = {}): Promise<unknown> =>
    shop.run(source(resources), options);
  const query = (sql: string): Promise<Record<string, unknown>[]> => shop.dataset().query(sql);
  const types = async (table: string): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      (await query(`DESCRIBE ${table}`)).map(({ column_name, column_type }) => [
        column_name,
        column_type,
      ]),
    );
  async function versions(): Promise<DltSchema[]> {
    const rows = await query('SELECT schema FROM _dlt_version ORDER BY inserted_at');
    return rows.map(({ schema }) => JSON.parse(String(schema)) as DltSchema);
  }
  const hash = (schema: DltSchema): string =>
    createHash('sha3-256').update(hashedText(schema)).digest('base64');

  describe('in a dataset of sluice’s own', () => {
    it('have a version for each change of the schema, and each load names its own', async () => {
      await run([{ ...orders, data: [{ id: 1, tags: ['a'] }] }]);
      await run([{ ...orders, data: [{ id: 2 }] }]);
      await run([{ ...orders, data: [{ id: 3, note: 'x' }] }]);
      const all = await versions();
      expect(all.map(({ version }) => version)).toEqual([2, 3]);
      expect(all.map(hash)).toEqual(all.map(({ version_hash }) => version_hash));
      const [first, second] = all;
      expect(first?.previous_hashes).toHaveLength(2);
      expect(second?.previous_hashes).toEqual([first?.version_hash, ...first!.previous_hashes]);
      expect(
        await query('SELECT schema_version_hash AS hash FROM _dlt_loads ORDER BY load_id'),
      ).toEqual([0, 0, 1].map((i) => ({ hash: all[i]?.version_hash })));
    });

    it('have one version a load, however often it commits', async () => {
      const rows = Array.from({ length: 50 }, (_, i) => ({ id: i, [`k${i}`]: 1 }));
      const small = pipeline({
        name: 'shop_pipe',
        destination,
        dataset: 'shop_data',
        batch: { rows: 1 },
        commit: { rows: 1 },
      });
      await small.run(rows, { table: 'log' });
      const all = await versions();
      expect(all.map(({ version }) => version)).toEqual([2]);
      expect(Object.keys(all[0]?.tables.log?.columns ?? {})).toHaveLength(53);
    });

    it('say that a column was widened', async () => {
      await run([{ ...orders, data: [{ id: 1, price: 1 }] }]);
      await run([{ ...orders, data: [{ id: 2, price: 1.5 }] }]);
      expect(await types('orders')).toMatchObject({ price: 'DOUBLE' });
      expect((await versions()).map(({ tables }) => tables.orders?.columns.price)).toEqual([
        { name: 'price', data_type: 'bigint', nullable: true },
        { name: 'price', data_type: 'double', nullable: true },
      ]);
    });

    it('have a state that is written once as long as it is the same', async () => {
      await run([{ ...orders, data: [{ id: 1 }] }]);
      await run([{ ...orders, data: [{ id: 1 }] }]);
      expect(await query('SELECT version, pipeline_name FROM _dlt_pipeline_state')).toEqual([
        { version: 1, pipeline_name: 'shop_pipe' },
      ]);
      const { state, schemas } = await shop.sync();
      expect(state).toMatchObject({ default_schema_name: 'shop', schema_names: ['shop'] });
      expect(schemas.map(({ name }) => name)).toEqual(['shop']);
    });

    it('keep the cursors of a load in the state', async () => {
      await run([{ ...orders, data: [{ id: 1, at: 'x' }] }]);
      const state = {
        initial_value: null,
        last_value: 'x',
        unique_hashes: ['h'],
        start_value: null,
      };
      const begin = () =>
        destination.begin({
          pipeline: 'shop_pipe',
          dataset: 'shop_data',
          source: 'shop',
          compat: 'sluice',
          tables: [],
        });
      const session = await begin();
      await session.finish({
        completeness: [],
        cursors: [{ resource: 'orders', cursorPath: 'at', state }],
      });
      const next = await begin();
      await next.abort();
      expect(next.known.state.sources).toEqual({
        shop: { resources: { orders: { incremental: { at: state } } } },
      });
    });

    it('say what a source says of all its tables, and later runs do not have it', async () => {
      const log = (data: object[]): object[] => [{ name: 'log', data }];
      const schemaContract = { columns: 'discard_value' } as const;
      await shop.run(source(log([{ l: [{ o: [1] }] }]), { schemaContract, maxTableNesting: 1 }));
      const [first] = await versions();
      expect(first?.settings.schema_contract).toEqual({ columns: 'discard_value' });
      expect(first?.normalizers.json).toMatchObject({ config: { max_nesting: 1 } });
      expect(first?.tables.log).not.toHaveProperty('schema_contract');
      await run(log([{ came: 1, deep: [{ o: [1] }], l: [{ o: [2] }] }]));
      expect(await query('SELECT came FROM log WHERE came > 0')).toEqual([{ came: 1 }]);
      expect(await query('SELECT value FROM log__deep__o')).toEqual([{ value: 1 }]);
      // A column that holds JSON goes on to hold it.
      expect(await query('SELECT o FROM log__l ORDER BY o')).toEqual([{ o: '[1]' }, { o: '[2]' }]);
      const last = (await versions()).at(-1);
      expect(last?.settings).not.toHaveProperty('schema_contract');
      expect(last?.normalizers.json).not.toHaveProperty('config');
    });

    it('keep a contract with its table also where it leaves no row of a run', async () => {
      const log = (data: object[], hints: object = {}): object[] => [
        { name: 'log', data, ...hints },
      ];
      for (const writeDisposition of ['append', 'merge'] as const) {
        await run(log([{ m: 1 }], { writeDisposition }), { refresh: 'drop_sources' });
        await run(log([{ m: 2, came: 1 }], { writeDisposition, schemaContract: 'discard_row' }));
        await run(log([{ m: 3, came: 1 }, { m: 4 }], { writeDisposition }));
        expect(await query('SELECT m FROM log ORDER BY m')).toEqual([{ m: 1 }, { m: 4 }]);
        expect(await types('log')).not.toHaveProperty('came');
      }
    });

    it('do not let tables of sluice’s own grow with the number of runs', async () => {
      const rows = async (): Promise<unknown> => {
        const tables = await query(
          `SELECT table_name AS name FROM duckdb_tables() WHERE table_name LIKE '\\_sluice\\_%' ESCAPE '\\' ORDER BY 1`,
        );
        return Promise.all(
          tables.map(({ name }) =>
            query(`SELECT '${String(name)}' AS name, count(*) AS n FROM ${String(name)}`),
          ),
        );
      };
      const all = [
        { ...orders, data: [{ id: 1 }] },
        { name: 'log', data: [{ m: 1 }] },
      ];
      await run(all);
      const once = await rows();
      for (let i = 0; i < 3; i += 1) await run(all);
      expect(await rows()).toEqual(once);
    });
  });

  describe('in a dataset that dlt wrote', () => {
    beforeEach(() => writeDltDataset(destination));

    it('go on: versions, hashes and what only dlt says', async () => {
      await run([{ ...orders, data: [{ id: 9, note: 'new' }] }]);
      const [before, after] = await versions();
      expect(after).toMatchObject({ version: 3, settings: before?.settings });
      expect(after?.version_hash).toBe(hash(after!));
      expect(after?.previous_hashes).toEqual([before?.version_hash, ...before!.previous_hashes]);
      expect(after?.tables.orders).toEqual({
        ...before?.tables.orders,
        columns: {
          ...before?.tables.orders?.columns,
          note: { name: 'note', data_type: 'text', nullable: true },
        },
      });
    });

    it('leave no trace where a run brings nothing new', async () => {
      await run([{ ...orders, data: [{ id: 9, flag: true }] }]);
      const all = await versions();
      expect(all).toHaveLength(1);
      expect(await query('SELECT count(*) AS n FROM _dlt_pipeline_state')).toEqual([{ n: 1 }]);
      expect(await query('SELECT DISTINCT schema_version_hash AS hash FROM _dlt_loads')).toEqual([
        { hash: all[0]?.version_hash },
      ]);
    });

    it('keep the type of each column: a fraction goes to dlt’s variant', async () => {
      await run([{ ...orders, data: [{ id: 9, j: { a: 1.5 }, big: 2.5 }] }]);
      expect(await types('orders')).toMatchObject({
        j__a: 'BIGINT',
        j__a__v_double: 'DOUBLE',
        big: 'BIGINT',
        big__v_double: 'DOUBLE',
      });
      expect((await versions()).at(-1)?.tables.orders?.columns.j__a__v_double).toEqual({
        name: 'j__a__v_double',
        data_type: 'double',
        nullable: true,
        variant: true,
        description: 'Variant of column j__a__v_double generated by dlt',
      });
    });

    it('give the key to merge by, the levels of nesting and the columns of JSON', async () => {
      const notices: string[] = [];
      await run(
        [
          { name: 'orders', writeDisposition: 'merge', data: [{ id: 1, flag: false }] },
          { name: 'rep', writeDisposition: 'replace', data: [{ m: 'z', l: [2], o: { p: 1 } }] },
        ],
        { observe: (event) => event.kind === 'notice' && notices.push(event.message) },
      );
      expect(await query('SELECT id, flag FROM orders ORDER BY id')).toEqual([
        { id: 1, flag: false },
        { id: 2, flag: null },
      ]);
      expect(await query('SELECT m, l, o FROM rep')).toEqual([{ m: 'z', l: '[2]', o: '{"p":1}' }]);
      expect(notices).toEqual([
        'Table orders is merged with hints of earlier runs, because the resource has none of its own: primary key id. Give the resource the hints that are meant.',
      ]);
    });

    it('give the contract of a table, and say which one a resource has', async () => {
      await query(
        `UPDATE _dlt_version SET schema = replace(schema, '"resource":"log"', '"resource":"log","schema_contract":{"data_type":"freeze"}')`,
      );
      await expect(run([{ name: 'log', data: [{ never: 'text' }] }])).rejects.toThrow(/never/);
      const schemaContract = { columns: 'freeze', dataType: 'evolve' } as const;
      await run([{ name: 'log', data: [{ never: 'text' }], schemaContract }]).catch(
        () => undefined,
      );
      await run([{ name: 'log', data: [{ never: 1, m: 'x' }], schemaContract }]);
      expect((await versions()).at(-1)?.tables.log?.schema_contract).toEqual({
        columns: 'freeze',
        data_type: 'evolve',
      });
    });

    it('give the state that a run begins with', async () => {
      const { state } = await shop.sync();
      expect(state.sources.shop?.resources?.orders?.incremental?.updated_at?.last_value).toBe(
        '2024-01-02T00:00:00Z',
      );
    });

    it('have a load of the first schema for the state of another, with dlt’s rules', async () => {
      const loads = (): Promise<unknown> =>
        query('SELECT schema_name AS schema FROM _dlt_loads ORDER BY load_id');
      const config = { name: 'shop_pipe', destination, dataset: 'shop_data' };
      const other = source([{ name: 'rows', data: [{ id: 1 }] }], { name: 'other' });
      await pipeline({ ...config, compat: 'dlt' }).run(other);
      expect(await loads()).toEqual([{ schema: 'shop' }, { schema: 'other' }, { schema: 'shop' }]);
      expect((await shop.sync()).state).toMatchObject({
        default_schema_name: 'shop',
        schema_names: ['other', 'shop'],
      });
    });

    it('cannot be read where a later dlt wrote them', async () => {
      await query(
        `UPDATE _dlt_version SET schema = replace(schema, '"engine_version":11', '"engine_version":12')`,
      );
      await expect(run([{ ...orders, data: [{ id: 1 }] }])).rejects.toThrow(
        /engine_version 12.*upgrade sluice/,
      );
    });
  });

  describe('and what is dropped', () => {
    beforeEach(() => writeDltDataset(destination));
    const tables = (): Promise<string[]> => shop.dataset().tables();

    it('drop_data empties the tables of the run’s resources, with their state', async () => {
      await run([{ ...orders, data: [{ id: 7, note: 'new' }] }], { refresh: 'drop_data' });
      await run([{ name: 'rep', data: [{ m: 'x', note: 'new' }] }], { refresh: 'drop_data' });
      expect(await query('SELECT m, note FROM rep')).toEqual([{ m: 'x', note: 'new' }]);
      expect(await query('SELECT id, note FROM orders')).toEqual([{ id: 7, note: 'new' }]);
      expect(await query('SELECT * FROM orders__tags')).toEqual([]);
      expect(await query('SELECT count(*) AS n FROM log')).toEqual([{ n: 1 }]);
      expect(await types('orders')).toHaveProperty('cust__n');
      expect((await shop.sync()).state.sources).toEqual({ shop: { resources: {} } });
    });

    it('drop_data lets an emptied table gain a column in the same run', async () => {
      await run([{ ...orders, data: [{ id: 7, came: true }] }], { refresh: 'drop_data' });
      expect(await query('SELECT id, came FROM orders')).toEqual([{ id: 7, came: true }]);
      expect((await types('orders'))['_dlt_id']).toBe('VARCHAR');
    });

    it('drop_resources drops their tables, and the hints that the document had', async () => {
      await run([{ name: 'orders', data: [{ id: 'seven' }] }], { refresh: 'drop_resources' });
      expect(await tables()).toEqual(['log', 'orders', 'rep']);
      expect(await types('orders')).toMatchObject({ id: 'VARCHAR' });
      const all = await versions();
      expect(all.map(({ version }) => version)).toEqual([4]);
      expect(Object.keys(all[0]?.tables ?? {}).filter((name) => !name.startsWith('_'))).toEqual([
        'log',
        'rep',
        'orders',
      ]);
    });

    it('drop_resources writes the schema anew where it is what it was before', async () => {
      const log = [{ name: 'log', data: [{ m: 1 }] }];
      await run(log, { refresh: 'drop_sources' });
      const before = await versions();
      await run(log, { refresh: 'drop_resources' });
      expect((await versions()).map(hash)).toEqual(before.map(hash));
    });

    it('drop_sources drops all tables of the source', async () => {
      await run([{ name: 'log', data: [{ m: 1 }] }], { refresh: 'drop_sources' });
      expect(await tables()).toEqual(['log']);
      expect((await shop.sync()).state.sources).toEqual({});
    });

    it('is there still when the run fails', async () => {
      const broken = {
        ...orders,
        data: () => {
          throw new Error('no rows');
        },
      };
      await expect(run([broken], { refresh: 'drop_sources' })).rejects.toThrow(/no rows/);
      expect(await query('SELECT count(*) AS n FROM orders')).toEqual([{ n: 2 }]);
    });

    it('drop() drops the tables of resources and says which', async () => {
      expect(await shop.drop('orders')).toEqual([
        'orders',
        'orders__cust__items',
        'orders__cust__items__deep',
        'orders__tags',
      ]);
      expect((await shop.sync()).state.sources).toEqual({ shop: { resources: {} } });
      await expect(shop.drop(['nothing'])).rejects.toThrow(/no resource `nothing`.*log, rep/);
      expect(await shop.drop()).toEqual(['log', 'rep']);
    });
  });
});
