import { printJson } from '../../../operators/json/print-json.js';
import { placeOf } from '../../../operators/settings/with-place.js';
import { type LinkedSignal, linkedSignal } from '../../signals/linked-signal.js';
import { DROPPED } from '../http/sending/dropped.js';
import { withParams } from '../http/url.js';
import type { RequestChange } from '../paginators/paginator.js';
import { pageFetcher } from './fetch-page.js';
import { dropPage, type FetchedPage, type PageRequest } from './fetched-page.js';
import type { List, ReadOptions } from './list.js';

/** Sends the requests of one list. */
export interface PageRequests {
  /**
   * The page of the next request in order. `following`: the changes of those that will most likely
   * follow; as many of them are sent at once as there is room for, and none more while others wait
   * for the same host. Null: none, and what was requested ahead is dropped.
   */
  fetch(request: PageRequest, following: Iterable<RequestChange> | null): Promise<FetchedPage>;
  /** Drops what was requested ahead. Resolves when nothing is in flight any more. */
  drop(): Promise<void>;
}

/** A request that was sent before its turn. */
interface Ahead {
  page: Promise<FetchedPage>;
  link: LinkedSignal;
  /** Bytes that are reserved for it at the gate. */
  bytes: number;
}

/**
 * Sends requests in their order, and others ahead of them: at most as many as the client sends at
 * once (`parallelPages`, where that is less), as long as the gate has room for their bytes. A
 * response that came ahead counts only when exactly its request has its turn, so that pages,
 * errors and notices are those of one request after another. What is dropped is aborted; it was
 * sent, so it is among the requests that are counted.
 */
export function pageRequests(list: List, options: ReadOptions): PageRequests {
  const { client, gate, uncommitted, signal } = options;
  const { parallelPages } = list;
  const fetchPage = pageFetcher(list, placeOf(list.resource, list.parent), options);
  const most = Math.min(client.concurrency, parallelPages || client.concurrency);
  const ahead = new Map<string, Ahead>();
  const dropped = new Set<Promise<unknown>>();
  /** Bytes of the largest page so far. */
  let largest = 0;

  async function sized(page: Promise<FetchedPage>): Promise<FetchedPage> {
    const fetched = await page;
    if ('bytes' in fetched) largest = Math.max(largest, fetched.bytes);
    return fetched;
  }

  /** Requests a page before its turn, but for its address; false where there is no room for it. */
  function begin(key: string, request: PageRequest): boolean {
    if (!gate.reserve(largest)) return false;
    const awaited = uncommitted?.requestAhead(list.depth);
    if (awaited === null) {
      gate.adjust(-largest);
      return false;
    }
    const link = linkedSignal(signal);
    const url = withParams(list.url, request.change.params);
    const page = sized(fetchPage({ ...request, url, ...(awaited && { awaited }) }, link.signal));
    const one = { page, link, bytes: largest };
    const settled = page.then(
      (fetched) => {
        if (ahead.get(key) !== one || !('bytes' in fetched)) return;
        gate.adjust(fetched.bytes - one.bytes);
        one.bytes = fetched.bytes;
      },
      // Whoever stops reading here never looks at it.
      () => undefined,
    );
    void settled.then(() => link.release());
    ahead.set(key, one);
    return true;
  }

  /** Takes a request out of those ahead; undefined where it is not among them. */
  function take(key: string): Ahead | undefined {
    const one = ahead.get(key);
    if (one === undefined) return undefined;
    ahead.delete(key);
    gate.adjust(-one.bytes);
    return one;
  }

  function dropAllBut(wanted: ReadonlySet<string>): void {
    for (const [key, { page, link }] of ahead) {
      if (wanted.has(key)) continue;
      take(key);
      link.stop(DROPPED);
      const gone: Promise<unknown> = page
        .then(dropPage, () => undefined)
        .finally(() => dropped.delete(gone));
      dropped.add(gone);
    }
  }

  return {
    fetch(request, following) {
      if (following === null) dropAllBut(NONE);
      // Its own request is not among those that wait yet.
      const isFull = parallelPages === null && client.isBusy(list.url);
      const first =
        (ahead.size === 0 ? undefined : take(keyOf(request.change, request.index)))?.page ??
        sized(fetchPage(request, signal));
      first.catch(() => undefined);
      // Where all slots are taken, pages ahead would take them from other lists, and memory.
      if (following === null || (isFull && ahead.size === 0)) return first;
      const wanted = new Set<string>();
      const last = request.index + most - 1;
      let { index } = request;
      if (index < last)
        for (const change of following) {
          index += 1;
          const key = keyOf(change, index);
          if (ahead.has(key) || (!isFull && begin(key, { ...request, change, index })))
            wanted.add(key);
          if (index === last) break;
        }
      dropAllBut(wanted);
      return first;
    },
    async drop() {
      dropAllBut(NONE);
      if (dropped.size > 0) await Promise.all(dropped);
    },
  };
}

const NONE: ReadonlySet<string> = new Set();

/** What tells one request of the list from the others. */
function keyOf(change: RequestChange, index: number): string {
  return `${index} ${printJson(change)}`;
}
