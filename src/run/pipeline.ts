import {
  catchError,
  defer,
  finalize,
  from,
  lastValueFrom,
  map,
  type Observable,
  switchMap,
  tap,
} from 'rxjs';
import { type BatchConfig, gatherPages } from '../../operators/arrow/gather-pages.js';
import { prepareKernel } from '../../operators/columns/compiled-kernel.js';
import { contractShape } from '../../operators/columns/contract-shape.js';
import { type SmallPages, smallPages } from '../../operators/columns/small-pages.js';
import { spareMemory } from '../../operators/columns/spare-memory.js';
import { isSluiceError } from '../../operators/errors.js';
import { evolve } from '../../operators/evolve.js';
import { ownMember } from '../../operators/json/own-member.js';
import { conventionOf } from '../../operators/schema/convention.js';
import { schemaName } from '../../operators/schema/schema-name.js';
import { givenOptions } from '../../operators/settings/given-options.js';
import {
  anything,
  either,
  type Fields,
  flag,
  fn,
  name as aName,
  object,
  record,
  signal,
  words,
} from '../../operators/settings/shape.js';
import type { Compat, LoadStep, NamingConvention, SchemaContract } from '../../operators/types.js';
import { type Dataset, datasetOf } from '../dataset/dataset.js';
import type { AnyTables } from '../dataset/relation.js';
import type { Destination } from '../destination/destination.js';
import { type CommitConfig, commitShape } from '../destination/load-config.js';
import { loadFrom } from '../destination/load-from.js';
import type { Documents, Refresh } from '../destination/messages.js';
import { pendingColumns } from '../destination/pending-columns.js';
import { ConfigError, LoadError } from '../errors.js';
import { type LinkedSignal, linkedSignal } from '../signals/linked-signal.js';
import { byResource } from './by-resource.js';
import { completenessRows } from './completeness-rows.js';
import { configuredNaming } from './configured-naming.js';
import { dispositionNotices } from './disposition-notices.js';
import { schemaSettings } from './dlt-hints.js';
import { dropResources, type OwnDataset, storedDocuments } from './drop-resources.js';
import { flatRows } from './flat-rows.js';
import { Gate } from './gate.js';
import { type LoadInfo, loadInfo } from './load-info.js';
import { isSelected, requireOwnTable, rootTables } from './root-tables.js';
import type { RowsInput } from './row-pages.js';
import { type RowsConfig, rowsFields, sourceFrom } from './rows-source.js';
import { type RunCursors, runCursors } from './run-cursors.js';
import { shapedEvents } from './shaped-events.js';
import type { Source, SourceEvent } from './source.js';
import { withStoredHints } from './stored-hints.js';
import { type RunEvent, type Trace, trace } from './trace.js';
import { trackedDestination } from './tracked-destination.js';
import { withConvention } from './with-convention.js';

/** Options of a pipeline: its name, destination and dataset, and how often it commits. */
export interface PipelineConfig {
  /** Who loads: kept with every load; two pipelines may share a database. */
  name: string;
  /** Where the rows go, for example `duckdb('shop.duckdb')`. */
  destination: Destination;
  /**
   * Schema of the database that holds the tables; normalized as dlt does. @default `<name>_dataset`
   */
  dataset?: string;
  /**
   * When a batch closes: rows, bytes, or age of its first page; the first batch of a run:
   * `firstRows`.
   * @default 32,768 rows, 6 MiB, 1,000 ms, 1 row
   */
  batch?: BatchConfig;
  /** When the open transaction commits. @default 500,000 root rows, 5,000 ms */
  commit?: CommitConfig;
  /**
   * `dlt` leaves the tables that dlt leaves, with its names, coercions and dispositions, also where
   * dlt loses, changes or splits values. Rows that make dlt fail are an error.
   * @default 'sluice': no value is lost or changed without a notice
   */
  compat?: Compat;
  /**
   * How keys become names: dlt's `snake_case` (`userId`: `user_id`, nested `a__b`), or `direct`,
   * which leaves them as they are (nested `a▶b`; the dataset's name too). Hints name nested keys
   * joined alike. Another than that of tables with rows is an error. @default dlt's setting
   * `schema.naming` (`SCHEMA__NAMING`), else as stored in the database, else 'snake_case'
   */
  naming?: NamingConvention;
}

