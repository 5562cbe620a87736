import {
  connect,
  defer,
  filter,
  finalize,
  lastValueFrom,
  map,
  merge,
  type Observable,
  switchMap,
  tap,
} from 'rxjs';
import { batch, type BatchConfig } from '../../operators/batch.js';
import { evolve } from '../../operators/evolve.js';
import { flatten } from '../../operators/flatten.js';
import { processRows } from '../../operators/process-rows.js';
import { normalizeIdentifier, normalizePath } from '../../operators/schema/naming.js';
import { select } from '../../operators/select.js';
import type { Flat, LoadStep, Page, Rows } from '../../operators/types.js';
import type { Destination } from '../destination/duckdb/duckdb.js';
import { type CommitConfig, load } from '../destination/load.js';
import type { CompletenessRow, KeptState } from '../destination/sql/bookkeeping.js';
import { ConfigError, IncompleteError, LoadError } from '../errors.js';
import { linkedSignal } from '../signals/linked-signal.js';
import { Gate } from './gate.js';
import { type LoadInfo, loadInfo } from './load-info.js';
import type { Resource, RunContext, Source } from './source.js';
import { type RunEvent, type Trace, trace } from './trace.js';

export interface PipelineConfig {
  /** Who loads: kept with every load; two pipelines may share a database. */
  name: string;
  destination: Destination;
  /**
   * Schema of the database that holds the tables; normalized as dlt does. @default `<name>_dataset`
   */
  dataset?: string;
  /**
   * When a batch closes: rows, bytes, or age of its first page. @default 32,768 rows, 6 MiB, 1,000
   * ms
   */
  batch?: BatchConfig;
  /** When the open transaction commits. @default 500,000 root rows, 5,000 ms */
  commit?: CommitConfig;
}

export interface RunOptions {
  /**
   * What a resource means of which something is missing: `warn` says so in the load info and goes
   * on; `fail` ends the run before it is complete. @default 'warn'
   */
  incomplete?: 'warn' | 'fail';
  /**
   * Aborting means the same as unsubscribing: what is not committed is rolled back; a commit under
   * way is waited for.
   */
  signal?: AbortSignal;
  /** Told of everything that happens, in order. Must not throw. */
  observe?: (event: RunEvent) => void;
}

