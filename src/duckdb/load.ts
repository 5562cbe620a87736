import { catchError, concat, concatAll, defer, EMPTY, finalize, from, fromEvent, map, merge, type Observable, type OperatorFunction, Subject, switchMap, takeUntil, throwError, timer } from 'rxjs';
import { batchColumns } from '../../operators/arrow/batch-columns.js';
import { AbortError } from '../../operators/errors.js';
import { normalizeIdentifier } from '../../operators/schema/naming.js';
import type { Batch, LoadStep, TableSchema } from '../../operators/types.js';
import { type Gate, processGate } from '../gate.js';
import type { Destination } from './duckdb.js';
import type { RootTable } from './load-tables.js';
import type { BatchMessage, Session } from './session.js';

export interface CommitConfig {
  /** Rows of root tables after which the open transaction commits. @default 500,000 */
  rows?: number;
  /** Age of the open transaction, in milliseconds, after which it commits. @default 5,000 */
  ms?: number;
}

export interface LoadConfig {
  /** Schema that holds the tables; normalized as dlt does. */
  dataset: string;
  /** Whose load it is: what an unfinished load of the same pipeline left is removed first. @default 'sluice' */
  pipeline?: string;
  /** Name of the source in `_dlt_loads`. @default the pipeline's name */
  schemaName?: string;
  commit?: CommitConfig;
  /** Root tables of the run; one that replaces is emptied when no rows come for it. @default those that batches bring */
  resources?: readonly RootTable[];
  /** Told of bytes on their way. @default the process's */
  gate?: Gate;
  /** Aborting means the same as unsubscribing, and the error comes when the roll-back is done. */
  signal?: AbortSignal;
}

/**
 * Batches into the tables of a dataset, all or nothing.
 *
 * In:     batches.
 * Out:    `append` for every batch, `commit` when the open transaction is old or large enough, `complete` at the end, when
 *         replaced tables are swapped, merged rows are in place and `_dlt_loads` has its row. No batches: `complete` alone.
 * Errors: `LoadError` naming dataset and load; a source's own error is passed on. Either way, and when unsubscribed or
 *         aborted, what is not committed is rolled back; a commit under way is waited for.
 * State:  one session in the database; bytes on their way, which the gate is told of.
 *
 * A batch's buffer is taken away: do not use it afterwards.
 *
 * @example batches.pipe(load(duckdb('shop.duckdb'), { dataset: 'shop' }))
 */
export function load(destination: Destination, config: LoadConfig): OperatorFunction<Batch, LoadStep> {
  const { pipeline = 'sluice', gate = processGate(), signal, commit: { rows = 500_000, ms = 5_000 } = {} } = config;
  return (source) =>
    defer(() => from(begin(destination, config, pipeline))).pipe(
      switchMap(({ session, release }) => {
        let open = 0;
        let posted = 0;
        let ended = false;
        const clock = new Subject<number | null>();
        const finished = new Subject<null>();
        const end = async (): Promise<void> => {
          if (ended) return;
          ended = true;
          gate.acknowledge(posted);
          posted = 0;
          await session.abort();
          await release();
        };
        // Steps are posted as soon as batches come and answered in order, so that reading goes on while the loader works.
        const post = (step: Promise<LoadStep>): Promise<LoadStep> => {
          step.catch(() => undefined); // told by the stream, unless that has ended for another reason
          return step;
        };
        const commit = (): Promise<LoadStep> => {
          clock.next(null);
          open = 0;
          return post(session.commit());
        };
        const append = async (batch: Batch): Promise<LoadStep> => {
          const { bytes } = batch;
          const step = await session.append(messageOf(batch));
          if (!ended) {
            gate.acknowledge(bytes);
            posted -= bytes;
          }
          return step;
        };
        const enqueue = (batch: Batch | null): Observable<LoadStep> => {
          if (batch === null) return open > 0 ? from(commit()) : EMPTY;
          gate.post(batch.bytes);
          posted += batch.bytes;
          const appended = post(append(batch));
          if (open === 0) clock.next(ms);
          open += rootRows(batch);
          return open >= rows ? concat(appended, commit()) : from(appended);
        };
        const complete = async (): Promise<LoadStep> => {
          const step = await session.finish();
          ended = true;
          await release();
          return step;
        };
        const commits = clock.pipe(
          switchMap((age) => (age === null ? EMPTY : timer(age))),
          map((): Batch | null => null),
        );
        const batches = concat(
          source,
          defer(() => {
            clock.next(null);
            clock.complete();
            finished.next(null);
            return EMPTY;
          }),
        );
        return concat(
          merge(commits, aborted(signal, finished), batches).pipe(map(enqueue), concatAll()),
          defer(complete),
        ).pipe(
          catchError((error: unknown) => from(end()).pipe(switchMap(() => throwError(() => error)))),
          finalize(() => void end()),
        );
      }),
    );
}

async function begin(destination: Destination, { dataset, schemaName, resources = [] }: LoadConfig, pipeline: string): Promise<{ session: Session; release: () => Promise<void> }> {
  const borrowed = await destination.borrow();
  try {
    const session = await borrowed.engine.openSession({ dataset: normalizeIdentifier(dataset), pipeline, schemaName: schemaName ?? pipeline, resources });
    return { session, release: () => borrowed.release() };
  } catch (error) {
    await borrowed.release();
    throw error;
  }
}

/** An error when the signal aborts before `until` speaks. */
function aborted(signal: AbortSignal | undefined, until: Observable<unknown>): Observable<never> {
  if (signal === undefined) return EMPTY;
  const failed = throwError(() => new AbortError(undefined, { cause: signal.reason }));
  return defer(() => (signal.aborted ? failed : fromEvent(signal, 'abort').pipe(takeUntil(until), switchMap(() => failed))));
}

function messageOf({ tables, positions }: Batch): BatchMessage {
  return {
    tables: tables.map(({ schema, batch }) => {
      const types = new Map(schema.columns.map(({ name, dataType }) => [name, dataType]));
      return { schema, rows: batch.numRows, columns: batchColumns(batch).map((column) => ({ ...column, dataType: types.get(column.name) ?? 'text' })) };
    }),
    positions,
  };
}

function rootRows({ tables }: Batch): number {
  return tables.reduce((sum, { schema, batch }) => sum + (isRoot(schema) ? batch.numRows : 0), 0);
}

function isRoot({ parent }: TableSchema): boolean {
  return parent === null;
}
