import { concat, defer, EMPTY, filter, map, merge, type Observable, of, share } from 'rxjs';
import type { Page } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import { Gate } from '../../run/gate.js';
import { rowPages } from '../../run/row-pages.js';
import type { RunContext, SourceEvent } from '../../run/source.js';
import { cappedParallel } from '../config/capped-parallel.js';
import type { Client } from '../http/http-client.js';
import { fromPages } from '../pages/from-pages.js';
import { pathWatch } from '../pages/path-watch.js';
import { readPages } from '../pages/read-pages.js';
import { STATE_ONLY } from '../pages/rows/no-rows.js';
import { rowPlaces } from '../pages/rows/row-places.js';
import { placesAsDlt } from '../pages/rows/rows-as-dlt.js';
import { type Window, windowsOf } from '../pages/windows.js';
import { fieldWatch } from './field-watch.js';
import { listMaker } from './list-of.js';
import { mergeEach } from './merge-each.js';
import { type ParentContext, type ParentRow, type ParentRows, ROOT } from './parent-context.js';
import { parentRows } from './parent-rows.js';
import type { ResolvedResource } from './resolve-resources.js';
import { type SharedResponses, sharedResponses } from './shared-responses.js';

/** A parent's list pauses while more rows than this wait for the requests of their children. */
const WAITING_PARENTS = 1_000;

/** A page, and the parents' rows that its request was made with. */
interface ReadPage {
  page: Page;
  context: ParentContext;
  /** The response that it was read from: one for all resources that share it. */
  response: symbol;
}

/**
 * Reads the pages of all resources, which are given parents first. A parent's page comes before
 * those of its children. The children of several rows are requested at once, as many as the client
 * sends at once. Every resource is read once, however many children it has.
 */
export function resourcePages(
  resources: readonly ResolvedResource[],
  client: Client,
  run: RunContext,
): Observable<Page> {
  return defer(() => {
    if (run.compat === 'dlt') refuseParallel(resources);
    const streams = new Map<string, Observable<ReadPage>>();
    const observe = (event: SourceEvent): void => {
      run.observe(event);
      for (const share of shares.values()) share.onEvent(event);
    };
    const shares = new Map(
      resources.flatMap((one): [string, SharedResponses][] =>
        one.endpoint.responseOf === undefined
          ? []
          : [[one.resource.name, sharedResponses(one, observe)]],
      ),
    );
    const watch = fieldWatch();
    const waiting = new Map(
      resources.map(({ resource }) => [resource.name, new Gate(WAITING_PARENTS)]),
    );
    const rowsFor = (child: ResolvedResource): ParentRows =>
      parentRows(
        child,
        resources,
        (parent) => ({
          pages: streams.get(parent) as Observable<ReadPage>,
          waiting: waiting.get(parent) as Gate,
        }),
        { ...run, observe },
        watch,
      );
    // A list pauses for the rows of resources that share its responses, too.
    const gatesOf = (name: string): Gate[] =>
      resources
        .filter(({ resource, endpoint }) => resource.name === name || endpoint.responseOf === name)
        .map(({ resource }) => waiting.get(resource.name) as Gate);
    for (const one of resources) {
      const { name } = one.resource;
      const shared = shares.get(name);
      const own =
        shared === undefined
          ? ownPages(one, rowsFor, gatesOf(name), client, { ...run, observe })
          : sharedPages(
              shared,
              streams.get(one.endpoint.responseOf as string) as Observable<ReadPage>,
            );
      streams.set(name, own.pipe(share()));
    }
    const end = defer(() => {
      watch.report(resources, observe);
      for (const share of shares.values()) share.end();
      return EMPTY;
    });
    return concat(merge(...streams.values()).pipe(map(({ page }) => page)), end);
  });
}

/** ConfigError for pages that are to be requested at once: dlt requests one after another. */
function refuseParallel(resources: readonly ResolvedResource[]): void {
  const found = resources.find(({ endpoint }) => typeof endpoint.parallelPages === 'number');
  if (found === undefined) return;
  const { resource, endpoint } = found;
  throw new ConfigError(
    `Resource ${resource.name} has \`parallelPages: ${endpoint.parallelPages}\`, and \`compat: 'dlt'\` requests pages one after another, as dlt does. Remove one of the two.`,
  );
}

function sharedPages(share: SharedResponses, others: Observable<ReadPage>): Observable<ReadPage> {
  return others.pipe(
    filter(({ page: { body } }) => body !== STATE_ONLY),
    map(({ page, context, response }) => ({ page: share.page(page, context), context, response })),
  );
}

function ownPages(
  one: ResolvedResource,
  rowsFor: (child: ResolvedResource) => ParentRows,
  waiting: readonly Gate[],
  client: Client,
  run: RunContext,
): Observable<ReadPage> {
  const { endpoint, data, parents, resource } = one;
  if (data !== null)
    return fromPages(
      (signal) =>
        paced(
          rowPages(resource.name, data, 'data', (event) => run.observe(event)),
          ROOT,
          waiting,
          signal,
        ),
      run.signal,
    );
  const rows: ParentRows =
    parents.length === 0 ? of([{ context: ROOT, release: () => undefined }]) : rowsFor(one);
  const { windows } = endpoint;
  const report = (message: string): void =>
    run.observe({ kind: 'notice', resource: resource.name, message });
  const capped = cappedParallel(endpoint, client);
  if (capped !== null) report(capped);
  const places = rowPlaces(resource.name, endpoint.path, resource.limits ?? {}, report);
  const watch = pathWatch(report);
  function* lists(
    page: Iterable<ParentRow>,
  ): Generator<{ context: ParentContext; window: Window | null }> {
    for (const { context, release } of page) {
      // With windows, the row waits until its last window begins.
      if (windows === undefined) release();
      const pieces = windows === undefined ? [null] : windowsOf(windows, Date.now() / 1000);
      for (const window of pieces) yield { context, window };
      if (windows !== undefined) release();
    }
  }
  const listOf = listMaker(one, client, run);
  let begun = 0;
  const read = rows.pipe(
    map(lists),
    mergeEach(
      ({ context, window }, signal) => {
        begun += 1;
        const pages = readPages(listOf(context, window), {
          client,
          gate: run.gate,
          signal,
          observe: (event) => run.observe(event),
          places: run.compat === 'dlt' ? placesAsDlt() : places,
          watch,
        });
        // The rows of a group differ, so nothing of them is known to the resources below it.
        return paced(
          pages,
          (endpoint.groupSize ?? 1) > 1 ? { ...ROOT, keys: context.keys } : context,
          waiting,
          signal,
        );
      },
      client.concurrency,
      run.signal,
    ),
  );
  const end = defer(() => {
    watch.report();
    if (begun === 0)
      run.observe({
        kind: 'done',
        resource: resource.name,
        parent: null,
        end: 'not-begun',
        pages: 0,
        rows: 0,
        declared: null,
        pageSize: null,
        maxPageRows: 0,
        lastPageRows: 0,
        autoDetected: false,
        nextMissing: false,
      });
    return EMPTY;
  });
  return concat(read, end);
}

/** Reads no further page while too many rows wait for the requests of their children. */
async function* paced(
  pages: AsyncIterable<Page>,
  context: ParentContext,
  waiting: readonly Gate[],
  signal: AbortSignal,
): AsyncGenerator<ReadPage> {
  for await (const page of pages) {
    yield { page, context, response: Symbol(page.resource) };
    for (const gate of waiting) await gate.whenOpen(signal);
  }
}
