import {
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  map,
  merge,
  type Observable,
  of,
  share,
} from 'rxjs';
import { ConfigError } from '../../errors.js';
import { Gate } from '../../run/gate.js';
import type { RunContext, SourceEvent, SourcePage } from '../../run/source.js';
import { cappedParallel } from '../config/capped-parallel.js';
import type { Client } from '../http/http-client.js';
import { fromPages } from '../pages/from-pages.js';
import { pathWatch } from '../pages/path-watch.js';
import { readPages } from '../pages/read-pages.js';
import { heldResponses } from '../pages/rows/big/held-responses.js';
import { STATE_ONLY } from '../pages/rows/no-rows.js';
import { rowPlaces } from '../pages/rows/row-places.js';
import { placesAsDlt } from '../pages/rows/rows-as-dlt.js';
import { type Window, windowsOf } from '../pages/windows.js';
import { fieldWatch } from './field-watch.js';
import { givenPages } from './given-pages.js';
import { listMaker } from './list-of.js';
import { mergeEach } from './merge-each.js';
import { type OwnPage, pagesOfParent, type ReadPage } from './pages-of-parent.js';
import {
  listPlace,
  type ListPlace,
  type ParentContext,
  type ParentRow,
  type ParentRows,
  ROOT,
} from './parent-context.js';
import { parentRows } from './parent-rows.js';
import type { ResolvedResource } from './resolve-resources.js';
import { type ResumedLists, resumedLists } from './resumed-lists.js';
import { type SharedResponses, sharedResponses } from './shared-responses.js';

/** A parent's list pauses while more rows than this wait for the requests of their children. */
const WAITING_PARENTS = 1_000;

/**
 * Reads the pages of all resources, which are given parents first. A parent's page comes before
 * those of its children. The children of several rows are requested at once, as many as the client
 * sends at once. Every resource is read once, however many children it has.
 *
 * A run that is resumed requests lists at their ends no more, and goes on with others where they
 * stood; of parents' pages that were committed the rows are known.
 */
