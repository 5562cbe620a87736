import type { DuckDBConnection } from '@duckdb/node-api';
import { ownMember } from '../../../operators/json/own-member.js';
import type { LoadStep, Position, SchemaChange, ShapedTable } from '../../../operators/types.js';
import { LoadError } from '../../errors.js';
import { onAbort } from '../../signals/on-abort.js';
import type { Session } from '../destination.js';
import type { Known, LoadProgress, LoadSpec } from '../messages.js';
import { ownBuffer } from '../own-buffer.js';
import { NO_STATE } from '../pipeline-state.js';
import { ROW } from '../sql/dispositions/staged-rows.js';
import { loadTables } from '../sql/load-tables.js';
import { appendRows, type ColumnSource } from './append/chunk-writer.js';
import { openAppenders } from './append/open-appenders.js';
import { rowNumbers } from './append/row-numbers.js';
import { columnBytes } from './column-bytes.js';
import { interruptUntil } from './interrupt-until.js';
import { loadError } from './load-error.js';
import type { MemoryLimit } from './memory-limit.js';
import { newLoadId } from './new-load-id.js';
import { requireClearName } from './require-clear-name.js';
import { rollBack } from './roll-back.js';
import { stagingMemory } from './staging-memory.js';
import type { Hold, Target } from './target.js';
import { watchFile } from './watch-file.js';
import type { SizeWatch } from './watch-size.js';
import { withoutParents } from './without-parents.js';

/** What a session needs of the engine that it belongs to. */
export interface SessionOwner {
  /** Waits until the engine lets one more session work, or the signal aborts. */
  admit: <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;
  /** Rows were appended to a table. */
  appended: (rows: number) => void;
  /** Lets the SQL that follows run in all threads. */
  useAllThreads: () => Promise<void>;
  memoryLimit: MemoryLimit;
  /** Where the tables are, and what keeps others from loading them; null for nothing. */
  target: Target;
  hold: Hold | null;
  /** The size of the file, which all sessions watch together. */
  size: SizeWatch;
  /** SQL of the last commit, and SQL to run where that fails. */
  lastCommit: () => { commit: string; undo: string };
  /** The session has ended: its dataset is free, and its connection can be closed. */
  ended: () => Promise<void>;
}

/**
 * Begins a load. Tables of bookkeeping that are missing are committed at once; the load itself is
 * noted with its first commit, so that it is known by it if it stays unfinished. Where the signal
 * aborts before that, nothing is left open.
 */
