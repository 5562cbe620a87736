import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import { qualified, type Scope } from '../sql/sql.js';
import { literal } from './literal.js';
import { lookUntil } from './look-until.js';
import { rollBack } from './roll-back.js';
import type { Connections, Hold, Target } from './target.js';

/** Its one row is updated by every commit of a load: of two such commits one is refused. */
const FENCE = '_sluice_fence';

/** How often a dataset is taken over from a load that commits meanwhile. */
const MOST_TRIES = 5;

/**
 * Takes a dataset over from the load that had it last, which commits nothing any more then. For
 * databases whose transactions conflict where they update one row.
 *
 * Errors: LoadError where other loads take it over at the same time.
 */
export async function fenceDataset(
  connections: Connections,
  target: Target,
  dataset: string,
  pipeline: string,
): Promise<Pick<Hold, 'commit'>> {
  const holder = randomUUID();
  /** The dataset, once the fence is there. */
  let fenced: Scope | null = null;

  async function withTransaction<T>(
    work: (connection: DuckDBConnection, scope: Scope) => Promise<T>,
  ): Promise<T> {
    const connection = await connections.take();
    try {
      const scope = await target.scopeOf(connection, dataset);
      await connection.run('BEGIN TRANSACTION');
      const result = await work(connection, scope);
      await connection.run('COMMIT');
      return result;
    } catch (error) {
      await rollBack(connection);
      throw error;
    } finally {
      connections.giveBack(connection);
    }
  }
  const rowOf = (commit: string): string =>
    `holder = ${literal(holder)}, commit = ${literal(commit)}, pipeline = ${literal(pipeline)}, host = ${literal(hostname())}, pid = ${process.pid}`;
  async function isFenced(connection: DuckDBConnection, scope: Scope): Promise<boolean> {
    const [[found] = []] = await target
      .portOf(connection)
      .query(
        `SELECT EXISTS (FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2 AND table_name = ${literal(FENCE)})`,
        [scope.catalog, scope.dataset],
      );
    return found === true;
  }

  /** Takes the dataset over from the load that had it last. */
  async function takeOver(): Promise<void> {
    await withTransaction(async (connection, scope) => {
      if (scope.isThere === false || !(await isFenced(connection, scope))) return;
      await connection.run(`UPDATE ${qualified(scope, FENCE)} SET ${rowOf('')}, since = now()`);
    });
  }
  for (let tries = 1; ; tries += 1)
    try {
      await takeOver();
      break;
    } catch (error) {
      if (tries < MOST_TRIES && isConflict(error)) continue;
      throw new LoadError(
        `Dataset ${dataset} cannot be taken over from its last load: ${(error as Error).message}`,
        { cause: error },
      );
    }

  async function note(connection: DuckDBConnection, commit: string): Promise<Scope> {
    const scope = fenced ?? (await target.scopeOf(connection, dataset));
    const fence = qualified(scope, FENCE);
    if (fenced === null && !(await isFenced(connection, scope))) {
      const { text, bigint, timestamp } = scope.dialect.types;
      await connection.run(
        `CREATE TABLE ${fence} (holder ${text}, commit ${text}, pipeline ${text}, host ${text}, pid ${bigint}, since ${timestamp})`,
      );
      await connection.run(
        `INSERT INTO ${fence} VALUES (${[holder, commit, pipeline, hostname()].map((value) => literal(value)).join(', ')}, ${process.pid}, now())`,
      );
      return scope;
    }
    const { rowsChanged } = await connection.run(
      `UPDATE ${fence} SET ${rowOf(commit)} WHERE holder = ${literal(holder)}`,
    );
    if (rowsChanged === 0) throw await takenOver();
    return scope;
  }
  async function takenOver(cause?: unknown): Promise<LoadError> {
    const [[who] = []] = (await withTransaction((connection, scope) =>
      target
        .portOf(connection)
        .query(
          `SELECT 'pipeline ' || pipeline || ' (PID ' || pid || ' on ' || host || ', since ' || date_trunc('second', since) || ')' FROM ${qualified(scope, FENCE)}`,
        ),
    ).catch(() => [])) as string[][];
    return new LoadError(
      `Dataset ${dataset} was taken over by ${who ?? 'another load'} meanwhile, and is loaded by one at a time. What was not committed was rolled back.`,
      { cause },
    );
  }
  /** Whether a commit is in the fence; where it is not, it never will be after this. */
  async function isKept(commit: string): Promise<boolean> {
    return withTransaction(async (connection, scope) => {
      if (scope.isThere === false || !(await isFenced(connection, scope))) return false;
      const fence = qualified(scope, FENCE);
      const [[found] = []] = await target
        .portOf(connection)
        .query(`SELECT commit FROM ${fence} WHERE holder = ${literal(holder)}`);
      if (found === commit) return true;
      // The transaction may still be under way in the server: it is refused after this one.
      await connection.run(`UPDATE ${fence} SET ${rowOf('')} WHERE holder = ${literal(holder)}`);
      return false;
    });
  }

  return {
    async commit(loading, sql) {
      const commit = randomUUID();
      const scope = await note(loading, commit).catch(async (error: unknown) => {
        throw isConflict(error) ? await takenOver(error) : error;
      });
      try {
        await loading.run(sql);
      } catch (error) {
        if (isConflict(error)) throw await takenOver(error);
        const kept = await lookUntil(() => isKept(commit));
        if (kept === false) throw error;
        if (kept === null)
          throw new LoadError(
            `The connection was lost during a commit, and the database does not answer whether it was kept. Run again: the next load looks.`,
            { cause: error },
          );
      }
      fenced = scope;
    },
  };
}

function isConflict(error: unknown): boolean {
  return /conflict/i.test((error as Error).message);
}