/** Options of one run: what missing rows mean, how it is stopped, and who observes its events. */
export interface RunOptions {
  /**
   * What missing rows of a resource mean: `warn` reports them in the load info and goes on; `fail`
   * ends the run before it is complete. @default 'warn'
   */
  incomplete?: 'warn' | 'fail';
  /**
   * What of earlier runs is dropped, with the run's first commit. `drop_sources`: every table of
   * the source with its state; `drop_resources`: tables and state of the run's resources, with
   * their child tables; `drop_data`: rows and state of the run's resources, while tables stay. A
   * run that fails before its first commit drops nothing. @default nothing
   */
  refresh?: Refresh;
  /**
   * What becomes of data for which tables have no place, over the contracts of the source, of its
   * resources and columns. Later runs have it too until they are given another, as in dlt. @default
   * theirs, else that of the run before, else 'evolve'
   */
  schemaContract?: SchemaContract;
  /**
   * Keeps rows and values that a contract discards as JSON in a table of the dataset, with the
   * reason and the load: true for `_sluice_quarantine`, or its name. Committed together with the
   * rows of the same pages. @default false
   */
  quarantine?: boolean | string;
  /**
   * Aborting means the same as unsubscribing: what is not committed is rolled back; a commit under
   * way is waited for.
   */
  signal?: AbortSignal;
  /**
   * Is called with everything that happens, in order. An error that it throws ends the run; once
   * the load is complete it is a notice.
   */
  observe?: (event: RunEvent) => void;
}

/** Loads sources into one dataset, and reads it. */
export interface Pipeline extends AsyncDisposable {
  /** The name that it was given. */
  readonly name: string;
  /**
   * Loads a source; resolves when the load is complete and visible, rejects when it was rolled
   * back. Errors: ConfigError after `close`.
   */
  run(source: Source, options?: RunOptions): Promise<LoadInfo>;
  /** The same for rows that come from anywhere; a Date is stored as a timestamp. */
  run<T extends object>(rows: RowsInput<T>, options: RunOptions & RowsConfig): Promise<LoadInfo>;
  /** The steps of a load, as they happen. Cold: each subscriber starts a load of its own. */
  stream(source: Source, options?: RunOptions): Observable<LoadStep>;
  /**
   * What was loaded; can be read also while a load runs: what it has committed is seen then.
   * `Tables` says what the rows of the tables are; `sluice types` writes it.
   */
  dataset<Tables extends object = AnyTables>(): Dataset<Tables>;
  /**
   * Reads dlt's documents in the dataset: the pipeline's state and the schemas, which the next run
   * starts from, on whatever machine. Errors: ConfigError where the destination keeps none.
   */
  sync(): Promise<Documents>;
  /**
   * Drops the tables of resources with their child tables, and the state of the resources; all of
   * the pipeline's where none are given. Resolves to the names of the tables that are gone. Errors:
   * ConfigError for a resource that filled no table.
   */
  drop(resources?: string | readonly string[]): Promise<string[]>;
  /**
   * Waits for this pipeline's loads and readers; with `abort` it stops them, and they reject with
   * an AbortError when that is done (what was committed stays). The file of a database is closed
   * then, unless others use it; a database in memory lives until the destination is closed. From
   * the call on, loads and reads of this pipeline reject with a ConfigError. May be called again.
   */
  close(options?: { abort?: boolean }): Promise<void>;
}

/**
 * Loads a source into a dataset: pages of all its resources are selected, flattened, fitted to the
 * dataset's schema, batched and loaded. The first error ends the run and rolls back the open
 * transaction; what was committed stays.
 *
 * Errors: ConfigError for an empty name; those of the source and of `load` when run.
 *
 * @example
 * const shop = pipeline({ name: 'shop', destination: duckdb('shop.duckdb') });
 * console.log(String(await shop.run(source)));
 */