export async function openSession(
  connection: DuckDBConnection,
  spec: LoadSpec,
  { target, hold, admit, appended, useAllThreads, memoryLimit, size, ...owner }: SessionOwner,
  signal?: AbortSignal,
): Promise<Session> {
  const load = { id: newLoadId(), isResumed: false };
  const { dataset, pipeline } = spec;
  const scope = await target.scopeOf(connection, dataset);
  const port = target.portOf(connection);
  const tables = loadTables(port, { scope, spec, load });
  const requireFile = watchFile(scope.path, size);
  let numbers = rowNumbers();
  const memory = stagingMemory(spec.memory?.stagedBytes, spec.resume?.maxStagedMs);
  const appenders = openAppenders(connection);
  const heldBytes = Math.min(
    target.heldBytes ?? 0,
    spec.memory?.stagedBytes ?? Number.POSITIVE_INFINITY,
  );
  const loaded: Record<string, number> = {};
  /** Rows that are durable, by table. */
  const committed: Record<string, number> = {};
  let open: Open = noneOpen();
  let state: 'open' | 'aborting' | 'ended' = 'open';
  let busy: Promise<unknown> = Promise.resolve();
  let committing = false;
  /** Tables whose rows SQL is to bring into place. */
  const staged = new Set<string>();
  const stopping = new AbortController();

  /** Runs one step; a failed one ends the session with everything uncommitted rolled back. */
  function step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const running = busy.then(() =>
      admit(async () => {
        try {
          requireOpen();
          return await work();
        } catch (error) {
          await rollBackAll();
          throw loadError(what, spec, load.id, error);
        }
      }, stopping.signal),
    );
    busy = running.catch(() => undefined);
    return running;
  }

  function noteStaged(all: readonly Pick<ShapedTable, 'schema' | 'hints'>[]): void {
    for (const { schema, hints } of all)
      if (hints.writeDisposition !== 'append') staged.add(schema.name);
  }
  function requireOpen(): void {
    if (state !== 'open') throw hasEnded();
  }
  function hasEnded(): LoadError {
    return new LoadError(`The load of pipeline ${pipeline} into ${dataset} has ended already.`);
  }

  async function rollBackAll(): Promise<void> {
    if (state === 'ended') return;
    state = 'ended';
    appenders.discard();
    await rollBack(connection);
    await leave();
  }
  /** What a load came to does not depend on whether its connection can be closed. */
  async function leave(): Promise<void> {
    // One that cannot is closed with the database.
    await owner.ended().catch(() => undefined);
  }

  /** Later rows are staged in the file too. */
  async function persist(): Promise<void> {
    if (!memory.isEmpty()) appenders.close();
    await memoryLimit.unlimited(() => tables.persist());
    memory.empty();
  }

  async function commitNow(sql = 'COMMIT'): Promise<void> {
    // An interrupt that falls between two statements stops neither.
    requireOpen();
    requireFile();
    const run = (text: string): Promise<unknown> =>
      hold === null ? connection.run(text) : hold.commit(connection, text, load.id);
    committing = true;
    try {
      await memoryLimit.committing(() => size.checkpointing(() => run(sql)));
    } finally {
      committing = false;
    }
  }
  function stepOf(kind: LoadStep['kind'], about: Omit<LoadStep, 'kind' | 'loadId'>): LoadStep {
    const positions = about.positions.map(withoutParents);
    return { kind, loadId: load.id, ...about, positions };
  }
  function takeOpen(): Open {
    const taken = open;
    open = noneOpen();
    return taken;
  }
  /** What a commit keeps: rows that wait in memory stay open, and so do their positions. */
  function takeKept(): Open {
    const { tables: rows, positions, changes, progress } = takeOpen();
    const kept: Open = { ...noneOpen(), changes };
    for (const [resource, own] of Object.entries(progress))
      (memory.holdsResource(resource) ? open : kept).progress[resource] = own;
    for (const [table, count] of Object.entries(rows))
      (memory.holdsTable(table) ? open : kept).tables[table] = count;
    for (const position of positions)
      (memory.holdsResource(position.resource) ? open : kept).positions.push(position);
    return kept;
  }

  async function appendTable(
    own: ShapedTable,
    positions: readonly Position[],
    numbersOf: (table: ShapedTable) => ColumnSource,
  ): Promise<void> {
    const { schema, rows } = own;
    const byName = new Map(own.columns.map((column) => [scope.dialect.fold(column.name), column]));
    const { table, columns, isTemporary, detour } = tables.target(own);
    try {
      const sources = columns.map(({ name }): ColumnSource => {
        if (name === '_dlt_load_id') return { constant: load.id };
        const given = byName.get(scope.dialect.fold(name)) ?? null;
        return name === ROW && table !== schema.name ? numbersOf(own) : given;
      });
      if (detour !== null) await port.execute(...detour.create);
      const to = detour?.table ?? table;
      const isInMemory = detour?.isTemporary ?? isTemporary;
      const appender = await appenders.of(
        to,
        isInMemory ? [...scope.dialect.temporary, to] : target.find(scope, to),
      );
      appendRows(appender, sources, rows);
      if (isTemporary) memory.add(own);
      // Left to itself the appender keeps up to 204,800 rows of each table, uncompressed.
      if (heldBytes === 0 || isInMemory) appender.flushSync();
      else appenders.wait(to, columnBytes(own));
      if (detour !== null) {
        appenders.close([detour.table]);
        for (const statement of detour.move)
          await memoryLimit.unlimited(() => port.execute(statement));
      }
    } catch (error) {
      const refusal = target.explain?.(error, own, positions) ?? null;
      if (refusal !== null) throw refusal;
      const message = (error as Error).message.replace(
        /column (\d+)$/,
        (_, i) => `column ${columns[Number(i)]?.name}`,
      );
      throw new Error(`table ${schema.name}: ${message}`, { cause: error });
    }
    open.tables[schema.name] = (ownMember(open.tables, schema.name) ?? 0) + rows;
    loaded[schema.name] = (ownMember(loaded, schema.name) ?? 0) + rows;
    appended(rows);
  }

  let known: Known = { schema: {}, states: [], isEmpty: true, state: NO_STATE };
  const begin = async (): Promise<void> => {
    requireClearName(scope);
    await connection.run('BEGIN TRANSACTION');
    const begun = await tables.prepare();
    signal?.throwIfAborted();
    known = begun.known;
    if (begun.resumed !== null) {
      numbers = rowNumbers(begun.resumed.nextRows);
      Object.assign(committed, begun.resumed.unfinished.tables);
      Object.assign(loaded, committed);
      noteStaged(begun.resumed.tables);
    }
    if (begun.isChanged) {
      await commitNow();
      await connection.run('BEGIN TRANSACTION');
    }
    await tables.refresh();
  };
  const beginning = admit(() => memoryLimit.unlimited(begin), signal);
  const interrupt = (): void => {
    if (!committing) connection.interrupt();
  };
  const off = signal && onAbort(signal, () => void interruptUntil(interrupt, beginning));
  try {
    await beginning;
  } catch (error) {
    await rollBackAll();
    throw loadError('could not begin', spec, load.id, error);
  } finally {
    off?.();
  }

  return {
    loadId: load.id,
    known,
    append: (batch, giveBack) =>
      step('appending rows failed', async () => {
        requireFile();
        if (memory.isFull()) await persist();
        const outdated = tables.outdated(batch.tables);
        appenders.close(outdated);
        noteStaged(batch.tables);
        const ensure = (): Promise<SchemaChange[]> => tables.ensure(batch.tables);
        const changes = await (outdated.length > 0 ? memoryLimit.unlimited(ensure) : ensure());
        const numbersOf = numbers.next(batch.tables);
        const rows: Record<string, number> = {};
        await memoryLimit.appending(batch.tables, async () => {
          for (const table of batch.tables) {
            await appendTable(target.prepare?.(table) ?? table, batch.positions, numbersOf);
            rows[table.schema.name] = table.rows;
          }
          appenders.write(heldBytes);
        });
        size.note();
        open.changes.push(...changes);
        for (const position of batch.positions) open.positions.push(position);
        // DuckDB has copies of all values.
        const buffer = ownBuffer(batch);
        if (buffer !== null) giveBack?.(buffer);
        return stepOf('append', { tables: rows, positions: batch.positions, changes });
      }),
    commit: (given = {}, isLast = false) =>
      step('the commit failed', async () => {
        // Appenders stay open: their rows are written, and only the garbage collector frees them.
        Object.assign(open.progress, given);
        appenders.write(0);
        // What is tied together is kept together.
        if (isLast || memory.isOld() || spec.resume?.isTied === true) await persist();
        const { progress, ...kept } = takeKept();
        for (const [table, rows] of Object.entries(kept.tables))
          committed[table] = (ownMember(committed, table) ?? 0) + rows;
        // What is kept of many tables takes memory too.
        await memoryLimit.committing(async () => {
          await tables.record({ positions: kept.positions, progress, rows: committed });
          await commitNow();
        });
        await connection.run('BEGIN TRANSACTION');
        return stepOf('commit', kept);
      }),
    finish: (outcome) =>
      step('completing the load failed', async () => {
        appenders.close();
        // Not before: with more than one, an appender waits for the others in a loop.
        if (staged.size > 0) await useAllThreads();
        const complete = async (): Promise<void> => {
          await tables.finish(outcome, loaded, open.positions);
          const { commit, undo } = owner.lastCommit();
          try {
            await commitNow(commit);
          } catch (error) {
            await connection.run(undo).catch(() => undefined);
            throw error;
          }
        };
        const rows = [...staged].map((table) => ownMember(loaded, table) ?? 0);
        await (rows.length === 0
          ? complete()
          : memoryLimit.unlimited(
              complete,
              rows.reduce((sum, own) => sum + own),
            ));
        state = 'ended';
        await leave();
        const { positions, changes } = takeOpen();
        return stepOf('complete', { positions, changes, tables: loaded });
      }),
    async abort() {
      if (state === 'open') state = 'aborting';
      stopping.abort(hasEnded());
      await interruptUntil(() => {
        if (state === 'aborting' && !committing) connection.interrupt();
      }, busy);
      await rollBackAll();
    },
  };
}

/** What was appended since the last commit. */
interface Open {
  tables: Record<string, number>;
  positions: Position[];
  changes: SchemaChange[];
  progress: Record<string, LoadProgress>;
}

function noneOpen(): Open {
  return { tables: {}, positions: [], changes: [], progress: {} };
}
