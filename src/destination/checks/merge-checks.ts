import assert from 'node:assert/strict';
import { type CheckDefinition, load, rowsOf } from './checked-load.js';

const KEY = { disposition: 'merge', primaryKey: 'id' } as const;

/** What the ways to merge leave. */
export const MERGE_CHECKS: readonly CheckDefinition[] = [
  {
    name: 'a merge key replaces all rows that share it, children with them',
    needs: ['merge', 'delete-insert'],
    async run(destination) {
      const about = { disposition: 'merge', mergeKey: 'day' } as const;
      await load(
        destination,
        [
          { id: 1, day: 1, items: [1] },
          { id: 2, day: 1, items: [2] },
          { id: 3, day: 2, items: [3] },
        ],
        about,
      );
      await load(destination, [{ id: 4, day: 1, items: [4] }], about);
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 3 }, { id: 4 }]);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), [
        { value: 3 },
        { value: 4 },
      ]);
    },
  },
  {
    name: 'a marked row deletes the one with its key, children with it, and is not inserted',
    needs: ['merge', 'delete-insert'],
    async run(destination) {
      const about = { ...KEY, columns: { gone: { hardDelete: true, dataType: 'bool' } } } as const;
      await load(destination, [{ id: 1, items: [1] }, { id: 2 }], about);
      await load(
        destination,
        [
          { id: 1, gone: true },
          { id: 3, gone: true },
        ],
        about,
      );
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 2 }]);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), []);
    },
  },
  {
    name: 'of rows with one key the first in the declared order stays, with its children',
    needs: ['merge', 'delete-insert'],
    async run(destination) {
      await load(
        destination,
        [
          { id: 1, n: 1, items: [1] },
          { id: 1, n: 3, items: [3] },
          { id: 1, n: 2, items: [2] },
        ],
        { ...KEY, columns: { n: { dedupSort: 'desc' } } },
      );
      assert.deepEqual(await rowsOf(destination, ['n']), [{ n: 3 }]);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), [{ value: 3 }]);
    },
  },
  {
    name: 'upsert puts the last row of a key in the place of the one that is there',
    needs: ['upsert'],
    async run(destination) {
      const about = { ...KEY, strategy: 'upsert' } as const;
      await load(
        destination,
        [
          { id: 1, n: 1, items: [1, 2] },
          { id: 2, n: 2 },
        ],
        about,
      );
      await load(
        destination,
        [
          { id: 1, n: 3, items: [8, 9] },
          { id: 1, items: [5] },
        ],
        about,
      );
      assert.deepEqual(await rowsOf(destination, ['id', 'n']), [
        { id: 1, n: null },
        { id: 2, n: 2 },
      ]);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), [{ value: 5 }]);
    },
  },
  {
    name: 'insert-only keeps rows that are there and inserts each new key once',
    needs: ['insert-only'],
    async run(destination) {
      const about = { ...KEY, strategy: 'insert-only' } as const;
      await load(destination, [{ id: 1, n: 1 }], about);
      await load(
        destination,
        [
          { id: 1, n: 2 },
          { id: 2, n: 3 },
          { id: 2, n: 4 },
        ],
        about,
      );
      assert.deepEqual(await rowsOf(destination, ['id', 'n']), [
        { id: 1, n: 1 },
        { id: 2, n: 4 },
      ]);
    },
  },
  {
    name: 'scd2 ends versions that do not come again, and begins new ones with their children',
    needs: ['scd2'],
    async run(destination) {
      const about = { disposition: 'merge', strategy: 'scd2' } as const;
      await load(destination, [{ id: 1, items: [1] }, { id: 2 }], about);
      await load(destination, [{ id: 1, items: [1, 2] }, { id: 2 }], about);
      const rows = await rowsOf(destination, ['id', '_dlt_valid_from', '_dlt_valid_to']);
      const [old] = rows.filter((row) => row['_dlt_valid_to'] !== null);
      assert.equal(rows.length, 3);
      assert.equal(old?.['id'], 1);
      const next = rows.find((row) => row['id'] === 1 && row['_dlt_valid_to'] === null);
      assert.deepEqual(next?.['_dlt_valid_from'], old?.['_dlt_valid_to']);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), [
        { value: 1 },
        { value: 1 },
        { value: 2 },
      ]);
    },
  },
];