export function resourcePages(
  resources: readonly ResolvedResource[],
  client: Client,
  run: RunContext,
): Observable<SourcePage> {
  return defer(() => {
    if (run.compat === 'dlt') refuseParallel(resources);
    const streams = new Map<string, Observable<ReadPage>>();
    const observe = (event: SourceEvent): void => {
      run.observe(event);
      for (const share of shares.values()) share.onEvent(event);
    };
    const resumed = resumedLists(run.resumed);
    const shares = new Map(
      resources.flatMap((one): [string, SharedResponses][] =>
        one.endpoint.responseOf === undefined
          ? []
          : [[one.resource.name, sharedResponses(one, observe, resumed)]],
      ),
    );
    const watch = fieldWatch();
    const waiting = new Map(
      resources.map(({ resource }) => [resource.name, new Gate(WAITING_PARENTS)]),
    );
    const rowsFor = (child: ResolvedResource): ParentRows =>
      parentRows(
        child,
        (parent) => ({
          pages: (streams.get(parent) as Observable<ReadPage>).pipe(map(({ parents }) => parents)),
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
    const isAbove = (name: string): boolean =>
      resources.some(
        ({ parents, endpoint }) => parents.includes(name) || endpoint.responseOf === name,
      );
    for (const [number, one] of resources.entries()) {
      const { name } = one.resource;
      const shared = shares.get(name);
      const own: Observable<OwnPage> =
        shared === undefined
          ? ownPages(
              one,
              rowsFor,
              gatesOf(name),
              client,
              { ...run, observe },
              { resumed, isAbove: isAbove(name), isShared: isFollowed(one, resources) },
            )
          : sharedPages(
              shared,
              streams.get(one.endpoint.responseOf as string) as Observable<ReadPage>,
              run.isResumable === true,
            );
      const continues = run.isResumable === true && isFollowed(one, resources);
      const pages = defer(() => {
        const parents = pagesOfParent(number, resources, run, watch);
        const stored = resumed
          .parents(name)
          .pipe(map((known): ReadPage => ({ page: null, parents: known, list: '' })));
        const read = own.pipe(
          map((page) => parents.of(page)),
          map((page) =>
            continues && page.page !== null ? { ...page, page: { ...page.page, continues } } : page,
          ),
        );
        // At once: those of its own parents that are known come now.
        return merge(read, stored).pipe(finalize(() => parents.close()));
      });
      streams.set(name, pages.pipe(share()));
    }
    const end = defer(() => {
      // What rows and responses had before the stop is not known.
      if (run.resumed !== undefined) return EMPTY;
      watch.report(resources, observe);
      for (const share of shares.values()) share.end();
      return EMPTY;
    });
    return concat(
      merge(...streams.values()).pipe(
        map(({ page }) => page),
        filter((page) => page !== null),
      ),
      end,
    );
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

/**
 * Whether a page of another resource comes of the same response and behind that of this one: they
 * are committed together, or one of them would be lost by a stop.
 */
function isFollowed(one: ResolvedResource, all: readonly ResolvedResource[]): boolean {
  const named = (name: string): ResolvedResource =>
    all.find(({ resource }) => resource.name === name) as ResolvedResource;
  const inOrder = (first: ResolvedResource): ResolvedResource[] => [
    first,
    ...all.filter(({ endpoint }) => endpoint.responseOf === first.resource.name).flatMap(inOrder),
  ];
  let first = one;
  while (first.endpoint.responseOf !== undefined) first = named(first.endpoint.responseOf);
  return inOrder(first).at(-1) !== one;
}

function sharedPages(
  share: SharedResponses,
  others: Observable<ReadPage>,
  isResumable: boolean,
): Observable<OwnPage> {
  return others.pipe(
    filter(({ page }) => page !== null && (isResumable || page.body !== STATE_ONLY)),
    map(({ page, parents: { context }, list }) => ({
      page: share.page(page as SourcePage, context),
      context,
      list,
    })),
  );
}

function ownPages(
  one: ResolvedResource,
  rowsFor: (child: ResolvedResource) => ParentRows,
  waiting: readonly Gate[],
  client: Client,
  run: RunContext,
  { resumed, isAbove, isShared }: { resumed: ResumedLists; isAbove: boolean; isShared: boolean },
): Observable<OwnPage> {
  const { endpoint, data, parents, resource } = one;
  if (data !== null)
    return fromPages(
      (signal) =>
        paced(
          givenPages(resource.name, data, run, resumed.of(resource.name, '')),
          ROOT,
          '',
          waiting,
          signal,
        ),
      run.signal,
    );
  const rows: ParentRows =
    parents.length === 0
      ? of([{ context: ROOT, release: () => undefined, isStored: false }])
      : rowsFor(one);
  const { windows } = endpoint;
  const report = (message: string): void =>
    run.observe({ kind: 'notice', resource: resource.name, message });
  const capped = cappedParallel(endpoint, client);
  if (capped !== null) report(capped);
  const places = rowPlaces(resource.name, endpoint.path, resource.limits ?? {}, report);
  const selector = resumed.selector(resource.name);
  if (selector !== undefined) places.choose(selector);
  const watch = pathWatch(report);
  const held = heldResponses(report, run.bodyBytes);
  const now = Math.floor((run.startedAt ?? Date.now()) / 1000);
  function* lists(page: Iterable<ParentRow>): Generator<OwnList> {
    for (const { context, release } of page) {
      // With windows, the row waits until its last window begins.
      if (windows === undefined) release();
      if (windows === undefined) yield { context, window: null, place: context.at };
      else {
        let number = 0;
        for (const window of windowsOf(windows, now)) {
          yield { context, window, place: listPlace(context.at, number) };
          number += 1;
        }
      }
      if (windows !== undefined) release();
    }
  }
  const listOf = listMaker(one, client, run, isAbove);
  let begun = 0;
  const read = rows.pipe(
    map(lists),
    mergeEach(
      ({ context, window, place }, signal) => {
        begun += 1;
        const stopped = resumed.of(resource.name, place.list);
        if (stopped?.next === null) return nothing();
        const pages = readPages(listOf(context, window), {
          ...(stopped && { from: stopped.next }),
          ...(run.isResumable === true && { place }),
          client,
          gate: run.gate,
          uncommitted: run.uncommitted,
          signal,
          observe: (event) => run.observe(event),
          // Resources that read the same response see all of it.
          ...(!isShared && { memoryBytes: run.bodyBytes }),
          held,
          places: run.compat === 'dlt' ? placesAsDlt() : places,
          watch,
        });
        // The rows of a group differ, so nothing of them is known to the resources below it.
        return paced(
          pages,
          (endpoint.groupSize ?? 1) > 1 ? { ...ROOT, keys: context.keys, at: context.at } : context,
          place.list,
          waiting,
          signal,
        );
      },
      Math.min(client.concurrency, run.uncommitted?.lists ?? client.concurrency),
      run.signal,
    ),
  );
  const end = defer(() => {
    // Which paths matched something before the stop is not known.
    if (run.resumed === undefined) watch.report();
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

/** One list of a resource. */
interface OwnList {
  context: ParentContext;
  window: Window | null;
  place: ListPlace;
}

async function* nothing(): AsyncGenerator<never> {
  // The list was read before the load was stopped.
}

/** Reads no further page while too many rows wait for the requests of their children. */
async function* paced(
  pages: AsyncIterable<SourcePage>,
  context: ParentContext,
  list: string,
  waiting: readonly Gate[],
  signal: AbortSignal,
): AsyncGenerator<OwnPage> {
  for await (const page of pages) {
    yield { page, context, list };
    for (const gate of waiting) await gate.whenOpen(signal);
  }
}
