import { groupedDigits } from '../../../operators/settings/grouped-digits.js';
import type { PageFacts, Paginator, RequestChange } from '../paginators/paginator.js';
import type { StatedSize } from './response-meaning.js';

/** What the pages in front of a page say of their list. */
export interface SizeBefore extends StatedSize {
  /** Most rows on any page. */
  maxPageRows: number;
}

/**
 * Decides which pages of one list are requested ahead of their turn: those of a paginator that
 * counts, up to the end that the API states. It sees the pages in their order. The first one that
 * has not the rows expected of it, states another size of the list, or equals the page before it
 * ends that for good. Pure but for that.
 */
export class PagesAhead {
  readonly #mode: number | false | null;
  #fallback: string | null;

  /**
   * @param mode false: no page is requested ahead; null: as above; a number: pages are requested
   * ahead whatever is stated, and nothing ends that
   * @param fallback what ended it in an earlier read of the list. @default nothing
   */
  constructor(mode: number | false | null, fallback: string | null = null) {
    this.#mode = mode;
    this.#fallback = fallback;
  }

  /** Why pages are not requested ahead any more; null where nothing ended it. */
  get fallback(): string | null {
    return this.#fallback;
  }

  /** Tells whether a number of pages is configured for a paginator that cannot know them. */
  isIdle({ config }: Paginator): boolean {
    return typeof this.#mode === 'number' && !isCounted(config) && config?.type !== 'single';
  }

  /**
   * Takes a page. Returns the reason where it ends the requests ahead, else null.
   *
   * @param before what the pages in front of it say
   * @param now what is stated with this page
   */
  see(page: PageFacts, paginator: Paginator, before: SizeBefore, now: StatedSize): string | null {
    return this.#wasAhead(page, paginator, before)
      ? this.#end(page, breach(page, before, now))
      : null;
  }

  /** Takes a page that equals the one before it. Returns what `see` does. */
  seeRepeat(page: PageFacts, paginator: Paginator, before: SizeBefore): string | null {
    return this.#wasAhead(page, paginator, before)
      ? this.#end(page, 'has the rows of the page before it')
      : null;
  }

  /**
   * The changes of the requests behind the next one, in order, as far as the list goes by what is
   * stated; null where pages are requested one after another.
   */
  after(page: PageFacts, paginator: Paginator, size: StatedSize): Iterable<RequestChange> | null {
    return this.#isAhead(page, paginator, size) ? changesAhead(page, paginator, size) : null;
  }

  /** The page was requested ahead, or could have been. */
  #wasAhead(
    { index, rows, rowsRead }: PageFacts,
    paginator: Paginator,
    before: SizeBefore,
  ): boolean {
    const last = { index: index - 1, rowsRead: rowsRead - rows };
    return (
      this.#mode === null &&
      index > 0 &&
      this.#isAhead(last, paginator, before) &&
      !isWhole(last, before)
    );
  }

  #isAhead(
    { index }: Pick<PageFacts, 'index'>,
    { config, rowsBefore }: Paginator,
    size: StatedSize,
  ): boolean {
    if (!isCounted(config)) return false;
    // The second page may be the first one again, which changes the numbers of all that follow.
    const isUnnumbered = config.type === 'pageNumber' && config.basePage === 'auto';
    if (this.#mode === false || (isUnnumbered && index === 0)) return false;
    const isStated = rowsBefore !== null && (size.total !== null || size.totalPages !== null);
    return this.#mode !== null || (this.#fallback === null && isStated);
  }

  #end({ index }: PageFacts, why: string | null): string | null {
    if (why !== null)
      this.#fallback = `pages are requested one after another from page ${index + 2} on, because page ${index + 1} ${why}`;
    return why === null ? null : this.#fallback;
  }
}

/** What a page has other than the pages before it let expect; null for nothing. */
function breach(
  { index, rows, rowsRead }: PageFacts,
  before: SizeBefore,
  now: StatedSize,
): string | null {
  if (isOther(before.total, now.total))
    return `states ${count(now.total, 'row')} in all, and the pages before it ${count(before.total, 'row')}`;
  if (isOther(before.totalPages, now.totalPages))
    return `states ${count(now.totalPages, 'page')} in all, and the pages before it ${count(before.totalPages, 'page')}`;
  const expected = expectedRows(before.maxPageRows, rowsRead - rows, before);
  const isShortLast = before.total === null && index + 1 === before.totalPages && rows < expected;
  return rows === expected || isShortLast
    ? null
    : `has ${count(rows, 'row')}, and ${count(expected, 'row')} ${expected === 1 ? 'was' : 'were'} expected`;
}

function count(things: number | null, noun: string): string {
  return `${groupedDigits(things ?? 0)} ${noun}${things === 1 ? '' : 's'}`;
}

function isOther(before: number | null, now: number | null): boolean {
  return before !== null && now !== null && before !== now;
}

/**
 * Each page is thought to be as full as the fullest so far, up to the end. The request that looks
 * behind the end is among them, unless a flag of the last page may spare it.
 */
function* changesAhead(
  last: PageFacts,
  paginator: Paginator,
  size: StatedSize,
): Generator<RequestChange> {
  for (let page = last; ;) {
    const change = paginator.next(page);
    if ('end' in change) return;
    if (page !== last) yield change;
    if (isWhole(page, size)) return;
    const { index, rowsRead, maxPageRows } = page;
    const rows = expectedRows(maxPageRows, rowsRead, size);
    page = { ...page, index: index + 1, rows, rowsRead: rowsRead + rows, change };
    if (rows === 0 || (isWhole(page, size) && hasFlag(paginator))) return;
  }
}

function isCounted(
  config: Paginator['config'],
): config is Extract<Paginator['config'], { type: 'offset' | 'pageNumber' }> {
  return config?.type === 'offset' || config?.type === 'pageNumber';
}

function hasFlag({ config }: Paginator): boolean {
  return (config as { hasMorePath?: string } | null)?.hasMorePath !== undefined;
}

function expectedRows(maxPageRows: number, rowsRead: number, { total }: StatedSize): number {
  return Math.min(maxPageRows, Math.max(0, (total ?? Infinity) - rowsRead));
}

function isWhole(
  { index, rowsRead }: Pick<PageFacts, 'index' | 'rowsRead'>,
  { total, totalPages }: StatedSize,
): boolean {
  return (total !== null && rowsRead >= total) || (totalPages !== null && index + 1 >= totalPages);
}
