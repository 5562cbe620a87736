import assert from 'node:assert/strict';
import type { Json } from '../../../operators/types.js';
import type { CursorState } from '../messages.js';
import { append, begin, type CheckDefinition, DATASET, load, rowsOf } from './checked-load.js';

/** What a load knows, keeps and leaves behind. */
export const SESSION_CHECKS: readonly CheckDefinition[] = [
  {
    name: 'a dataset that was never loaded has no tables, and reading makes none',
    needs: [],
    async run(destination) {
      const reader = destination.dataset(DATASET);
      assert.equal(reader.name, DATASET);
      assert.deepEqual(await reader.tables(), []);
      assert.deepEqual(Object.keys(await reader.schema()), []);
      await assert.rejects(reader.rows('orders'), { code: 'ERR_SLUICE_LOAD' });
    },
  },
  {
    name: 'a load knows its own tables as they are, and whether the dataset holds any',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ id: 1, items: [{ sku: 'a' }] }]);
      await load(destination, [{ id: 1 }], { table: 'others' });
      const session = await begin(destination, {});
      await session.abort();
      const { schema, isEmpty } = session.known;
      assert.equal(schema['orders__items']?.parent, 'orders');
      assert.deepEqual(
        schema['orders']?.columns.map(({ name, dataType }) => `${name} ${dataType}`).sort(),
        ['_dlt_id text', '_dlt_load_id text', 'id bigint'],
      );
      assert.equal(isEmpty, false);
    },
  },
  {
    name: 'steps say what they did',
    needs: ['append'],
    async run(destination) {
      const session = await begin(destination, {});
      assert.equal(session.known.isEmpty, true);
      const first = await append(destination, session, [{ id: 1, items: [1, 2] }]);
      assert.equal(first.kind, 'append');
      assert.equal(first.loadId, session.loadId);
      assert.deepEqual({ ...first.tables }, { orders: 1, orders__items: 2 });
      assert.equal(first.positions.length, 1);
      if (destination.capabilities.commits) {
        const committed = await session.commit();
        assert.equal(committed.kind, 'commit');
        assert.deepEqual({ ...committed.tables }, { orders: 1, orders__items: 2 });
      }
      await append(destination, session, [{ id: 2 }]);
      const last = await session.finish({ completeness: [] });
      assert.equal(last.kind, 'complete');
      assert.deepEqual({ ...last.tables }, { orders: 2, orders__items: 2 });
      assert.equal(last.positions.length, destination.capabilities.commits ? 1 : 2);
    },
  },
  {
    name: 'readers see nothing of a batch that is not committed',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ id: 1 }]);
      const session = await begin(destination, {});
      await append(destination, session, [{ id: 2 }]);
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }]);
      await session.finish({ completeness: [] });
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }, { id: 2 }]);
    },
  },
  {
    name: 'readers see a committed batch while the load goes on',
    needs: ['append', 'commits'],
    async run(destination) {
      const session = await begin(destination, {});
      await append(destination, session, [{ id: 1 }]);
      await session.commit();
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }]);
      await append(destination, session, [{ id: 2 }]);
      await session.finish({ completeness: [] });
    },
  },
  {
    name: 'an aborted load leaves nothing that was not committed, and may be aborted again',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ id: 1 }]);
      const session = await begin(destination, {});
      await append(destination, session, [{ id: 2 }, { id: 3, extra: true }]);
      await session.abort();
      await session.abort();
      await assert.rejects(append(destination, session, [{ id: 4 }]), { code: 'ERR_SLUICE_LOAD' });
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }]);
    },
  },
  {
    name: 'aborting a finished load changes nothing',
    needs: ['append'],
    async run(destination) {
      const session = await begin(destination, {});
      await append(destination, session, [{ id: 1 }]);
      await session.finish({ completeness: [] });
      await session.abort();
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }]);
    },
  },
  {
    name: 'the next load of a pipeline removes what an unfinished one had committed, and no other',
    needs: ['append', 'commits'],
    async run(destination) {
      await load(destination, [{ id: 1, items: [1] }]);
      const session = await begin(destination, {});
      await append(destination, session, [{ id: 2, items: [2] }]);
      await session.commit();
      await session.abort();
      await load(destination, [{ id: 9 }], { table: 'others', pipeline: 'another' });
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }, { id: 2 }]);
      await load(destination, [{ id: 3 }]);
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }, { id: 3 }]);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), [{ value: 1 }]);
    },
  },
  {
    name: 'a second load of a dataset is refused while one is under way',
    needs: [],
    async run(destination) {
      const session = await begin(destination, {});
      await assert.rejects(begin(destination, { pipeline: 'another' }), {
        code: 'ERR_SLUICE_LOAD',
      });
      await session.abort();
      const next = await begin(destination, { pipeline: 'another' });
      await next.abort();
    },
  },
  {
    name: 'the states of the last complete load are known to the same pipeline and source alone',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ id: 1 }], {}, { since: 'first', big: 9007199254740993n });
      const aborted = await begin(destination, {});
      await append(destination, aborted, [{ id: 2 }], {}, { since: 'never' });
      await aborted.abort();
      const statesOf = async (about: object): Promise<unknown> => {
        const session = await begin(destination, about);
        await session.abort();
        return session.known.states.map(({ resource, parent, state }) => [resource, parent, state]);
      };
      const first = ['orders', null, { since: 'first', big: 9007199254740993n }];
      assert.deepEqual(await statesOf({}), [first]);
      assert.deepEqual(await statesOf({ pipeline: 'another' }), []);
      assert.deepEqual(await statesOf({ source: 'another' }), []);
      await load(destination, [{ id: 3 }], {}, { since: 'second' });
      assert.deepEqual(await statesOf({}), [['orders', null, { since: 'second' }]]);
    },
  },
  {
    name: 'the cursors of complete loads are in the state of the same pipeline alone',
    needs: ['append'],
    async run(destination) {
      const complete = async (cursors?: CursorState[]): Promise<void> => {
        const session = await begin(destination, {});
        await append(destination, session, [{ id: 1 }]);
        await session.finish({ completeness: [], ...(cursors && { cursors }) });
      };
      const cursorsOf = async (pipeline: string): Promise<unknown> => {
        const session = await begin(destination, { pipeline });
        await session.abort();
        const { resources = {} } = session.known.state.sources['shop'] ?? {};
        return Object.entries(resources).flatMap(([resource, { incremental = {} }]) =>
          Object.entries(incremental).map(([cursorPath, state]) => ({
            resource,
            cursorPath,
            state,
          })),
        );
      };
      const cursor = (cursorPath: string, last: Json): CursorState => ({
        resource: 'orders',
        cursorPath,
        state: { initial_value: 0, last_value: last, unique_hashes: ['a'], start_value: null },
      });
      const [seq, day] = [cursor('seq', 9007199254740993n), cursor('day', '2026-01-01')];
      await complete([seq, day]);
      assert.deepEqual(await cursorsOf('checks'), [seq, day]);
      assert.deepEqual(await cursorsOf('another'), []);
      const aborted = await begin(destination, {});
      await append(destination, aborted, [{ id: 2 }]);
      await aborted.abort();
      await complete();
      assert.deepEqual(await cursorsOf('checks'), [seq, day]);
      const later = cursor('day', '2026-01-02');
      await complete([later]);
      assert.deepEqual(await cursorsOf('checks'), [seq, later]);
    },
  },
  {
    name: 'closing waits for nothing when nothing is under way, and may be done again',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ id: 1 }]);
      await destination.close();
      await destination.close();
    },
  },
];
