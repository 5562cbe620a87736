import { AbortError } from '../../operators/errors.js';
import { conventionOf, namingWithin } from '../../operators/schema/convention.js';
import { normalizeIdentifier } from '../../operators/schema/naming.js';
import { rootTableName } from '../../operators/schema/root-table-name.js';
import { schemaName as dltSchemaName } from '../../operators/schema/schema-name.js';
import { requireName } from '../../operators/settings/require-name.js';
import type { LoadStep } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import type { CommitRoom, OpenRows } from '../run/commit-room.js';
import { processGate } from '../run/gate.js';
import type { Capabilities, Destination, Session } from './destination.js';
import type { LoadConfig, LoadNotice } from './load-config.js';
import type {
  BatchMessage,
  CompletenessRow,
  DestinationMemory,
  Known,
  LoadProgress,
  LoadSpec,
  ResumeSpec,
} from './messages.js';

/** A batch whose memory is still its maker's. */
export interface PendingBatch {
  bytes: number;
  /** Rows of root tables. */
  rootRows: number;
  /** Rows of the table that has most. */
  mostRows: number;
  /** It changes tables of earlier batches. */
  alters: boolean;
  /**
   * Takes the batch's memory; called once. Errors: LoadError for what the destination cannot hold.
   */
  take(capabilities: Capabilities, destination: string): BatchMessage;
  /** Takes memory of the batch back when it is loaded. @default it is garbage */
  giveBack?: (memory: ArrayBuffer) => void;
  /** Makes what is kept with the next commit, by resource. @default nothing */
  progress?: PendingProgress;
}

/** Makes what is known of resources as of the last page of a batch, whenever it is called. */
export type PendingProgress = Readonly<Record<string, () => LoadProgress>>;

/** One load from its session's begin to its end; remembers what is on its way and not committed. */
export interface LoadRun {
  begin(): Promise<Known>;
  /**
   * Commits as well where it is the first batch of a dataset without tables, so that there is
   * something to query early; wide rows wait for the next commit. The gate counts the batch's bytes
   * at once.
   */
  append(batch: PendingBatch): Promise<LoadStep[]>;
  /**
   * None where everything is committed already.
   *
   * @param isLast the load is stopped behind it. @default false
   */
  commit(isLast?: boolean): Promise<LoadStep[]>;
  complete(): Promise<LoadStep>;
  /**
   * Rolls back what is not committed and gives the database back; the last step when the load was
   * complete already. Never rejects. May be called again.
   */
  end(): Promise<LoadStep | null>;
  /** Reports what fails nothing. */
  notice(message: string): void;
  /** Something was appended since the last commit. */
  isOpen(): boolean;
  /**
   * Rows of root tables, bytes of all, and rows of the largest table of each batch, since the last
   * commit; none where nobody commits.
   */
  open(): { rows: number; bytes: number; mostRows: number };
}

/** A load that may be resumed. */
export interface ResumableConfig extends LoadConfig {
  /** @default it cannot be resumed */
  resume?: ResumeSpec;
  /**
   * Gives the error of a load whose batches ended before all had come: they are committed, and it
   * is raised. @default none: all have come
   */
  stopped?: () => Error | null;
  /** What the destination may hold. @default as much as it does by itself */
  memory?: DestinationMemory;
  /** Has the root rows of all batches, and learns of their commits. @default nobody counts them */
  room?: CommitRoom | undefined;
}

/**
 * Errors: ConfigError for a dataset without a name, and for a disposition or a refresh that the
 * destination has not.
 */
