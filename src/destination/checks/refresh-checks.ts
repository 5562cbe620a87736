import assert from 'node:assert/strict';
import type { Destination } from '../destination.js';
import {
  append,
  begin,
  type CheckDefinition,
  type CheckedLoad,
  DATASET,
  load,
  rowsOf,
} from './checked-load.js';

/** Loads of two resources of one source, and of another source; all of them keep a state. */
async function loadAll(destination: Destination): Promise<void> {
  const state = { since: 1 };
  await load(destination, [{ id: 1, old: true, items: [1] }], {}, state);
  await load(destination, [{ id: 5 }], { table: 'others' }, state);
  await load(destination, [{ id: 7 }], { table: 'kept', source: 'another' }, state);
}

/** Resources of which a load of this source knows a state. */
async function statesOf(destination: Destination, about: CheckedLoad): Promise<string[]> {
  const session = await begin(destination, about);
  await session.abort();
  return session.known.states.map(({ resource }) => resource).sort();
}

async function columnsOf(destination: Destination, table: string): Promise<string[]> {
  const { [table]: own } = await destination.dataset(DATASET).schema();
  return (own?.columns ?? []).map(({ name }) => name).filter((name) => !name.startsWith('_dlt_'));
}

/** What `refresh` of a load drops. */
export const REFRESH_CHECKS: readonly CheckDefinition[] = [
  {
    name: 'drop_data removes rows and states of the load’s resources, and keeps their columns',
    needs: ['append', 'drop_data'],
    async run(destination) {
      await loadAll(destination);
      await load(destination, [{ id: 2 }], { refresh: 'drop_data' });
      assert.deepEqual(await rowsOf(destination, ['id', 'old']), [{ id: 2, old: null }]);
      assert.deepEqual(await rowsOf(destination, ['value'], 'orders__items'), []);
      assert.deepEqual(await rowsOf(destination, ['id'], 'others'), [{ id: 5 }]);
      assert.deepEqual(await statesOf(destination, {}), ['others']);
    },
  },
  {
    name: 'drop_resources removes tables and states of the load’s resources',
    needs: ['append', 'drop_resources'],
    async run(destination) {
      await loadAll(destination);
      await load(destination, [{ id: 2 }], { refresh: 'drop_resources' });
      assert.deepEqual(await destination.dataset(DATASET).tables(), ['kept', 'orders', 'others']);
      assert.deepEqual(await columnsOf(destination, 'orders'), ['id']);
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 2 }]);
      assert.deepEqual(await statesOf(destination, {}), ['others']);
    },
  },
  {
    name: 'drop_sources removes all tables and states of the source, and none of another',
    needs: ['append', 'drop_sources'],
    async run(destination) {
      await loadAll(destination);
      await load(destination, [{ id: 2 }], { refresh: 'drop_sources' });
      assert.deepEqual(await destination.dataset(DATASET).tables(), ['kept', 'orders']);
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 2 }]);
      assert.deepEqual(await rowsOf(destination, ['id'], 'kept'), [{ id: 7 }]);
      assert.deepEqual(await statesOf(destination, {}), []);
      assert.deepEqual(await statesOf(destination, { source: 'another' }), ['kept']);
    },
  },
  {
    name: 'a load knows nothing of what it drops, and an aborted one has dropped nothing',
    needs: ['append', 'drop_resources'],
    async run(destination) {
      await loadAll(destination);
      const session = await begin(destination, { refresh: 'drop_resources' });
      assert.equal(session.known.schema['orders'], undefined);
      assert.deepEqual(
        session.known.states.map(({ resource }) => resource),
        ['others'],
      );
      await append(destination, session, [{ id: 2 }]);
      if (destination.capabilities.isolatesTables !== false)
        assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }]);
      await session.abort();
      assert.deepEqual(await rowsOf(destination, ['id']), [{ id: 1 }]);
      assert.deepEqual(await statesOf(destination, {}), ['orders', 'others']);
    },
  },
];
