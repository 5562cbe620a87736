import { LoadError } from '../../../errors.js';
import { literal } from '../literal.js';
import { lookUntil } from '../look-until.js';
import type { Connections, Hold, Target } from '../target.js';
import { lockDataset } from './lock-dataset.js';

/**
 * Holds a dataset of a Postgres database by an advisory lock.
 *
 * Errors: LoadError naming who loads the dataset.
 */
export async function holdDataset(
  connections: Connections,
  target: Target,
  dataset: string,
  pipeline: string,
): Promise<Hold> {
  const lock = await lockDataset(connections, target, { name: dataset, dataset, pipeline });

  /** What became of a transaction; null where that is not known. */
  async function statusOf(transaction: string): Promise<'committed' | 'aborted' | null> {
    const other = await connections.take();
    try {
      const [[status] = []] = await target
        .portOf(other)
        .query(`SELECT pg_xact_status(${literal(transaction)}::xid8) AS status`);
      return status === 'committed' || status === 'aborted' ? status : null;
    } finally {
      connections.giveBack(other);
    }
  }

  return {
    async commit(loading, sql) {
      const [[isHeld, transaction] = []] = await target
        .portOf(loading)
        .query(
          `SELECT ${lock.isHeld} AS held, pg_current_xact_id_if_assigned()::text AS transaction`,
        );
      if (isHeld !== true)
        throw new LoadError(
          `The connection that kept other loads of dataset ${dataset} out was lost. Run again: the load goes on where it was.`,
        );
      try {
        await loading.run(sql);
      } catch (error) {
        if (typeof transaction !== 'string') throw error;
        const status = await lookUntil(() => statusOf(transaction));
        if (status === 'committed') return;
        if (status === 'aborted') throw error;
        throw new LoadError(
          `The connection was lost during a commit, and Postgres does not answer whether it was kept. Run again: the next load looks.`,
          { cause: error },
        );
      }
    },
    free: () => lock.free(),
  };
}