export function loadRun(destination: Destination, config: ResumableConfig): LoadRun {
  const { gate = processGate(), room, observe } = config;
  const { capabilities } = destination;
  const spec = specOf(config, capabilities.identifierBytes);
  requireCapabilities(spec, destination);
  let beginning: Promise<Session> | undefined;
  let ending: Promise<LoadStep | null> | undefined;
  let completed: Promise<LoadStep> | undefined;
  let inFlight = 0;
  const stopping = new AbortController();
  /** What was appended after the last commit. */
  let open = NOTHING;
  /** Batches in the session's open transaction. */
  let uncommitted = 0;
  let isFirst = true;
  /** Rows of this run may wait in the session's memory, over its commits. */
  let hasAppended = false;
  /** Rows that no commit was made for. */
  let openRows: OpenRows[] = [];
  /** A part of the load is durable, perhaps from before it was stopped. */
  let isCommitted = false;
  /** As of the last batch that was appended; of resources with pages since the last commit. */
  let progress: PendingProgress = {};
  const notice = (message: string): void => {
    try {
      observe?.({ kind: 'notice', resource: null, message } satisfies LoadNotice);
    } catch {
      // The load is durable by now, and nobody else observes it.
    }
  };
  const begin = (): Promise<Session> =>
    (beginning ??= destination.begin(spec, notice, stopping.signal));
  /**
   * Calls reach the session in the order they are made. The stream passes their errors on, unless
   * it has ended for another reason.
   */
  const step = <T>(call: (session: Session) => Promise<T>): Promise<T> => {
    const called = begin().then(call);
    called.catch(() => undefined);
    return called;
  };
  const release = (bytes: number): void => {
    gate.release(Math.min(bytes, inFlight));
    inFlight -= Math.min(bytes, inFlight);
  };
  const commit = (isLast = false): Promise<LoadStep[]> => {
    open = NOTHING;
    const kept = progress;
    progress = {};
    const committing = openRows;
    openRows = [];
    for (const rows of committing) rows.commit();
    return step(async (session) => {
      const steps: LoadStep[] = [];
      if (uncommitted > 0 || (isLast && hasAppended)) {
        uncommitted = 0;
        isCommitted = true;
        steps.push(await session.commit(made(kept), isLast));
      }
      for (const rows of committing) rows.end();
      return steps;
    });
  };
  const end = (): Promise<LoadStep | null> => (ending ??= leave());
  const leave = async (): Promise<LoadStep | null> => {
    release(inFlight);
    if (completed === undefined) stopping.abort(new AbortError());
    const session = await beginning?.catch(() => undefined);
    // What comes after the load's own error, or after its last commit, fails nothing more.
    await session?.abort().catch((error: unknown) => notice((error as Error).message));
    return completed?.catch(() => null) ?? null;
  };
  return {
    async begin() {
      const { known } = await begin();
      known.notices?.forEach(notice);
      isCommitted = known.unfinished !== undefined;
      return known;
    },
    append(batch) {
      const { bytes, rootRows: rows } = batch;
      gate.add(bytes);
      inFlight += bytes;
      open = {
        batches: open.batches + 1,
        rows: open.rows + rows,
        bytes: open.bytes + bytes,
        mostRows: open.mostRows + batch.mostRows,
      };
      progress = { ...progress, ...batch.progress };
      const own = room?.open();
      if (own !== undefined) openRows.push(own);
      return step(async (session) => {
        const message = batch.take(capabilities, destination.name);
        const steps = [session.append(message, batch.giveBack)];
        uncommitted += 1;
        hasAppended = true;
        if (
          isFirst &&
          rows > 0 &&
          session.known.isEmpty &&
          capabilities.commits &&
          !isWide(bytes, rows)
        ) {
          // Before any later batch is appended: a commit says what it holds.
          steps.push(session.commit(made(batch.progress)));
          uncommitted = 0;
          isCommitted = true;
          if (open.batches > 0)
            open = {
              batches: open.batches - 1,
              rows: open.rows - rows,
              bytes: open.bytes - bytes,
              mostRows: open.mostRows - batch.mostRows,
            };
        }
        isFirst &&= rows === 0;
        const done = await Promise.all(steps);
        if (steps.length > 1) own?.end();
        release(bytes);
        return done;
      });
    },
    commit,
    async complete() {
      let completeness: readonly CompletenessRow[];
      try {
        completeness = config.completeness?.() ?? [];
      } catch (error) {
        // The next run has to know that rows are missing, or it would go on with this load.
        if (isCommitted) await commit();
        throw error;
      }
      const cursors = config.cursors?.() ?? [];
      completed = step((session) => session.finish({ completeness, cursors }));
      const last = await completed;
      await end();
      return last;
    },
    end,
    notice,
    isOpen: () => capabilities.commits && open.batches > 0,
    open: () => (capabilities.commits ? open : NOTHING),
  };
}