export function pipeline(options: PipelineConfig): Pipeline {
  const config = checkedConfig(options);
  const { name, destination, compat = 'sluice' } = config;
  const naming = config.naming ?? configuredNaming();
  const dataset = conventionOf(naming).identifier(config.dataset ?? `${name}_dataset`);
  const tracked = trackedDestination(destination, name);
  const runs = new Set<LinkedSignal>();

  const steps = (
    source: Source,
    options: RunOptions,
    log: Trace,
    inDefaultSchema = false,
  ): Observable<LoadStep> =>
    defer(() => {
      tracked.requireOpen('load');
      const { schemaContract } = options;
      const wanted = naming ?? source.hints?.naming;
      // dlt keeps the contract of a run with its tables, and so the next run has it.
      const declared = source.resources.map((one) => ({
        ...one,
        ...(schemaContract && { schemaContract }),
      }));
      const tables = rootTables(withConvention(declared, wanted));
      requireOwnTable(tables, options.quarantine);
      const linked = linkedSignal(options.signal);
      runs.add(linked);
      const { signal } = linked;
      const gate = new Gate();
      const eventsOf = shapedEvents();
      // Nobody outside the run sees its columns and batches.
      const memory = spareMemory();
      const { small, batchMs } = waitingPages(config.batch);
      const within = { memory, small };
      let settled = withConvention(source.resources, wanted);
      let cursors: RunCursors | undefined;
      const load = loadFrom(tracked.destination, {
        dataset,
        pipeline: name,
        schemaName: source.name,
        inDefaultSchema,
        compat,
        gate,
        signal,
        observe: log.record,
        ...(wanted && { naming: wanted }),
        resources: tables,
        ...(!wanted && { directResources: rootTables(withConvention(declared, 'direct')) }),
        schemaSettings: schemaSettings({
          ...source.hints,
          ...(schemaContract && { schemaContract }),
        }),
        completeness: () => completenessRows(settled, log, options.incomplete),
        cursors: () => cursors?.kept() ?? [],
        ...(config.commit && { commit: config.commit }),
        ...(options.refresh && { refresh: options.refresh }),
      });
      // While the destination opens.
      setImmediate(prepareKernel);
      return load((known) =>
        from(known).pipe(
          switchMap(({ schema, states, document, state: kept, ...found }) => {
            const { naming: stored = wanted, source: filled = schemaName(source.name) } = found;
            requireOwnTable(tables, options.quarantine, document);
            settled = withConvention(source.resources, stored);
            const hinted = settled.map((one) => withStoredHints(one, document, source.hints));
            const resources = hinted.map(({ resource }) => resource);
            for (const { resource, notice } of hinted)
              if (notice !== null && isSelected(resource))
                log.record({ kind: 'notice', resource: resource.name, message: notice });
            for (const notice of dispositionNotices(resources, compat)) log.record(notice);
            cursors = runCursors(source.resources, states, ownMember(kept.sources, filled), {
              compat,
              observe: log.record,
            });
            const { state, note, of } = cursors;
            const observe = (event: SourceEvent): void => {
              note(event);
              log.record(event);
            };
            return source
              .pages({ signal, gate, compat, ...(stored && { naming: stored }), observe, state })
              .pipe(
                byResource(resources, (resource, pages) =>
                  flatRows(resource, pages, observe, compat, within, of(resource.name)),
                ),
                evolve({
                  schema,
                  compat,
                  ...(schemaContract && { schemaContract }),
                  ...(options.quarantine && { quarantine: options.quarantine }),
                  ...(source.secrets && { redact: source.secrets.text }),
                }),
                tap((page) => eventsOf(page).forEach(log.record)),
                gatherPages({ firstRows: 1, ...config.batch, ms: batchMs }, memory),
                map(pendingColumns(memory)),
              );
          }),
        ),
      ).pipe(
        catchError((error: unknown) => {
          throw isSluiceError(error) ? (source.secrets?.error(error) ?? error) : error;
        }),
        finalize(() => {
          tracked.leave();
          runs.delete(linked);
          linked.stop();
        }),
      );
    });
  const traceOf = (source: Source, options: RunOptions): Trace =>
    trace(
      name,
      source.resources.map((resource) => resource.name),
      options.observe,
    );

  const close = async (options?: { abort?: boolean } | null): Promise<void> => {
    const { abort = false } = givenOptions('close()', options, CLOSE);
    if (abort) for (const linked of runs) linked.stop();
    return tracked.close(abort);
  };

  const own = (): OwnDataset => ({
    destination: tracked.destination,
    reader: tracked.dataset(dataset),
    pipeline: name,
  });

  return {
    name,
    dataset: () => datasetOf(tracked.dataset(dataset), destination.name),
    stream: (input, runOptions) =>
      defer(() => {
        const options = givenOptions('stream()', runOptions, STREAM);
        const source = sourceFrom(input, {}, name);
        return steps(source, options, traceOf(source, options));
      }),
    async run(input: Source | RowsInput, runOptions?: RunOptions & Partial<RowsConfig>) {
      const options = givenOptions('run()', runOptions, RUN);
      const source = sourceFrom(input, options, name);
      tracked.requireOpen('load');
      const startedAt = new Date().toISOString();
      const log = traceOf(source, options);
      const last = await lastValueFrom(steps(source, options, log, source !== input));
      if (last.kind !== 'complete')
        throw new LoadError(`Pipeline ${name}: the load ended without being completed.`);
      const discarded = log.discarded();
      return loadInfo({
        pipeline: name,
        dataset,
        destination: { name: destination.name, location: destination.location },
        loadId: last.loadId,
        startedAt,
        finishedAt: new Date().toISOString(),
        packages: [{ loadId: last.loadId, state: 'loaded', failedJobs: 0 }],
        tables: last.tables,
        ...(Object.keys(discarded).length > 0 && { discarded }),
        resources: log.resources(),
      });
    },
    sync: () => storedDocuments(own()),
    drop: (resources) =>
      dropResources(own(), resources === undefined ? undefined : [resources].flat()),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

const streamFields: Fields<RunOptions> = {
  incomplete: words('warn', 'fail'),
  refresh: words('drop_sources', 'drop_resources', 'drop_data'),
  schemaContract: contractShape,
  quarantine: either(flag, aName),
  signal,
  observe: fn,
};
const STREAM = record<RunOptions>('stream()', streamFields);
const RUN = record<RunOptions & Partial<RowsConfig>>('run()', { ...streamFields, ...rowsFields });
const CLOSE = record<{ abort?: boolean }>('close()', { abort: flag });
/** What is missing has words of its own. */
const PIPELINE = record<Partial<PipelineConfig>>('pipeline()', {
  name: anything,
  destination: anything,
  dataset: aName,
  batch: object,
  commit: commitShape,
  compat: words('sluice', 'dlt'),
  naming: words('snake_case', 'direct'),
});

/**
 * Checks the options, and returns them as they are used; those of `batch()` are checked before the
 * first run.
 */
function checkedConfig(options: PipelineConfig): PipelineConfig {
  const config: Partial<PipelineConfig> = givenOptions('pipeline()', options, PIPELINE);
  const { name, destination } = config;
  if (typeof name !== 'string' || name.trim() === '')
    throw new ConfigError('A pipeline needs a name, for example pipeline({ name: "shop", … }).');
  if (typeof Object(destination).begin !== 'function')
    throw new ConfigError(
      `Pipeline ${name} needs a destination, for example \`destination: duckdb("shop.duckdb")\`; found ${described(destination)}.`,
    );
  gatherPages(config.batch);
  return config as PipelineConfig;
}

/** Batches of fewer rows or bytes are wanted page by page. */
const LARGE = { rows: 1_000, bytes: 1024 * 1024 };

/**
 * Splits the age of a batch: small pages may wait for others for half of it, and the batch for the
 * other half. No page waits where batches are small.
 */
function waitingPages({ rows = LARGE.rows, bytes = LARGE.bytes, ms = 1_000 }: BatchConfig = {}): {
  small: SmallPages | undefined;
  batchMs: number;
} {
  if (rows < LARGE.rows || bytes < LARGE.bytes) return { small: undefined, batchMs: ms };
  return { small: smallPages(Math.min(ms, 1_000) / 2), batchMs: ms / 2 };
}

function described(destination: unknown): string {
  if (destination === undefined) return 'none';
  if (typeof destination === 'string') return 'text. Make a destination of it: duckdb(path)';
  return typeof destination === 'function'
    ? 'a function. Call it first'
    : 'a value without begin()';
}
