import type { ListEnd } from '../../run/source.js';
import type { HttpResponse } from '../http/messages.js';
import type { Ending, PageFacts, Paginator } from '../paginators/paginator.js';
import type { PageBytes } from './envelope.js';
import type { FetchedPage } from './fetched-page.js';
import type { PaginationGuard, Step, Stop } from './pagination-guard.js';

/** What a page is to its list, and how the list goes on behind it. */
export type PageMeaning =
  /** One of the list's pages. */
  | { kind: 'page'; step: Step | Stop | Ending }
  /**
   * It equals the page before it: held back until a later page differs. `isProbe`: the list was at
   * its stated end, and the next request only tests whether the API heeds its parameters.
   */
  | { kind: 'held'; step: Step; isProbe: boolean }
  /** It is the first page once more, and does not count again. */
  | { kind: 'first-again'; step: Step | Stop | Ending }
  /** Three pages in a row are equal, so the API ignores the parameters of the paginator. */
  | { kind: 'ignored' };

/** What the API states of a whole list; null where it does not. */
export interface StatedSize {
  /** Rows. */
  total: number | null;
  totalPages: number | null;
}

/** Equal pages in a row of which it is not known whether the API ignores its parameters. */
const MOST_HELD = 25;

/**
 * Decides what a page is to its list.
 *
 * A page that equals the one before is held back until one differs, and then both count. Where
 * three are equal and nothing beside their rows moves on, the API ignores its parameters. A stated
 * total of rows or pages that has room for more equal pages puts that off.
 *
 * @param guard of the list; it remembers the page and the request behind it
 * @param held pages that are held back already
 */
export function pageMeaning(
  page: PageBytes,
  facts: PageFacts,
  { guard, paginator }: { guard: PaginationGuard; paginator: Paginator },
  { held, total, totalPages }: { held: number } & StatedSize,
): PageMeaning {
  if (guard.isStartAgain(page, facts, paginator))
    return { kind: 'first-again', step: { end: 'no-next' } };
  const isRepeat = guard.isRepeat(page, facts, paginator);
  if (isRepeat && paginator.isFirstAgain?.(facts) === true) {
    const { index, rows, rowsRead } = facts;
    const before = { ...facts, index: index - 1, rowsRead: rowsRead - rows };
    return { kind: 'first-again', step: guard.after(before, paginator) };
  }
  const step = guard.after(facts, paginator);
  if (!isRepeat) return { kind: 'page', step };
  const hasRoom = (total ?? 0) >= facts.rowsRead || (totalPages ?? 0) > facts.index;
  if (held > 0 && !(hasRoom && held < MOST_HELD)) return { kind: 'ignored' };
  const isProbe = 'end' in step && step.end === 'total';
  const further = isProbe ? guard.beyond(facts, paginator) : step;
  return 'url' in further
    ? { kind: 'held', step: further, isProbe }
    : { kind: 'page', step: further };
}

/** How a list ends with a response that has no page. */
export interface SkipMeaning {
  /** Null where the list has no page: the skipped response is all of it. */
  end: ListEnd['end'] | null;
  /** The list was read whole. */
  isWhole: boolean;
  /** Why the response was skipped; null where its status is the end of the list. */
  skipped: 'status' | 'action' | null;
}

/** Statuses that say that there is nothing: a list that they end was read whole. */
const GONE = [404, 410, 416];

/**
 * Decides what a response without a page is to its list.
 *
 * @param pages of the list so far
 * @param isProbe the request only tested whether there is more than the API states
 */
export function skipMeaning(
  { skipped, status }: Extract<FetchedPage, { skipped: unknown }>,
  { pages, isProbe, endStatus }: { pages: number; isProbe: boolean; endStatus: readonly number[] },
): SkipMeaning {
  if (skipped !== 'end')
    return { end: pages > 0 ? 'skipped' : null, isWhole: GONE.includes(status), skipped };
  const isStatedEnd = isProbe && !endStatus.includes(status);
  return { end: isStatedEnd ? 'total' : 'status', isWhole: true, skipped: null };
}

/**
 * Why a response without a body casts doubt on the end of its list; null where it does not. 204
 * (RFC 9110 §15.3.5) says that there are no rows, but not behind a page that names the next one.
 *
 * @param isNamed the response before it named this page
 */
export function blankDoubt(
  status: number,
  index: number,
  { isNamed, mayBeMissing }: { isNamed: boolean; mayBeMissing: boolean },
): string | null {
  if (mayBeMissing || (status === NO_CONTENT && !isNamed)) return null;
  const page = index === 0 ? 'the only response' : `page ${index + 1}`;
  const named = isNamed ? ', and the page before it names it as the next one' : '';
  return `${page} has status ${status} and an empty body${named}: nothing says that the list ends there. If the API responds so where it has no rows, set \`mayBeMissing: true\``;
}

const NO_CONTENT = 204;

/**
 * Returns true where nothing but the close of its connection told where a body ended (RFC 9112
 * §6.3), which looks the same where it was cut. A compressed body has an end of its own.
 */
export function isUnbounded({
  status,
  headers,
}: Pick<HttpResponse, 'status' | 'headers'>): boolean {
  return status !== NO_CONTENT && ENDS.every((name) => headers.get(name) === null);
}

const ENDS = ['content-length', 'transfer-encoding', 'content-encoding'];

/**
 * Why the status of a list's last response casts doubt on its end; null where it does not.
 *
 * @param isAwaited the response is one value that nothing waited for (`poll`)
 */
export function statusDoubt(status: number, isAwaited: boolean): string | null {
  if (status === 206)
    return 'the last response has status 206 (partial content), and nothing says that it is the last part';
  return status === 202 && isAwaited
    ? 'the response has status 202 (accepted), so what it holds may not be made yet. Set `poll` to wait for it'
    : null;
}