const NOTHING = { batches: 0, rows: 0, bytes: 0, mostRows: 0 };

function made(progress: PendingProgress = {}): Record<string, LoadProgress> {
  return Object.fromEntries(Object.entries(progress).map(([resource, make]) => [resource, make()]));
}

function specOf(
  {
    dataset,
    pipeline = 'sluice',
    schemaName,
    inDefaultSchema = false,
    compat = 'sluice',
    naming,
    resources = [],
    directResources,
    refresh,
    schemaSettings,
    resume,
    memory,
  }: ResumableConfig,
  identifierBytes: number | undefined,
): LoadSpec {
  if (dataset.trim() === '')
    throw new ConfigError('The dataset has an empty name. Give `dataset` the name of a schema.');
  requireName(dataset, 'The name of the dataset');
  requireName(pipeline, 'The name of the pipeline');
  if (schemaName !== undefined) requireName(schemaName, 'The name of the source');
  for (const { resource, table } of resources) {
    requireName(resource, 'The name of a resource');
    rootTableName(table, `The table of resource ${resource}`, naming);
  }
  return {
    dataset: conventionOf(namingWithin(naming, identifierBytes)).identifier(dataset),
    pipeline,
    source: dltSchemaName(schemaName ?? normalizeIdentifier(pipeline)),
    ...(inDefaultSchema && { inDefaultSchema }),
    compat,
    tables: resources,
    ...(naming && { naming }),
    ...(directResources && { directTables: directResources }),
    ...(refresh !== undefined && { refresh }),
    ...(schemaSettings !== undefined && { schemaSettings }),
    ...(resume !== undefined && { resume }),
    ...(memory !== undefined && { memory }),
  };
}

function requireCapabilities(
  { tables, refresh }: LoadSpec,
  { name, capabilities }: { name: string; capabilities: Capabilities },
): void {
  const { dispositions, mergeStrategies = ['delete-insert'], refresh: drops = [] } = capabilities;
  const instead = capabilities.instead === undefined ? '' : ` ${capabilities.instead}`;
  if (refresh !== undefined && !drops.includes(refresh))
    throw new ConfigError(
      `The load has refresh ${refresh}, and destination ${name} ${drops.length === 0 ? 'drops nothing of earlier loads. Leave `refresh` out.' : `takes ${drops.join(', ')}. Use one of these.`}${instead}`,
    );
  for (const { resource, writeDisposition, mergeStrategy = 'delete-insert' } of tables) {
    if (!dispositions.includes(writeDisposition))
      throw new ConfigError(
        `Resource ${resource} has writeDisposition ${writeDisposition}, and destination ${name} takes ${dispositions.join(', ')}. Use one of these.${instead}`,
      );
    if (writeDisposition === 'merge' && !mergeStrategies.includes(mergeStrategy))
      throw new ConfigError(
        `Resource ${resource} has merge strategy ${mergeStrategy}, and destination ${name} takes ${mergeStrategies.join(', ')}. Use one of these.`,
      );
  }
}

/**
 * Whether rows are so wide, and so many, that committing some of them alone costs much: DuckDB
 * moves up to 122,880 rows into a table that is empty, and copies them into one that is not.
 * 100,000 rows of 800 columns took a sixth longer.
 */
function isWide(bytes: number, rows: number): boolean {
  return bytes > 1024 * 1024 && bytes > rows * 2048;
}