/** The tables of a pipeline. */
export interface Dataset {
  /** Name of the schema that holds them. */
  readonly name: string;
  /** Rows as objects; integers beyond 2^53 as BigInt. Parameters are `$1`, `$2`, … */
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

export interface Pipeline extends AsyncDisposable {
  readonly name: string;
  /**
   * Loads a source; resolves when the load is complete and visible, rejects when it was rolled
   * back.
   */
  run(source: Source, options?: RunOptions): Promise<LoadInfo>;
  /** The steps of a load, as they happen. Cold: each subscriber starts a load of its own. */
  stream(source: Source, options?: RunOptions): Observable<LoadStep>;
  /** What was loaded; can be asked also while a load runs. */
  dataset(): Dataset;
  /**
   * Resolves when the file is closed (unless another pipeline still uses it). May be called again.
   */
  close(): Promise<void>;
}

/**
 * Ties a source to a dataset: pages of all its resources are selected, flattened, fitted to the
 * dataset's schema, batched and loaded. The first error ends the run and rolls back the open
 * transaction; what was committed stays.
 *
 * Errors: ConfigError for an empty name; those of the source and of `load` when run.
 *
 * @example
 * const shop = pipeline({ name: 'shop', destination: duckdb('shop.duckdb') });
 * console.log(String(await shop.run(source)));
 */
export function pipeline(config: PipelineConfig): Pipeline {
  if (config.name.trim() === '')
    throw new ConfigError('A pipeline needs a name, for example pipeline({ name: "shop", … }).');
  const { name, destination } = config;
  const dataset = normalizeIdentifier(config.dataset ?? `${name}_dataset`);

  const steps = (source: Source, options: RunOptions, log: Trace): Observable<LoadStep> =>
    defer(() => destination.known(dataset, { pipeline: name, schemaName: source.name })).pipe(
      switchMap(({ schema, states }) => {
        requireOneWay(source.resources.filter(isSelected));
        const linked = linkedSignal(options.signal);
        const { signal } = linked;
        const gate = new Gate();
        const context = { signal, gate, observe: log.record, state: stateReader(states) };
        return source.pages(context).pipe(
          connect((pages) =>
            merge(...source.resources.map((resource) => flatRows(resource, pages))),
          ),
          evolve({ schema }),
          batch(config.batch),
          load(destination, {
            dataset,
            pipeline: name,
            schemaName: source.name,
            gate,
            signal,
            resources: source.resources.filter(isSelected).map(rootTable),
            completeness: () => completenessOf(source.resources, log, options),
            ...(config.commit && { commit: config.commit }),
          }),
          tap((step) => log.record(step)),
          finalize(() => {
            linked.stop();
          }),
        );
      }),
    );
  const traceOf = (source: Source, options: RunOptions): Trace =>
    trace(
      name,
      source.resources.map((resource) => resource.name),
      options.observe,
    );

  return {
    name,
    dataset: () => ({
      name: dataset,
      query: (sql, parameters) => destination.query(sql, parameters),
    }),
    stream: (source, options = {}) => defer(() => steps(source, options, traceOf(source, options))),
    async run(source, options = {}) {
      const startedAt = new Date().toISOString();
      const log = traceOf(source, options);
      const last = await lastValueFrom(steps(source, options, log));
      if (last.kind !== 'complete')
        throw new LoadError(`Pipeline ${name}: the load ended without being completed.`);
      return loadInfo({
        pipeline: name,
        dataset,
        destination: { name: 'duckdb', location: destination.location },
        loadId: last.loadId,
        startedAt,
        finishedAt: new Date().toISOString(),
        packages: [{ loadId: last.loadId, state: 'loaded', failedJobs: 0 }],
        tables: last.tables,
        resources: log.resources(),
      });
    },
    close: () => destination.close(),
    [Symbol.asyncDispose]: () => destination.close(),
  };
}

/** What earlier loads kept, by list and by resource: the latest of each. */
function stateReader(states: readonly KeptState[]): RunContext['state'] {
  const byList = new Map(
    states.map(({ resource, parent, state }) => [JSON.stringify([resource, parent]), state]),
  );
  const byResource = new Map(
    states.filter(isOfResource).map(({ resource, state }) => [resource, state]),
  );
  return (resource, parent) =>
    (parent === undefined
      ? byResource.get(resource)
      : byList.get(JSON.stringify([resource, parent]))) ?? null;
}

function isOfResource({ state }: KeptState): boolean {
  return typeof state === 'object' && state !== null && 'resource' in state;
}

/**
 * The verdicts for the database. IncompleteError where something is missing and that is to be a
 * failure.
 */
function completenessOf(
  resources: readonly Resource[],
  log: Trace,
  { incomplete = 'warn' }: RunOptions,
): CompletenessRow[] {
  const tables = new Map(resources.map((resource) => [resource.name, rootTable(resource).table]));
  const rows = log.resources().map(({ name, ...info }): CompletenessRow => ({
    ...info,
    resource: name,
    table: tables.get(name) as string,
  }));
  const missing = rows.filter(({ verdict }) => verdict === 'incomplete');
  for (const { resource, reasons } of missing)
    log.record({ kind: 'notice', resource, message: `INCOMPLETE: ${reasons.join('; ')}` });
  if (incomplete === 'fail' && missing.length > 0)
    throw new IncompleteError(
      `The load was not completed, because rows are missing: ${missing.map(({ resource, reasons }) => `${resource}: ${reasons.join('; ')}`).join('. ')}. What was committed stays until the next run.`,
    );
  return rows;
}

function isSelected({ selected }: Resource): boolean {
  return selected !== false;
}

/** Resources may share a table, but not disagree on how it is written. */
function requireOneWay(resources: readonly Resource[]): void {
  const known = new Map<string, { name: string; way: string }>();
  for (const resource of resources) {
    const { table, writeDisposition } = rootTable(resource);
    const way = JSON.stringify([writeDisposition, [resource.primaryKey ?? []].flat()]);
    const other = known.get(table) ?? { name: resource.name, way };
    if (other.way !== way)
      throw new ConfigError(
        `Resources ${other.name} and ${resource.name} both fill table ${table}, with different writeDisposition or primaryKey. Give one of them another tableName.`,
      );
    known.set(table, other);
  }
}

function rootTable({ name, tableName, writeDisposition }: Resource): {
  resource: string;
  table: string;
  writeDisposition: 'append' | 'replace' | 'merge';
} {
  return {
    resource: name,
    table: normalizePath(tableName ?? name),
    writeDisposition: writeDisposition ?? 'append',
  };
}

/** The pages of one resource out of all, as columns. */
function flatRows(resource: Resource, pages: Observable<Page>): Observable<Flat> {
  const { name, tableName, processingSteps, selected: _, ...hints } = resource;
  const own = pages.pipe(filter((page) => page.resource === name));
  if (!isSelected(resource)) return statesOnly(resource, own);
  const rows = own.pipe(select());
  return (processingSteps === undefined ? rows : rows.pipe(processRows(processingSteps))).pipe(
    flatten({ ...hints, resource: name, table: tableName ?? name }),
  );
}

/**
 * A resource that is asked only for its children fills no table, but what is to be kept of its
 * lists is kept with the load.
 */
function statesOnly({ name }: Resource, pages: Observable<Page>): Observable<Flat> {
  return pages.pipe(
    filter(({ state }) => state !== null),
    map((page): Rows => ({
      page,
      body: page.body,
      span: { kind: 'none', start: 0, end: 0, count: 0 },
    })),
    flatten({ resource: name, table: name }),
  );
}
