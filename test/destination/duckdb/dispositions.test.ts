import * as fc from 'fast-check';
import { concat, concatMap, EMPTY, from, lastValueFrom, Subject, tap } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { duckdb, type DuckdbDestination, load, type LoadStep, type WriteDisposition } from 'sluice';
import { batch, evolve, flatten, fromObjects, type JsonObject } from 'sluice/operators';
import { tempFolder } from '../../support/temp-folder.js';

interface Load {
  table?: string;
  writeDisposition?: WriteDisposition;
  primaryKey?: string | string[];
  /** Rows a page; small ones exercise staging over several batches and commits. */
  pageRows?: number;
  pipeline?: string;
  /** The source breaks as soon as something is committed. */
  fail?: boolean;
}

describe('write dispositions', () => {
  const folder = tempFolder();
  let destination: DuckdbDestination;
  beforeEach(() => {
    destination = duckdb(folder.path('t.duckdb'), { thread: false });
  });

  async function loaded(
    rows: readonly JsonObject[],
    {
      table = 'orders',
      writeDisposition = 'append',
      primaryKey = [],
      pageRows = 2,
      pipeline = 'p',
      fail = false,
    }: Load = {},
  ): Promise<LoadStep> {
    const pages = Array.from({ length: Math.ceil(rows.length / pageRows) }, (_, i) =>
      rows.slice(i * pageRows, (i + 1) * pageRows),
    );
    const broken = new Subject<never>();
    return lastValueFrom(
      concat(fromObjects(from(pages), { resource: table }), fail ? broken : EMPTY).pipe(
        flatten({ table, writeDisposition, primaryKey }),
        evolve({ schema: await destination.dataset('data').schema() }),
        batch({ rows: 1 }),
        load(destination, {
          dataset: 'data',
          pipeline,
          commit: { rows: 3 },
          resources: [{ resource: table, table, writeDisposition }],
        }),
        tap(({ kind }) => {
          if (kind === 'commit') broken.error(new Error('the source broke'));
        }),
      ),
    );
  }
  const query = (sql: string): Promise<Record<string, unknown>[]> => destination.query(sql);
  const tables = async (): Promise<unknown[]> =>
    (
      await query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'data' ORDER BY 1")
    ).map((row) => row['table_name']);

  it('append adds rows, with the load’s id and a row in _dlt_loads for it', async () => {
    const first = await loaded([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 }]);
    const second = await loaded([{ id: 1 }]);
    expect(
      await query('SELECT id, _dlt_load_id FROM data.orders ORDER BY _dlt_load_id, id'),
    ).toEqual([
      ...[1, 2, 3, 4, 5].map((id) => ({ id, _dlt_load_id: first.loadId })),
      { id: 1, _dlt_load_id: second.loadId },
    ]);
    const [version] = await query('SELECT version_hash FROM data._dlt_version');
    expect(
      await query(
        'SELECT load_id, schema_name, status, schema_version_hash FROM data._dlt_loads ORDER BY 1',
      ),
    ).toEqual(
      [first, second].map(({ loadId }) => ({
        load_id: loadId,
        schema_name: 'p',
        status: 0,
        schema_version_hash: version?.version_hash,
      })),
    );
  });

  it('declares system and key columns NOT NULL, and makes no keys or indexes', async () => {
    await loaded([{ id: 1, name: 'a', tags: ['x'] }], {
      writeDisposition: 'merge',
      primaryKey: 'id',
    });
    const required = await query(
      "SELECT table_name || '.' || column_name AS name FROM duckdb_columns() WHERE schema_name = 'data' AND NOT is_nullable AND table_name LIKE 'orders%' ORDER BY 1",
    );
    expect(required.map(({ name }) => name)).toEqual(
      [
        'orders.id',
        'orders._dlt_id',
        'orders._dlt_load_id',
        'orders__tags._dlt_id',
        'orders__tags._dlt_list_idx',
        'orders__tags._dlt_parent_id',
        'orders__tags._dlt_root_id',
      ].sort(),
    );
    expect(
      await query(
        "SELECT constraint_type FROM duckdb_constraints() WHERE schema_name = 'data' AND constraint_type <> 'NOT NULL'",
      ),
    ).toEqual([]);
    expect(await query('SELECT * FROM duckdb_indexes()')).toEqual([]);
  });

  it('replace leaves the rows of the last load, keeps columns, order and views, and empties children that got none', async () => {
    await loaded([{ id: 1, old: 'x', items: [{ k: 1 }], tags: ['a'] }], {
      writeDisposition: 'replace',
    });
    await query('CREATE VIEW data.seen AS SELECT id, old FROM data.orders');
    await loaded([{ id: 2, fresh: true, items: [{ k: 2 }] }, { id: 3 }, { id: 4 }], {
      writeDisposition: 'replace',
    });
    expect(await query('SELECT id, old, fresh FROM data.orders ORDER BY id')).toEqual([
      { id: 2, old: null, fresh: true },
      { id: 3, old: null, fresh: null },
      { id: 4, old: null, fresh: null },
    ]);
    expect(await query('SELECT id, old FROM data.seen ORDER BY id LIMIT 1')).toEqual([
      { id: 2, old: null },
    ]);
    expect(await query('SELECT k FROM data.orders__items')).toEqual([{ k: 2 }]);
    expect(await query('SELECT count(*) AS n FROM data.orders__tags')).toEqual([{ n: 0 }]);
    expect((await query('DESCRIBE data.orders')).map((row) => row['column_name'])).toEqual([
      'id',
      'old',
      '_dlt_load_id',
      '_dlt_id',
      'fresh',
    ]);
    expect(await tables()).not.toContain('_sluice_new__orders');
  });

  it('replace keeps each key once, the later row with its children', async () => {
    const rows = [
      { id: 1, v: 'old', items: [{ k: 1 }] },
      { id: 2, v: 'only', items: [{ k: 2 }] },
      { id: 1, v: 'new', items: [{ k: 3 }, { k: 4 }] },
    ];
    for (let run = 0; run < 2; run += 1)
      await loaded(rows, { writeDisposition: 'replace', primaryKey: 'id', pageRows: 1 });
    expect(await query('SELECT id, v FROM data.orders ORDER BY id')).toEqual([
      { id: 1, v: 'new' },
      { id: 2, v: 'only' },
    ]);
    expect(await query('SELECT k FROM data.orders__items ORDER BY k')).toEqual([
      { k: 2 },
      { k: 3 },
      { k: 4 },
    ]);
  });

  it('replace empties the tables of a resource that yields nothing, and only its own', async () => {
    await loaded([{ id: 1, items: [{ k: 1 }] }], { writeDisposition: 'replace' });
    await loaded([{ id: 1 }], { table: 'orders_2' });
    await loaded([], { writeDisposition: 'replace' });
    expect(
      await query(
        'SELECT (SELECT count(*) FROM data.orders) AS a, (SELECT count(*) FROM data.orders__items) AS b, (SELECT count(*) FROM data.orders_2) AS c',
      ),
    ).toEqual([{ a: 0, b: 0, c: 1 }]);
  });

  it('shows readers the old rows until a replacing load is complete', async () => {
    await loaded([{ id: 1 }], { writeDisposition: 'replace' });
    const seen: unknown[] = [];
    await lastValueFrom(
      fromObjects(from(Array.from({ length: 12 }, (_, id) => ({ id: id + 10 }))), {
        resource: 'orders',
      }).pipe(
        flatten({ table: 'orders', writeDisposition: 'replace' }),
        evolve({ schema: await destination.dataset('data').schema() }),
        batch({ rows: 1 }),
        load(destination, { dataset: 'data', commit: { rows: 2 } }),
        concatMap(async ({ kind }) => {
          if (kind === 'commit')
            seen.push(...(await query('SELECT array_agg(id) AS ids FROM data.orders')));
        }),
      ),
    );
    expect(seen.length).toBeGreaterThan(2);
    // Responses may come when the load has gone further, but never from between old and new.
    const whole = new Set(['[1]', JSON.stringify(Array.from({ length: 12 }, (_, id) => id + 10))]);
    expect(
      seen
        .map((row) => JSON.stringify((row as { ids: unknown[] }).ids.map(Number)))
        .filter((ids) => !whole.has(ids)),
    ).toEqual([]);
  });

  it('merge replaces rows and their children by key, and keeps the last of two rows with one key', async () => {
    const merge: Load = { writeDisposition: 'merge', primaryKey: ['shop', 'id'] };
    await loaded(
      [
        { shop: 'a', id: 1, items: [{ k: 1, deep: [{ z: 1 }] }] },
        { shop: 'b', id: 1, items: [{ k: 2 }] },
      ],
      merge,
    );
    await loaded(
      [
        { shop: 'a', id: 1, items: [{ k: 8 }] },
        { shop: 'c', id: 1 },
        { shop: 'a', id: 1, items: [{ k: 9, deep: [{ z: 9 }] }] },
      ],
      merge,
    );
    expect(
      await query(
        'SELECT o.shop, i.k, d.z FROM data.orders o LEFT JOIN data.orders__items i ON i._dlt_parent_id = o._dlt_id LEFT JOIN data.orders__items__deep d ON d._dlt_parent_id = i._dlt_id ORDER BY 1',
      ),
    ).toEqual([
      { shop: 'a', k: 9, z: 9 },
      { shop: 'b', k: 2, z: null },
      { shop: 'c', k: null, z: null },
    ]);
    expect((await tables()).filter((name) => String(name).startsWith('_sluice_new__'))).toEqual([]);
  });

  it('merge without a key appends', async () => {
    await loaded([{ id: 1, items: [1] }], { writeDisposition: 'merge' });
    await loaded([{ id: 1, items: [2] }], { writeDisposition: 'merge' });
    expect(
      await query(
        'SELECT (SELECT count(*) FROM data.orders) AS a, (SELECT count(*) FROM data.orders__items) AS b',
      ),
    ).toEqual([{ a: 2, b: 2 }]);
  });

  it('merge finds the root ids of children that were appended before', async () => {
    await loaded([
      { id: 1, items: [{ k: 1, deep: [{ z: 1 }] }] },
      { id: 2, items: [{ k: 2, deep: [{ z: 2 }] }] },
    ]);
    await loaded([{ id: 1, items: [{ k: 7 }] }], { writeDisposition: 'merge', primaryKey: 'id' });
    expect(await query('SELECT k FROM data.orders__items ORDER BY 1')).toEqual([
      { k: 2 },
      { k: 7 },
    ]);
    expect(await query('SELECT z FROM data.orders__items__deep')).toEqual([{ z: 2 }]);
  });

  it('widens an integer column of the table when a fraction comes, in every disposition', async () => {
    for (const writeDisposition of ['append', 'replace', 'merge'] as const) {
      const table = `t_${writeDisposition}`;
      await loaded([{ id: 1, price: 10 }], { table, writeDisposition, primaryKey: 'id' });
      await loaded([{ id: 2, price: 10.5 }], { table, writeDisposition, primaryKey: 'id' });
      expect(
        await query(`SELECT typeof(price) AS type, price FROM data.${table} WHERE id = 2`),
        writeDisposition,
      ).toEqual([{ type: 'DOUBLE', price: 10.5 }]);
    }
  });

  it('does not widen a column whose integers a double cannot hold', async () => {
    await loaded([{ id: 1, n: 9_007_199_254_740_993n }]);
    await loaded([{ id: 2, n: 0.5 }]);
    expect(
      await query('SELECT id, n::VARCHAR AS n, n__v_double FROM data.orders ORDER BY id'),
    ).toEqual([
      { id: 1, n: '9007199254740993', n__v_double: null },
      { id: 2, n: null, n__v_double: 0.5 },
    ]);
  });

  it('rolls back what a failed load has not committed, and the next load of the pipeline removes the rest', async () => {
    await loaded([{ id: 1, items: [{ k: 1 }] }]);
    await expect(
      loaded(
        [2, 3, 4, 5, 6, 7].map((id) => ({ id, items: [{ k: id, deep: [{ z: id }] }] })),
        { fail: true },
      ),
    ).rejects.toThrow('the source broke');
    const left = Number((await query('SELECT count(*) AS n FROM data.orders'))[0]?.['n']);
    expect(left).toBeGreaterThan(1); // the clock committed some of it
    expect(await query('SELECT count(*) AS n FROM data._dlt_loads')).toEqual([{ n: 1 }]);
    await loaded([{ id: 9 }]);
    expect(await query('SELECT id FROM data.orders ORDER BY id')).toEqual([{ id: 1 }, { id: 9 }]);
    expect(
      await query(
        "SELECT (SELECT count(*) FROM data.orders__items) AS a, (SELECT count(*) FROM information_schema.tables WHERE table_name = 'orders__items__deep') AS b, (SELECT count(*) FROM data._sluice_loads) AS c, (SELECT count(*) FROM data._sluice_positions) AS d",
      ),
    ).toEqual([{ a: 1, b: 0, c: 0, d: 0 }]);
  });

  it('removes what is left in tables whose names begin with an underscore too', async () => {
    await expect(
      loaded(
        [1, 2, 3, 4, 5, 6].map((id) => ({ id, items: [{ k: id }] })),
        { table: '_events', fail: true },
      ),
    ).rejects.toThrow('the source broke');
    expect(
      Number((await query('SELECT count(*) AS n FROM data._events'))[0]?.['n']),
    ).toBeGreaterThan(0);
    await loaded([{ id: 9, items: [{ k: 9 }] }], { table: '_events' });
    expect(await query('SELECT id FROM data._events')).toEqual([{ id: 9 }]);
    expect(await query('SELECT k FROM data._events__items')).toEqual([{ k: 9 }]);
  });

  describe('where another root table’s name lies between a table and its child', () => {
    const nested = (id: number): JsonObject => ({ id, b: { c: [{ x: id, d: [id] }] } });
    const below = async (): Promise<unknown> => ({
      c: (await query('SELECT x FROM data.a__b__c ORDER BY 1')).map(({ x }) => x),
      d: (await query('SELECT value FROM data.a__b__c__d ORDER BY 1')).map(({ value }) => value),
      between: (await query('SELECT value FROM data.a__b__k ORDER BY 1')).map(({ value }) => value),
    });
    beforeEach(async () => {
      await loaded([{ id: 9, k: [9] }], { table: 'a__b' });
    });

    it.each([['merge'], ['replace']] as const)(
      '%s leaves no rows without a parent',
      async (writeDisposition) => {
        await loaded([nested(1), nested(2)], { table: 'a', writeDisposition, primaryKey: 'id' });
        await loaded([nested(1), { id: 2 }], { table: 'a', writeDisposition, primaryKey: 'id' });
        expect(await below()).toEqual({ c: [1], d: [1], between: [9] });
        await loaded([{ id: 1 }], { table: 'a', writeDisposition, primaryKey: 'id' });
        expect(await below()).toEqual({ c: [], d: [], between: [9] });
      },
    );

    it('an unfinished load leaves no rows without a parent either', async () => {
      await expect(loaded([1, 2, 3, 4, 5].map(nested), { table: 'a', fail: true })).rejects.toThrow(
        'the source broke',
      );
      await loaded([nested(7)], { table: 'a' });
      expect(await below()).toEqual({ c: [7], d: [7], between: [9] });
    });

    it('does not empty the other table when a table is replaced', async () => {
      await loaded([nested(1)], { table: 'a' });
      await loaded([{ id: 10 }], { table: 'a__b', writeDisposition: 'replace' });
      expect(await below()).toEqual({ c: [1], d: [1], between: [] });
    });
  });

  it('may change from load to load: a merged table is appended to, replaced, and merged again', async () => {
    const deep = (id: number, k: number): JsonObject => ({ id, items: [{ k, deep: [{ z: k }] }] });
    const merge: Load = { writeDisposition: 'merge', primaryKey: 'id' };
    const found = async (): Promise<unknown[]> =>
      query(
        'SELECT i.k, d.z FROM data.orders o JOIN data.orders__items i ON i._dlt_parent_id = o._dlt_id AND i._dlt_root_id = o._dlt_id JOIN data.orders__items__deep d ON d._dlt_parent_id = i._dlt_id AND d._dlt_root_id = o._dlt_id ORDER BY k',
      );
    const all = async (): Promise<unknown> =>
      (
        await query(
          'SELECT (SELECT count(*) FROM data.orders__items) AS items, (SELECT count(*) FROM data.orders__items__deep) AS deep',
        )
      )[0];
    await loaded([deep(1, 1)], merge);
    await loaded([deep(2, 2)]);
    expect(await found()).toEqual([
      { k: 1, z: 1 },
      { k: 2, z: 2 },
    ]);
    await loaded([deep(2, 3)], merge);
    expect(await found()).toEqual([
      { k: 1, z: 1 },
      { k: 3, z: 3 },
    ]);
    await loaded([deep(5, 5)], { writeDisposition: 'replace' });
    expect(await found()).toEqual([{ k: 5, z: 5 }]);
    await loaded([deep(5, 6)], merge);
    expect(await found()).toEqual([{ k: 6, z: 6 }]);
    expect(await all()).toEqual({ items: 1, deep: 1 });
  });

  it('does not touch unfinished loads of another pipeline', async () => {
    await expect(
      loaded([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 }], {
        fail: true,
        pipeline: 'other',
      }),
    ).rejects.toThrow();
    const before = await query('SELECT count(*) AS n FROM data.orders');
    await loaded([{ id: 9 }], { table: 'mine' });
    expect(await query('SELECT count(*) AS n FROM data.orders')).toEqual(before);
  });

  it('accepts any name for tables and columns', async () => {
    await loaded(
      [{ 'a"b': 1, select: 2, '": DROP TABLE x; --': 3, "it's": 4, [`k${'x'.repeat(10_000)}`]: 5 }],
      { table: 'drop "table"; --' },
    );
    const [row] = await query(
      'SELECT a_b, "select", it_s, count(*) OVER () AS n FROM data.drop_tablexxx',
    );
    expect(row).toEqual({ a_b: 1, select: 2, it_s: 4, n: 1 });
  });

  it('rejects a table that no pipeline made', async () => {
    await loaded([{ id: 1 }], { table: 'first' });
    await query('CREATE TABLE data.orders (id BIGINT)');
    await expect(loaded([{ id: 1 }])).rejects.toThrow(
      /data\.orders exists but has no column _dlt_id/,
    );
  });

  it('merges any loads in any pages as a map would', async () => {
    const row = fc.record({
      id: fc.integer({ min: 1, max: 6 }),
      v: fc.integer(),
      items: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(row, { maxLength: 8 }), fc.integer({ min: 1, max: 4 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (loads) => {
          run += 1;
          const table = `m${run}`;
          const model = new Map<number, { id: number; v: number; items: number[] }>();
          for (const [rows, pageRows] of loads) {
            await loaded(rows, { table, writeDisposition: 'merge', primaryKey: 'id', pageRows });
            for (const one of rows) model.set(one.id, one);
          }
          const has = (await tables()).map(String);
          if (!has.includes(table)) {
            expect(model.size).toBe(0);
            return;
          }
          const items = has.includes(`${table}__items`)
            ? `(SELECT list(value ORDER BY _dlt_list_idx) FROM data.${table}__items c WHERE c._dlt_parent_id = o._dlt_id)`
            : 'NULL';
          const rows = await query(
            `SELECT id, v, to_json(${items})::VARCHAR AS items FROM data.${table} o ORDER BY id`,
          );
          expect(
            rows.map(({ id, v, items: list }) => ({
              id,
              v,
              items: list === null ? [] : ((JSON.parse(list as string) ?? []) as number[]),
            })),
          ).toEqual([...model.values()].sort((a, b) => a.id - b.id));
        },
      ),
      { numRuns: 15 },
    );
  });
});
