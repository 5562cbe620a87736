import { hostname } from 'node:os';
import { LoadError } from '../../../errors.js';
import { literal } from '../literal.js';
import { rollBack } from '../roll-back.js';
import type { Connections, Target } from '../target.js';

/** What an advisory lock of ours is told from others by: `slui`. */
const CLASS = 0x736c7569;

/** A lock on a dataset. */
export interface DatasetLock {
  /** A condition of Postgres: the lock is there. */
  isHeld: string;
  free(): Promise<void>;
}

/**
 * Locks a dataset by an advisory lock in Postgres, which a connection of its own has as long as its
 * transaction is open: it goes with its process. It reads nothing and holds back no vacuum.
 *
 * @param name what is locked, unlike any other of the database
 *
 * Errors: LoadError naming who loads the dataset.
 */
export async function lockDataset(
  connections: Connections,
  target: Pick<Target, 'portOf'>,
  { name, dataset, pipeline }: { name: string; dataset: string; pipeline: string },
): Promise<DatasetLock> {
  const connection = await connections.take();
  const port = target.portOf(connection);
  const key = `hashtext(${literal(name)})`;
  const isLocked = `locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = ${CLASS} AND objid = ${key}::oid`;
  let freeing: Promise<void> | undefined;
  async function giveBack(): Promise<void> {
    await rollBack(connection);
    connections.giveBack(connection);
  }
  try {
    await connection.run('BEGIN TRANSACTION');
    const [[isOurs, own] = []] = await port.query(
      `SELECT pg_try_advisory_xact_lock(${CLASS}, ${key}) AS held, pg_backend_pid() AS pid`,
    );
    if (isOurs !== true) {
      const [[who, since, process] = []] = (await port.query(
        `SELECT a.application_name AS name, date_trunc('second', a.xact_start)::text AS since, l.pid AS process FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE ${isLocked} AND granted LIMIT 1`,
      )) as [string, string, number][];
      throw new LoadError(
        `Dataset ${dataset} is being loaded right now${who === undefined ? '' : ` by ${who}, since ${since} (process ${process} of the server)`}; two loads of one dataset cannot run at once. Wait for it, or use another dataset. Where its computer is gone, end it there: SELECT pg_terminate_backend(${process ?? '<pid>'}).`,
      );
    }
    await port.execute(
      // Postgres cuts it off after 63 bytes.
      `SET LOCAL application_name = ${literal(`PID ${process.pid} on ${hostname().slice(0, 20)}, sluice pipeline ${pipeline}`)}`,
      'SET LOCAL idle_in_transaction_session_timeout = 0',
    );
    return {
      isHeld: `EXISTS (SELECT 1 FROM pg_locks WHERE ${isLocked} AND granted AND pid = ${String(own)})`,
      free: () => (freeing ??= giveBack()),
    };
  } catch (error) {
    await giveBack();
    throw error;
  }
}
