import assert from 'node:assert/strict';
import { DATA_TYPES } from '../../../operators/schema/data-types.js';
import type { DataType, Json } from '../../../operators/types.js';
import { append, begin, type CheckDefinition, DATASET, load, rowsOf } from './checked-load.js';

/** What each write disposition does to the rows that a table has. */
export const DISPOSITION_CHECKS: readonly CheckDefinition[] = [
  {
    name: 'append keeps the rows of every load, each with the id of its load',
    needs: ['append'],
    async run(destination) {
      const first = await load(destination, [{ id: 1 }, { id: 2 }]);
      const second = await load(destination, [{ id: 3 }]);
      assert.deepEqual(await rowsOf(destination, ['id', '_dlt_load_id']), [
        { id: 1, _dlt_load_id: first },
        { id: 2, _dlt_load_id: first },
        { id: 3, _dlt_load_id: second },
      ]);
    },
  },
  {
    name: 'values of every type come back as they were',
    needs: ['append'],
    async run(destination) {
      const { types = DATA_TYPES } = destination.capabilities;
      const columns = Object.fromEntries(
        types.map((dataType) => [dataType, { dataType }] as const),
      );
      const pick = (values: Partial<Record<DataType, unknown>>): Record<string, unknown> =>
        Object.fromEntries(Object.entries(values).filter(([type]) => type in columns));
      const sent = pick({
        text: 'naïve ☕ \u0001 "quoted"',
        bigint: 9007199254740993n,
        double: 0.1,
        bool: false,
        timestamp: '1969-12-31T23:59:59.9995Z',
        json: { a: [1, null] },
        decimal: '-12345678901234567890.123456789',
        wei: 12345678901234567890123456789012345678n,
        date: '2026-01-02',
        time: '03:04:05.25',
        binary: 'AAH/',
      });
      const about = { columns };
      await load(destination, [sent as Record<string, Json>, { text: 'all else is null' }], about);
      const back = pick({
        text: 'naïve ☕ \u0001 "quoted"',
        bigint: 9007199254740993n,
        double: 0.1,
        bool: false,
        timestamp: new Date('1969-12-31T23:59:59.999Z'),
        json: '{"a":[1,null]}',
        decimal: '-12345678901234567890.123456789',
        wei: '12345678901234567890123456789012345678',
        date: new Date('2026-01-02'),
        time: '03:04:05.25',
        binary: Uint8Array.of(0, 1, 255),
      });
      const nulls = Object.fromEntries(Object.keys(back).map((type) => [type, null]));
      const rows = await rowsOf(destination, Object.keys(back));
      // Databases may space it in their own way.
      for (const row of rows)
        if (typeof row['json'] === 'string') row['json'] = JSON.stringify(JSON.parse(row['json']));
      assert.deepEqual(
        rows.sort((row) => (row['text'] === 'all else is null' ? 1 : -1)),
        [back, { ...nulls, text: 'all else is null' }],
      );
    },
  },
  {
    name: 'a column that comes later is null in the rows before it',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ id: 1 }]);
      await load(destination, [{ id: 2, note: 'new' }]);
      assert.deepEqual(await rowsOf(destination, ['id', 'note']), [
        { id: 1, note: null },
        { id: 2, note: 'new' },
      ]);
    },
  },
  {
    name: 'rows of a child table hang on their parents',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ id: 1, items: [{ sku: 'a' }, { sku: 'b' }] }, { id: 2 }]);
      const [parent] = await rowsOf(destination, ['id', '_dlt_id']);
      assert.deepEqual(
        await rowsOf(destination, ['sku', '_dlt_list_idx', '_dlt_parent_id'], 'orders__items'),
        ['a', 'b'].map((sku, i) => ({
          sku,
          _dlt_list_idx: i,
          _dlt_parent_id: parent?.['_dlt_id'],
        })),
      );
      assert.deepEqual(await destination.dataset(DATASET).tables(), ['orders', 'orders__items']);
    },
  },
  {
    name: 'words of SQL are names of tables and columns like others',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ order: 1, group: 'x', table: true }], { table: 'select' });
      assert.deepEqual(await rowsOf(destination, ['order', 'group', 'table'], 'select'), [
        { order: 1, group: 'x', table: true },
      ]);
    },
  },
  {
    name: 'replace leaves the rows of the last load alone, and readers see the old ones until then',
    needs: ['replace'],
    async run(destination) {
      const about = { disposition: 'replace' } as const;
      await load(destination, [{ id: 1, items: [1, 2] }], about);
      const session = await begin(destination, about);
      await append(destination, session, [{ id: 2, items: [3] }], about);
      if (destination.capabilities.commits) await session.commit();
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }]);
      await session.finish({ completeness: [] });
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 2 }]);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), [{ value: 3 }]);
    },
  },
  {
    name: 'replace empties a table that no rows came for, children with it, and keeps its columns',
    needs: ['replace'],
    async run(destination) {
      const about = { disposition: 'replace' } as const;
      await load(destination, [{ id: 1, items: [1] }], about);
      await load(destination, [{ id: 5 }], { table: 'others' });
      await load(destination, [], about);
      assert.deepEqual(await rowsOf(destination, ['id']), []);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), []);
      assert.deepEqual(await rowsOf(destination, ['id'], 'others'), [{ id: 5 }]);
      const { orders } = await destination.dataset(DATASET).schema();
      assert.ok(orders?.columns.some(({ name }) => name === 'id'));
    },
  },
  {
    name: 'merge replaces rows by their key, children with them, and keeps the last of two',
    needs: ['merge'],
    async run(destination) {
      const about = { disposition: 'merge', primaryKey: 'id' } as const;
      await load(
        destination,
        [
          { id: 1, n: 'a', items: [1] },
          { id: 2, n: 'b', items: [2] },
        ],
        about,
      );
      await load(
        destination,
        [
          { id: 2, n: 'c' },
          { id: 3, n: 'd' },
          { id: 3, n: 'e' },
        ],
        about,
      );
      assert.deepEqual(await rowsOf(destination, ['id', 'n']), [
        { id: 1, n: 'a' },
        { id: 2, n: 'c' },
        { id: 3, n: 'e' },
      ]);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), [{ value: 1 }]);
    },
  },
  {
    name: 'merge without a key appends',
    needs: ['merge'],
    async run(destination) {
      await load(destination, [{ id: 1 }], { disposition: 'merge' });
      await load(destination, [{ id: 1 }], { disposition: 'merge' });
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }, { id: 1 }]);
    },
  },
];
