import { setImmediate } from 'node:timers/promises';
import { FunctionError, JsonError } from '../../../operators/errors.js';
import { markPlace } from '../../../operators/settings/error-place.js';
import { placeOfPage, withRequest } from '../../../operators/settings/page-place.js';
import { placeOf, withPlace } from '../../../operators/settings/with-place.js';
import type { Page } from '../../../operators/types.js';
import { PaginationError } from '../../errors.js';
import type { SourceEvent, SourcePage } from '../../run/source.js';
import { dropPage, type FetchedPage } from './fetched-page.js';
import { ListReading, type ReadStep, type RequestStep } from './list-reading.js';
import type { List, ReadOptions } from './list.js';
import { pageRequests } from './page-requests.js';
import type { Slice } from './rows/big/row-cuts.js';
import type { RowSlices } from './rows/big/row-slices.js';
import { slicePages } from './slice-pages.js';

/**
 * Reads the pages of one list. The next page is requested while one is worked on downstream, and
 * further ones where the responses show that it is safe (`PagesAhead`); of a list whose rows are in
 * order (`isOrdered`) none before it was worked on, since `Page.stop` may end it.
 *
 * Equal pages in a row are held back until it is known whether they count (`pageMeaning`).
 *
 * `from` reads on behind the page that had it as its `next`: the pages before it and those that
 * follow are the pages of one uninterrupted read, with the same state and end. A page that was held
 * back at that time is requested again.
 *
 * Errors: ConfigError for a position that cannot be used (`listPositions`).
 */
export async function* readPages(list: List, options: ReadOptions): AsyncGenerator<SourcePage> {
  const requests = pageRequests(list, options);
  const reading = new ListReading(list, options);
  const canStop = isOrdered(list);
  let isStopped = false;
  const stop = (): void => void (isStopped = true);
  let events: SourceEvent[] = [];
  /** Bodies that are not yet worked on to their ends. */
  let files: Set<RowSlices> | null = null;
  /** The response within which the load was stopped: its page may wait for others. */
  let begun: { slices: RowSlices; left: readonly Slice[] } | null = null;
  const observe = (event: SourceEvent): void => {
    if (options.place !== undefined && (event.kind === 'page' || event.kind === 'skip'))
      events.push(event);
    options.observe(event);
  };
  const paged = ({ page, end, position }: Extract<ReadStep, { page: unknown }>): SourcePage => {
    const { place, places } = options;
    if (place === undefined) return page;
    if (end !== undefined) events.push(end);
    const awaited = looked?.fetched.awaited;
    const paged = placed(page, { place, position, events, selector: places.chosen(), awaited });
    events = [];
    return paged;
  };
  let coming: Promise<FetchedPage> | null = null;
  /** The response that is looked at, with the number of its page; null where none is. */
  let looked: { index: number; fetched: FetchedPage } | null = null;
  let index = 0;
  try {
    const first = reading.begin();
    ({ index } = first);
    coming = requests.fetch(first, null);
    while (coming !== null) {
      const fetched: FetchedPage = await coming;
      fetched.awaited?.proceed();
      if ('slices' in fetched && fetched.slices !== undefined)
        (files ??= new Set()).add(fetched.slices);
      if (reading.at.slice() !== null) begun = await behindMark(reading, fetched);
      let next: RequestStep | null = null;
      coming = null;
      looked = { index, fetched };
      for (const step of reading.take(fetched)) {
        if ('request' in step) {
          next = step;
          ({ index } = step.request);
          if (canStop) continue;
          coming = requests.fetch(step.request, step.ahead);
          // Work on the page would hold the request back: it is written in the turn of the event
          // loop that follows. Not so of a small page, and where the request waits for others.
          if (isLarge(fetched) || !options.client.isBusy(list.url)) await setImmediate();
        } else if ('page' in step) {
          const page = canStop ? { ...paged(step), stop } : paged(step);
          if (step.rows === undefined) yield page;
          else {
            const { slices } = step.rows;
            const left = slices === begun?.slices ? begun.left : null;
            yield* slicePages(page, step.rows, left, list, options);
            await slices.close();
            files?.delete(slices);
          }
        } else observe(step.event);
      }
      // What is not passed on by now is none of the list's pages.
      fetched.awaited?.end();
      looked = null;
      if (!canStop || next === null) continue;
      if (!isStopped) coming = requests.fetch(next.request, next.ahead);
      else
        for (const step of reading.stop()) {
          if ('page' in step) yield paged(step);
          else if ('event' in step) observe(step.event);
        }
    }
  } catch (error) {
    const { resource, parent } = list;
    throw markPlace(located(error, list, options, looked), { resource, parent });
  } finally {
    looked?.fetched.awaited?.end();
    await requests.drop();
    // Where this ends early, a response may still come.
    void coming?.then(dropPage, () => undefined);
    for (const file of files ?? []) await file.close();
  }
}

