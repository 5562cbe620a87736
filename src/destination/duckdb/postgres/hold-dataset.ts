import { setTimeout as pause } from 'node:timers/promises';
import { LoadError } from '../../../errors.js';
import { literal } from '../literal.js';
import type { Connections, Hold, Target } from '../target.js';

/** What an advisory lock of ours is told from others by: `slui`. */
const CLASS = 0x736c7569;

/** How often a database is looked at that does not say what became of a transaction. */
const MOST_LOOKS = 40;
const LOOK_MS = 250;

/**
 * Holds a dataset with an advisory lock in Postgres, which a connection of its own has as long as
 * its transaction is open. It reads nothing and holds back no vacuum.
 *
 * Errors: LoadError naming who loads the dataset.
 */
export async function holdDataset(
  connections: Connections,
  target: Target,
  dataset: string,
  pipeline: string,
): Promise<Hold> {
  const connection = await connections.take();
  const port = target.portOf(connection);
  const key = `hashtext(${literal(dataset)})`;
  const isLocked = `locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = ${CLASS} AND objid = ${key}::oid`;
  let pid: unknown;
  let freeing: Promise<void> | undefined;
  try {
    await connection.run('BEGIN TRANSACTION');
    const [[isHeld, own] = []] = await port.query(
      `SELECT pg_try_advisory_xact_lock(${CLASS}, ${key}) AS held, pg_backend_pid() AS pid`,
    );
    if (isHeld !== true) {
      const [[name, process] = []] = (await port.query(
        `SELECT a.application_name AS name, l.pid AS process FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE ${isLocked} LIMIT 1`,
      )) as [string, number][];
      throw new LoadError(
        `Dataset ${dataset} is being loaded right now${name === undefined ? '' : ` by ${name} (process ${process} of the server)`}; two loads of one dataset cannot run at once. Wait for it, or use another dataset. Where its computer is gone, end it there: SELECT pg_terminate_backend(${process ?? '<pid>'}).`,
      );
    }
    pid = own;
    await port.execute(
      `SET LOCAL application_name = ${literal(`sluice pipeline ${pipeline}`)}`,
      'SET LOCAL idle_in_transaction_session_timeout = 0',
    );
  } catch (error) {
    await giveBack();
    throw error;
  }

  /** DuckDB ends the process where it rolls back by itself over a connection that was lost. */
  async function giveBack(): Promise<void> {
    await connection.run('ROLLBACK').catch(() => undefined);
    connections.giveBack(connection);
  }
  /** What became of a transaction; null where the database cannot be asked. */
  async function statusOf(transaction: string): Promise<unknown> {
    try {
      const other = await connections.take();
      try {
        const [[status] = []] = await target
          .portOf(other)
          .query(`SELECT pg_xact_status(${literal(transaction)}::xid8) AS status`);
        return status;
      } finally {
        connections.giveBack(other);
      }
    } catch {
      return null;
    }
  }

  return {
    async commit(loading, sql) {
      const [[isHeld, transaction] = []] = await target
        .portOf(loading)
        .query(
          `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE ${isLocked} AND granted AND pid = ${String(pid)}) AS held, pg_current_xact_id_if_assigned()::text AS transaction`,
        );
      if (isHeld !== true)
        throw new LoadError(
          `The connection that kept other loads of dataset ${dataset} out was lost. Run again: the load goes on where it was.`,
        );
      try {
        await loading.run(sql);
      } catch (error) {
        if (typeof transaction !== 'string') throw error;
        for (let look = 0; look < MOST_LOOKS; look += 1) {
          const status = await statusOf(transaction);
          if (status === 'committed') return;
          if (status === 'aborted') throw error;
          await pause(LOOK_MS);
        }
        throw new LoadError(
          `The connection was lost during a commit, and Postgres does not answer whether it was kept. Run again: the next load looks.`,
          { cause: error },
        );
      }
    },
    free: () => (freeing ??= giveBack()),
  };
}
