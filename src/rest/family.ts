import { concatMap, defer, map, merge, mergeMap, type Observable, of, share } from 'rxjs';
import { locate } from '../../operators/columns/locate.js';
import type { Page } from '../../operators/types.js';
import { Gate } from '../gate.js';
import type { RunContext } from '../source.js';
import { fromPages } from './from-pages.js';
import { givenPages } from './given-pages.js';
import type { Client } from './http-client.js';
import { type Lineage, listOf, ROOT } from './lineage.js';
import { type ParentRows, parentRows } from './parent-rows.js';
import { readPages } from './read-pages.js';
import type { ResolvedResource } from './resolve-resources.js';
import { windowsOf } from './windows.js';

/** A parent's list holds while more rows than this wait for their children to be asked for. */
const WAITING_PARENTS = 1_000;

/** A page, and the rows above it that it was asked with. */
interface Read {
  page: Page;
  lineage: Lineage;
}

/**
 * Pages of all resources (parents come first in the list): a parent's page before those of its children. Children of several
 * rows are asked for at once, as many as the client sends at once. Every resource is read once, however many children it has.
 */
export function familyPages(resources: readonly ResolvedResource[], client: Client, context: RunContext): Observable<Page> {
  return defer(() => {
    const streams = new Map<string, Observable<Read>>();
    const waiting = new Map(resources.map(({ resource }) => [resource.name, new Gate(WAITING_PARENTS)]));
    const rowsFor = (child: ResolvedResource): ParentRows =>
      parentRows(child, resources, (parent) => ({ pages: streams.get(parent) as Observable<Read>, waiting: waiting.get(parent) as Gate }));
    for (const one of resources) {
      const { name } = one.resource;
      streams.set(name, ownPages(one, rowsFor, streams, waiting.get(name) as Gate, client, context).pipe(share()));
    }
    return merge(...streams.values()).pipe(map(({ page }) => page));
  });
}

function ownPages(one: ResolvedResource, rowsFor: (child: ResolvedResource) => ParentRows, streams: ReadonlyMap<string, Observable<Read>>, waiting: Gate, client: Client, context: RunContext): Observable<Read> {
  const { endpoint, data, parents, resource } = one;
  if (data !== null) return paced(() => givenPages(resource.name, data), ROOT, waiting, context);
  if (endpoint.answerOf !== undefined) return (streams.get(endpoint.answerOf) as Observable<Read>).pipe(map(({ page, lineage }) => ({ page: samePage(one, page), lineage })));
  const rows: ParentRows = parents.length === 0 ? of({ lineage: ROOT, taken: () => undefined }) : rowsFor(one);
  const { windows } = endpoint;
  return rows.pipe(
    concatMap((row) => (windows === undefined ? [null] : windowsOf(windows, Date.now() / 1000)).map((window, i) => ({ ...row, window, first: i === 0 }))),
    mergeMap(({ lineage, taken, window, first }) => {
      if (first) taken();
      const read = (signal: AbortSignal): AsyncIterable<Page> =>
        readPages(listOf(one, lineage, window, client, context), { client, gate: context.gate, signal, observe: (event) => context.observe(event) });
      return paced(read, lineage, waiting, context);
    }, client.concurrency),
  );
}

/** Pages as they are taken, none further while too many of their rows wait for their children. */
function paced(pages: (signal: AbortSignal) => AsyncIterable<Page>, lineage: Lineage, waiting: Gate, { signal }: RunContext): Observable<Read> {
  return fromPages(async function* (own) {
    for await (const page of pages(own)) {
      yield { page, lineage };
      await waiting.opened(own);
    }
  }, signal);
}

/** The same answer as a page of another resource, with the rows that are its own. */
function samePage({ resource, endpoint: { dataSelector = '@', rows, key } }: ResolvedResource, page: Page): Page {
  const { span } = locate(page.body, { selectors: [dataSelector].flat(), ...(rows && { rows }), ...(key !== undefined && { key }) });
  return { ...page, resource: resource.name, rows: span, state: null };
}