/**
 * The slices of a response that were not read before the stop; null for all of them.
 *
 * Errors: ConfigError where the rows in front of them are others now (`PagePositions.goOn`).
 */
async function behindMark(
  reading: ListReading,
  fetched: FetchedPage,
): Promise<{ slices: RowSlices; left: readonly Slice[] } | null> {
  const slice = reading.at.slice();
  if (slice === null) return null;
  const slices = 'slices' in fetched ? fetched.slices : undefined;
  const left = (await slices?.after(slice)) ?? null;
  reading.at.goOn(left !== null);
  return slices === undefined || left === null ? null : { slices, left };
}

/**
 * Whether a page may show that no later one has rows that are wanted. Lists of a parent's rows are
 * read to their ends, as in dlt.
 */
function isOrdered({ incremental, depth }: List): boolean {
  const { rowOrder, endValue } = incremental ?? {};
  return depth === 0 && (rowOrder === 'desc' || (rowOrder === 'asc' && endValue !== undefined));
}

function isLarge(fetched: FetchedPage): boolean {
  return 'bytes' in fetched && fetched.bytes > SMALL_BYTES;
}

/** Work on a smaller page takes less than a turn of the event loop. */
const SMALL_BYTES = 16 * 1024;

/**
 * The page of a list with its place in the load. Written out: to add members to each small page
 * takes longer than all else here.
 */
function placed(
  { resource, parent, index, body, rows, next, stamp, state, request }: Page,
  load: Required<Pick<SourcePage, 'place' | 'position' | 'events' | 'selector' | 'awaited'>>,
): SourcePage {
  const { place, position, events, selector, awaited } = load;
  return {
    resource,
    parent,
    index,
    body,
    rows,
    next,
    stamp,
    state,
    request,
    place,
    position,
    events,
    selector,
    awaited,
  };
}

/**
 * Puts the list in front of errors of a paginator, and the page in front of those of a body that is
 * found broken when it is looked at; takes the list's secrets out of them.
 */
function located(
  error: unknown,
  list: List,
  { client }: ReadOptions,
  looked: { index: number; fetched: FetchedPage } | null,
): unknown {
  const { resource, parent, secrets } = list;
  if (error instanceof PaginationError)
    return new PaginationError(client.redactUrl(client.redact(error.message, secrets)));
  if (error instanceof JsonError && looked !== null && 'request' in looked.fetched) {
    const { index, fetched } = looked;
    const place = placeOfPage({ resource, parent, index, request: fetched.request });
    const message = withRequest(client.redact(error.message, secrets), place.request);
    return markPlace(withPlace(placeOf(resource, parent, index), error, message), place);
  }
  if (!(error instanceof FunctionError) || error.resource !== null) return error;
  const { functionName, page, cause } = error;
  const message = `${placeOf(resource, parent)}, ${client.redact(error.message, secrets)}`;
  return new FunctionError(message, { functionName, resource, page }, { cause });
}
