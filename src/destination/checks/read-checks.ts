import assert from 'node:assert/strict';
import { append, begin, type CheckDefinition, DATASET, load } from './checked-load.js';

const ORDERS = [{ id: 1, items: [{ sku: 'a' }] }, { id: 2 }, { id: 3 }];

/** What a reader that takes SQL does; others pass. */
export const READ_CHECKS: readonly CheckDefinition[] = [
  {
    name: 'a reader of SQL knows the tables as they are, parents of child tables too',
    needs: ['append'],
    async run(destination) {
      const reader = destination.dataset(DATASET);
      if (reader.structure === undefined) return;
      assert.deepEqual(await reader.structure(), []);
      await load(destination, ORDERS);
      const tables = new Map((await reader.structure()).map((table) => [table.name, table]));
      assert.equal(tables.get('orders')?.parent, null);
      assert.equal(tables.get('orders__items')?.parent, 'orders');
      const id = tables.get('orders')?.columns.find(({ name }) => name === 'id');
      assert.equal(id?.type.data_type, 'bigint');
    },
  },
  {
    name: 'a reader of SQL gives rows block by block, and ends when it is closed',
    needs: ['append'],
    async run(destination) {
      const reader = destination.dataset(DATASET);
      if (reader.open === undefined) return;
      await load(destination, ORDERS);
      const session = await begin(destination, {});
      await append(destination, session, [{ id: 4 }]);
      const cursor = await reader.open('SELECT id FROM orders WHERE id > $1 ORDER BY id', [1]);
      assert.deepEqual(
        cursor.columns.map(({ name }) => name),
        ['id'],
      );
      const found: unknown[] = [];
      for (let block; (block = await cursor.values()) !== null;)
        found.push(...(block.columns[0] ?? []));
      assert.deepEqual(found, [2, 3]);
      await cursor.close();
      await session.abort();
      const left = await reader.open('SELECT id FROM orders');
      await left.close();
      await left.close();
      await assert.rejects(reader.open('SELECT id FROM nothing'), { code: 'ERR_SLUICE_LOAD' });
    },
  },
];
