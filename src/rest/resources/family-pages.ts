import { concat, defer, EMPTY, map, merge, type Observable, of, share } from 'rxjs';
import type { Page } from '../../../operators/types.js';
import { Gate } from '../../run/gate.js';
import { rowPages } from '../../run/row-pages.js';
import type { RunContext, SourceEvent } from '../../run/source.js';
import type { Client } from '../http/http-client.js';
import { fromPages } from '../pages/from-pages.js';
import { pathWatch } from '../pages/path-watch.js';
import { readPages } from '../pages/read-pages.js';
import { rowPlaces } from '../pages/row-places.js';
import { type Window, windowsOf } from '../pages/windows.js';
import { fieldWatch } from './field-watch.js';
import { type Lineage, listOf, type ParentRow, type ParentRows, ROOT } from './lineage.js';
import { mergeEach } from './merge-each.js';
import { parentRows } from './parent-rows.js';
import type { ResolvedResource } from './resolve-resources.js';
import { type SharedResponses, sharedResponses } from './shared-responses.js';

/** A parent's list holds while more rows than this wait for their children to be asked for. */
const WAITING_PARENTS = 1_000;

/** A page, and the rows above it that it was asked with. */
interface Read {
  page: Page;
  lineage: Lineage;
  /** The answer that it was read from: one for all resources that share it. */
  answer: symbol;
}

/**
 * Pages of all resources (parents come first in the list): a parent's page before those of its
 * children. Children of several rows are asked for at once, as many as the client sends at once.
 * Every resource is read once, however many children it has.
 */
export function familyPages(
  resources: readonly ResolvedResource[],
  client: Client,
  context: RunContext,
): Observable<Page> {
  return defer(() => {
    const streams = new Map<string, Observable<Read>>();
    const observe = (event: SourceEvent): void => {
      context.observe(event);
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
    const told: RunContext = { ...context, observe };
    const waiting = new Map(
      resources.map(({ resource }) => [resource.name, new Gate(WAITING_PARENTS)]),
    );
    const rowsFor = (child: ResolvedResource): ParentRows =>
      parentRows(
        child,
        resources,
        (parent) => ({
          pages: streams.get(parent) as Observable<Read>,
          waiting: waiting.get(parent) as Gate,
        }),
        observe,
        watch,
      );
    // Rows of resources that share its answers wait, too.
    const gatesOf = (name: string): Gate[] =>
      resources
        .filter(({ resource, endpoint }) => resource.name === name || endpoint.responseOf === name)
        .map(({ resource }) => waiting.get(resource.name) as Gate);
    for (const one of resources) {
      const { name } = one.resource;
      const shared = shares.get(name);
      const own =
        shared === undefined
          ? ownPages(one, rowsFor, gatesOf(name), client, told)
          : sharedPages(shared, streams.get(one.endpoint.responseOf as string) as Observable<Read>);
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

function sharedPages(share: SharedResponses, others: Observable<Read>): Observable<Read> {
  return others.pipe(
    map(({ page, lineage, answer }) => ({ page: share.page(page, lineage), lineage, answer })),
  );
}

function ownPages(
  one: ResolvedResource,
  rowsFor: (child: ResolvedResource) => ParentRows,
  waiting: readonly Gate[],
  client: Client,
  context: RunContext,
): Observable<Read> {
  const { endpoint, data, parents, resource } = one;
  if (data !== null)
    return paced(
      () => rowPages(resource.name, data, 'data', (event) => context.observe(event)),
      ROOT,
      waiting,
      context,
    );
  const rows: ParentRows =
    parents.length === 0 ? of([{ lineage: ROOT, release: () => undefined }]) : rowsFor(one);
  const { windows } = endpoint;
  const report = (message: string): void =>
    context.observe({ kind: 'notice', resource: resource.name, message });
  const places = rowPlaces(resource.name, endpoint.path, resource.limits ?? {}, report);
  const watch = pathWatch(report);
  function* lists(
    page: Iterable<ParentRow>,
  ): Generator<{ lineage: Lineage; window: Window | null }> {
    for (const { lineage, release } of page) {
      // With windows it waits until the last of them is begun with.
      if (windows === undefined) release();
      const pieces = windows === undefined ? [null] : windowsOf(windows, Date.now() / 1000);
      for (const window of pieces) yield { lineage, window };
      if (windows !== undefined) release();
    }
  }
  let begun = 0;
  const read = rows.pipe(
    map(lists),
    mergeEach(({ lineage, window }) => {
      begun += 1;
      const pages = (signal: AbortSignal): AsyncIterable<Page> =>
        readPages(listOf(one, lineage, window, client, context), {
          client,
          gate: context.gate,
          signal,
          observe: (event) => context.observe(event),
          places,
          watch,
        });
      // What differs among the rows of a group cannot be told to those below it.
      return paced(
        pages,
        (endpoint.groupSize ?? 1) > 1 ? { ...ROOT, keys: lineage.keys } : lineage,
        waiting,
        context,
      );
    }, client.concurrency),
  );
  const end = defer(() => {
    watch.report();
    if (begun === 0)
      context.observe({
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

/** Pages as they are taken, none further while too many of their rows wait for their children. */
function paced(
  pages: (signal: AbortSignal) => AsyncIterable<Page>,
  lineage: Lineage,
  waiting: readonly Gate[],
  { signal }: RunContext,
): Observable<Read> {
  return fromPages(async function* (own) {
    for await (const page of pages(own)) {
      yield { page, lineage, answer: Symbol(page.resource) };
      for (const gate of waiting) await gate.whenOpen(own);
    }
  }, signal);
}
