import assert from 'node:assert/strict';
import type { Destination, Session } from '../destination.js';
import type { ResumeSpec } from '../messages.js';
import { append, batchOf, begin, type CheckDefinition, load, rowsOf } from './checked-load.js';

/** Rows of a load that is aborted. */
const ABORTED = [
  { id: -1, items: [1, 2] },
  { id: -2, late: true },
];

/** Brings a load to a step, at which it is aborted; gives whether it was finished before that. */
type Step = (destination: Destination, session: Session) => Promise<() => Promise<boolean>>;

const never = (): Promise<boolean> => Promise.resolve(false);
const settled = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** The steps of a load: it is there, or under way to it. */
const STEPS: Readonly<Record<string, Step>> = {
  begun: () => Promise.resolve(never),
  async appending(destination, session) {
    const batch = await batchOf(destination, session, ABORTED);
    void settled(session.append(batch));
    return never;
  },
  async appended(destination, session) {
    await append(destination, session, ABORTED);
    return never;
  },
  async committing(destination, session) {
    await append(destination, session, ABORTED);
    void settled(session.commit());
    return never;
  },
  async committed(destination, session) {
    await append(destination, session, ABORTED);
    await session.commit();
    await append(destination, session, ABORTED);
    return never;
  },
  async finishing(destination, session) {
    await append(destination, session, ABORTED);
    const finished = settled(session.finish({ completeness: [] }));
    return () => finished;
  },
};

const RESUME: ResumeSpec = {
  fingerprint: 'orders of the shop',
  maxAgeMs: 86_400_000,
  start: { since: 'then' },
  isTied: false,
  needsAllRows: false,
};

/** What is left of loads that were stopped. */
export const ABORT_CHECKS: readonly CheckDefinition[] = [
  {
    name: 'a load may be aborted at every step, and the next one leaves nothing of it',
    needs: ['append'],
    async run(destination) {
      const { commits } = destination.capabilities;
      const ids: number[] = [];
      for (const [name, step] of Object.entries(STEPS)) {
        if (name.startsWith('commit') && !commits) continue;
        const session = await begin(destination, {});
        const isFinished = await step(destination, session);
        await session.abort();
        if (await isFinished()) ids.push(-1, -2);
        await load(destination, [{ id: ids.length }]);
        ids.push(ids.length);
        const found = (await rowsOf(destination, ['id'])).map(({ id }) => Number(id));
        const byNumber = (a: number, b: number): number => a - b;
        assert.deepEqual(found.sort(byNumber), [...ids].sort(byNumber), `aborted when ${name}`);
      }
    },
  },
  {
    name: 'a load that was aborted goes on with its rows of the last commit, where it is resumed',
    needs: ['append', 'commits'],
    async run(destination) {
      const first = await begin(destination, { resume: RESUME });
      await append(destination, first, [{ id: 1, items: [1] }, { id: 2 }]);
      await first.commit({ orders: { isIncomplete: false, content: { read: 2 } } });
      await append(destination, first, [{ id: 3 }]);
      await first.abort();
      const second = await begin(destination, { resume: RESUME });
      const { unfinished } = second.known;
      // One that resumes nothing removes what is there.
      if (unfinished === undefined) return second.abort();
      assert.equal(second.loadId, first.loadId);
      assert.deepEqual(unfinished.start, RESUME.start);
      assert.deepEqual(unfinished.progress['orders'], { read: 2 });
      assert.deepEqual({ ...unfinished.tables }, { orders: 2, orders__items: 1 });
      await append(destination, second, [{ id: 4 }]);
      const { tables } = await second.finish({ completeness: [] });
      assert.deepEqual({ ...tables }, { orders: 3, orders__items: 1 });
      const { loadId } = first;
      assert.deepEqual(await rowsOf(destination, ['id', '_dlt_load_id']), [
        { id: 1, _dlt_load_id: loadId },
        { id: 2, _dlt_load_id: loadId },
        { id: 4, _dlt_load_id: loadId },
      ]);
      const third = await begin(destination, { resume: RESUME });
      await third.abort();
      assert.equal(third.known.unfinished, undefined);
    },
  },
];
