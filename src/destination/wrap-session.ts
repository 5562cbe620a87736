import type { Session } from './destination.js';

/**
 * A session that calls `ended` once when it has ended: finished, or aborted, even where the abort
 * failed. `finish` and `abort` wait for it, and an error of it is theirs.
 *
 * A session whose `finish` rejects has not ended yet: it is still to be aborted.
 */
export function wrapSession(
  session: Session,
  ended: (how: 'finished' | 'aborted') => void | Promise<void>,
): Session {
  let ending: Promise<void> | undefined;
  let isFinished = false;
  const end = async (how: 'finished' | 'aborted'): Promise<void> => {
    await ended(how);
  };
  return {
    loadId: session.loadId,
    known: session.known,
    append: (batch, giveBack) => session.append(batch, giveBack),
    commit: (progress, isLast) => session.commit(progress, isLast),
    async finish(outcome) {
      const step = await session.finish(outcome);
      isFinished = true;
      // A failing abort that came in between fails no load that is complete.
      if (ending === undefined) await (ending = end('finished'));
      return step;
    },
    async abort() {
      if (isFinished) return;
      try {
        await session.abort();
      } finally {
        await (ending ??= end('aborted'));
      }
    },
  };
}
