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
import { gatherPages } from '../../operators/arrow/gather-pages.js';
import { prepareKernel } from '../../operators/columns/compiled-kernel.js';
import { spareMemory } from '../../operators/columns/spare-memory.js';
import { isSluiceError } from '../../operators/errors.js';
import { evolve } from '../../operators/evolve.js';
import { ownMember } from '../../operators/json/own-member.js';
import { schemaName } from '../../operators/schema/schema-name.js';
import { givenOptions } from '../../operators/settings/given-options.js';
import type { LoadStep } from '../../operators/types.js';
import { datasetName } from '../dataset/dataset-name.js';
import { type Dataset, datasetOf } from '../dataset/dataset.js';
import type { AnyTables } from '../dataset/relation.js';
import { loadFrom } from '../destination/load-from.js';
import type { Documents } from '../destination/messages.js';
import { pendingColumns, rootRowsOf } from '../destination/pending-columns.js';
import { LoadError } from '../errors.js';
import { type LinkedSignal, linkedSignal } from '../signals/linked-signal.js';
import { budget } from './budget.js';
import { byResource } from './by-resource.js';
import { CommitRoom } from './commit-room.js';
import { completenessRows } from './completeness-rows.js';
import { configuredNaming } from './configured-naming.js';
import { dispositionNotices } from './disposition-notices.js';
import { schemaSettings } from './dlt-hints.js';
import { dropResources, type OwnDataset, storedDocuments } from './drop-resources.js';
import { flatRows } from './flat-rows.js';
import { Gate } from './gate.js';
import { type LoadInfo, loadInfo } from './load-info.js';
import { memoryBytes } from './memory-bytes.js';
import {
  checkedConfig,
  CLOSE,
  type DropOptions,
  type PipelineConfig,
  RUN,
  type RunOptions,
  STREAM,
  waitingPages,
} from './pipeline-config.js';
import { resumeSpec } from './resume-spec.js';
import {
  anewNotice,
  goOn,
  placedPage,
  stoppedRun,
  withBegunCursors,
  withAnewHint,
} from './resumed-run.js';
import { isSelected, requireOwnTable, rootTables } from './root-tables.js';
import type { RowsInput } from './row-pages.js';
import { type RowsConfig, sourceFrom } from './rows-source.js';
import { type RunCursors, runCursors } from './run-cursors.js';
import { runJournal } from './run-journal.js';
import { runStop } from './run-stop.js';
import { shapedEvents } from './shaped-events.js';
import type { Source, SourceEvent } from './source.js';
import { withStoredHints } from './stored-hints.js';
import { type Trace, trace } from './trace.js';
import { tracedDestination } from './traced-destination.js';
import { tracedRun } from './traced-run.js';
import { trackedDestination } from './tracked-destination.js';
import { withConvention } from './with-convention.js';

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
   * the pipeline's where none are given. Unfinished loads of the sources concerned are given up,
   * and the next run begins anew; `drop([])` gives up all of the pipeline's and drops nothing else.
   * Notices say which, when it is done. Resolves to the names of the tables that are gone. Errors:
   * ConfigError for a resource that filled no table.
   */
  drop(resources?: string | readonly string[], options?: DropOptions): Promise<string[]>;
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
 * transaction; what was committed stays, and the next run of the source goes on from there.
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
  const dataset = datasetName(config.dataset ?? `${name}_dataset`, destination, naming);
  const shares = budget(config.memory === undefined ? undefined : memoryBytes(config.memory));
  const tracked = trackedDestination(destination, name);
  const runs = new Set<LinkedSignal>();

  const loadSteps = (
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
      const all = source.resources.map((one) => ({
        ...one,
        ...(schemaContract && { schemaContract }),
      }));
      const tables = rootTables(withConvention(all, wanted, destination));
      requireOwnTable(tables, options.quarantine);
      const linked = linkedSignal(options.signal);
      runs.add(linked);
      const { signal } = linked;
      const isInDefault = { compat, naming: wanted, inDefaultSchema };
      const { commits: canCommit, commit: usual } = destination.capabilities;
      const resume = canCommit ? resumeSpec(source, options, isInDefault, config.commit) : null;
      log.plan({ resume, canCommit, redact: source.secrets?.text ?? ((text) => text) });
      const stopping = runStop(options.stop, linked, resume !== null);
      let isResumed = false;
      const gate = new Gate(shares.inFlightBytes);
      const room = resume === null ? undefined : new CommitRoom(config.commit, usual);
      const eventsOf = shapedEvents();
      // Nobody outside the run sees its columns and batches.
      const memory = spareMemory(shares.spareBytes);
      const { small, batches } = waitingPages(config, shares, source.resources.length);
      const within = { memory, small };
      let settled = withConvention(source.resources, wanted, destination);
      let cursors: RunCursors | undefined;
      const load = loadFrom(tracedDestination(tracked.destination, log.tracing), {
        dataset,
        pipeline: name,
        schemaName: source.name,
        inDefaultSchema,
        compat,
        gate,
        room,
        signal,
        observe: log.record,
        ...(wanted && { naming: wanted }),
        resources: tables,
        ...(!wanted && { directResources: rootTables(withConvention(all, 'direct', destination)) }),
        schemaSettings: schemaSettings({
          ...source.hints,
          ...(schemaContract && { schemaContract }),
        }),
        stopped: stopping.error,
        completeness: () => completenessRows(settled, log, options.incomplete),
        cursors: () => cursors?.kept() ?? [],
        ...(config.commit && { commit: config.commit }),
        ...(options.refresh && { refresh: options.refresh }),
        ...(resume !== null && { resume }),
        ...(shares.destination && { memory: shares.destination }),
      });
      // While the destination opens.
      setImmediate(prepareKernel);
      return load((known) =>
        from(known).pipe(
          switchMap(({ schema, states, document, state: kept, ...found }) => {
            const { naming: stored = wanted, source: filled = schemaName(source.name) } = found;
            requireOwnTable(tables, options.quarantine, document);
            settled = withConvention(source.resources, stored, destination);
            const hinted = settled.map((one) => withStoredHints(one, document, source.hints));
            const resources = hinted.map(({ resource }) => resource);
            for (const { resource, notice } of hinted)
              if (notice !== null && isSelected(resource))
                log.record({ kind: 'notice', resource: resource.name, message: notice });
            for (const notice of dispositionNotices(resources, compat)) log.record(notice);
            const { unfinished, begunAnew, startedAt } = found;
            const stopped = unfinished && stoppedRun(unfinished, source.start, startedAt);
            const begun = withBegunCursors(source.resources, stopped?.resumed.start ?? {});
            cursors = runCursors(begun, states, ownMember(kept.sources, filled), {
              compat,
              observe: log.record,
            });
            const { state, note, of } = cursors;
            const names = resources.map(({ name: resource }) => resource);
            const journal = resume && runJournal(names, cursors);
            isResumed = stopped !== undefined;
            goOn(stopped, { log, journal, cursors });
            if (resume !== null && begunAnew !== undefined)
              log.record({ kind: 'notice', resource: null, message: anewNotice(begunAnew) });
            const observe = (event: SourceEvent): void => {
              // What no page had may be on one that did not come.
              if (event.kind === 'notice' && stopping.error() !== null) return;
              note(event);
              journal?.note(event);
              log.record(event);
            };
            return source
              .pages({
                signal,
                gate,
                ...(room && { uncommitted: room }),
                compat,
                ...(stored && { naming: stored }),
                observe,
                tracing: log.tracing,
                state,
                isResumable: resume !== null,
                bodyBytes: shares.bodyBytes,
                ...(stopped && { resumed: stopped.resumed }),
                ...(startedAt !== undefined && { startedAt }),
              })
              .pipe(
                stopping.whole(),
                map((page) => (resume === null ? page : placedPage(page))),
                byResource(resources, (resource, pages) =>
                  flatRows(resource, pages, observe, compat, {
                    within,
                    cursor: of(resource.name),
                    isResumable: resume !== null,
                    isResumed,
                  }),
                ),
                evolve({
                  schema,
                  compat,
                  ...(schemaContract && { schemaContract }),
                  ...(options.quarantine && { quarantine: options.quarantine }),
                  ...(source.secrets && { redact: source.secrets.text }),
                  ...(unfinished && { newTables: unfinished.newTables }),
                }),
                tap((page) => {
                  for (const event of eventsOf(page)) {
                    journal?.note(event);
                    log.record(event);
                  }
                  const { pages = [page.page] } = page;
                  for (const one of pages) journal?.take(one);
                  room?.add(rootRowsOf(page), pages);
                }),
                gatherPages(batches, memory, room?.isDue),
                map((batch) => ({
                  ...pendingColumns(memory)(batch),
                  ...(journal && { progress: journal.pending() }),
                })),
              );
          }),
        ),
      ).pipe(
        catchError((error: unknown) => {
          const shown = isSluiceError(error) ? (source.secrets?.error(error) ?? error) : error;
          throw isResumed ? withAnewHint(shown) : shown;
        }),
        finalize(() => {
          stopping.release();
          tracked.leave();
          runs.delete(linked);
          linked.stop();
        }),
      );
    });
  const steps: typeof loadSteps = (source, options, log, inDefaultSchema) =>
    loadSteps(source, options, log, inDefaultSchema).pipe(tracedRun(log));
  const logOf = (source: Source, options: RunOptions): Trace =>
    trace(
      { pipeline: name, dataset, source: source.name },
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
        return steps(source, options, logOf(source, options));
      }),
    async run(input: Source | RowsInput, runOptions?: RunOptions & Partial<RowsConfig>) {
      const options = givenOptions('run()', runOptions, RUN);
      const source = sourceFrom(input, options, name);
      tracked.requireOpen('load');
      const startedAt = new Date().toISOString();
      const log = logOf(source, options);
      const last = await lastValueFrom(steps(source, options, log, source !== input));
      if (last.kind !== 'complete')
        throw new LoadError(`Pipeline ${name}: the load ended without being completed.`);
      return loadInfo({
        pipeline: name,
        dataset,
        destination: { name: destination.name, location: destination.location },
        loadId: last.loadId,
        startedAt,
        finishedAt: new Date().toISOString(),
        packages: [{ loadId: last.loadId, state: 'loaded', failedJobs: 0 }],
        tables: last.tables,
        ...log.complete(),
      });
    },
    sync: () => storedDocuments(own()),
    drop: (resources, dropOptions) => dropResources(own(), resources, dropOptions),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
