import { groupedDigits } from '../../../operators/settings/grouped-digits.js';
import { looksCut } from '../../run/list-finding.js';
import type { ListEnd } from '../../run/source.js';
import { countsPositions } from '../paginators/counts-positions.js';
import type { Declared, PageFacts, PageSigns, Paginator } from '../paginators/paginator.js';
import { COUNT_LIMIT } from '../paginators/stated-count.js';
import { MOVED } from './list-doubts.js';
import type { StatedSize } from './response-meaning.js';

/** Counts of a list, as `ListEnd` has them. */
type Counts = Pick<ListEnd, 'pages' | 'rows' | 'maxPageRows' | 'lastPageRows'>;
/** What responses state about a list, as `ListEnd` has it. */
type Stated = Required<Pick<ListEnd, 'declared' | 'more' | 'doubt'>>;

/** What a tally has to know again to go on. Plain JSON. */
export interface TallySnapshot {
  counts: Counts;
  declared: Declared | null;
  more: Stated['more'];
  fault: string | null;
  doubt: string | null;
  moved: string | null;
  /** Rows that were committed before the load was stopped are loaded again. */
  isReread?: boolean;
  /** The total may count something else. */
  isVague: boolean;
  /** Every total so far was the number of rows on its own page. */
  countsPages: boolean;
  /** Pages with a total. */
  totals: number;
  /** Page size by which offsets moved on, as the last response repeats it; null where none did. */
  step: number | null;
}

/** Counts the pages of one list, and collects what its responses say of the whole. */
export class ListTally {
  #counts: Counts;
  #declared: Declared | null;
  #more: Stated['more'];
  #fault: string | null;
  #doubt: string | null;
  #moved: string | null;
  #isReread: boolean;
  /** The total may count something else. */
  #isVague: boolean;
  #countsPages: boolean;
  #totals: number;
  #step: number | null;
  /** What in the last response may be the position of a next page. */
  #vagueNext: string | null = null;

  /** @param from where an earlier tally of the list stood. @default at its beginning */
  constructor(from?: TallySnapshot) {
    this.#counts = from?.counts ?? { pages: 0, rows: 0, maxPageRows: 0, lastPageRows: 0 };
    this.#declared = from?.declared ?? null;
    this.#more = from?.more ?? null;
    this.#fault = from?.fault ?? null;
    this.#doubt = from?.doubt ?? null;
    this.#moved = from?.moved ?? null;
    this.#isReread = from?.isReread ?? false;
    this.#isVague = from?.isVague ?? false;
    this.#countsPages = from?.countsPages ?? true;
    this.#totals = from?.totals ?? 0;
    this.#step = from?.step ?? null;
  }

  snapshot(): TallySnapshot {
    return {
      counts: this.#counts,
      declared: this.#declared,
      more: this.#more,
      fault: this.#fault,
      doubt: this.#doubt,
      moved: this.#moved,
      isReread: this.#isReread,
      isVague: this.#isVague,
      countsPages: this.#countsPages,
      totals: this.#totals,
      step: this.#step,
    };
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** Adds a page that is among the list's. */
  add(rows: number): void {
    const { pages, rows: before, maxPageRows } = this.#counts;
    this.#counts = {
      pages: pages + 1,
      rows: before + rows,
      maxPageRows: Math.max(maxPageRows, rows),
      lastPageRows: rows,
    };
  }

  /** Takes what a response says; what the paginator reads of the whole list counts first. */
  see(facts: PageFacts, paginator: Paginator): void {
    const { signs, rows, rowsRead } = facts;
    this.#more = moreIn(signs);
    const { flag, next } = signs;
    this.#vagueNext = flag === null && next?.isVague === true ? next.what : null;
    this.#fault ??= signs.fault;
    if (rows > 0 && paginator.config?.type === 'offset' && paginator.pageSize !== null)
      this.#step = signs.limit !== null && signs.limit <= paginator.pageSize ? signs.limit : null;
    if (signs.total !== null && rows > 0) {
      this.#totals += 1;
      this.#countsPages &&= signs.total.rows === rows;
    }
    const read = paginator.declared?.(facts);
    const seen: Declared = { ...declaredBy(signs, paginator), ...read };
    // Behind the last page, some services state a total of nothing.
    if (rows === 0 && seen.rows !== undefined && seen.rows < rowsRead) delete seen.rows;
    if (Object.keys(seen).length === 0) return;
    // Some services state the total on the first page alone, and the number of pages on each.
    if (seen.rows === undefined && this.#declared?.rows !== undefined) {
      this.#declared = { ...this.#declared, ...seen };
      return;
    }
    this.#isVague = signs.total?.isVague === true && read?.rows === undefined;
    const isEstimate =
      signs.total?.isEstimate === true || this.#isVague || seen.rows === COUNT_LIMIT;
    const shrunk = isEstimate || !countsPositions(paginator) ? null : this.#shrunkTo(seen, facts);
    if (shrunk !== null) this.noteMoved(shrunk);
    const pages = seen.pages ?? this.#declared?.pages;
    this.#declared = {
      ...seen,
      ...(pages !== undefined && { pages }),
      ...(isEstimate && { isEstimate }),
    };
  }

  /** Notes why the end may be none; the first reason counts. */
  suspect(doubt: string): void {
    this.#doubt ??= doubt;
  }

  /** Notes why rows may have moved from page to page; the first reason counts. */
  noteMoved(why: string): void {
    this.#moved ??= why;
  }

  /** Notes that it changed while the load was stopped: some of its rows are loaded again. */
  noteReread(): void {
    this.noteMoved(MOVED);
    this.#isReread = true;
  }

  /** What a response reported as failed or left out; the first one counts. */
  get fault(): string | null {
    return this.#fault;
  }

  /** Rows of the whole list as the API states them; null where it does not, or only guesses. */
  get total(): number | null {
    return this.#stated().declared?.rows ?? null;
  }

  /** Pages of the whole list as the API states them; null where it does not. */
  get totalPages(): number | null {
    return this.#stated().declared?.pages ?? null;
  }

  /** The size of the whole list as the API states it exactly. */
  get exactSize(): StatedSize {
    const { rows, pages, isEstimate = false } = this.#declared ?? {};
    return { total: isEstimate ? null : (rows ?? null), totalPages: pages ?? null };
  }

  /** All that is known of the list when it ends. */
  end(): Counts & Stated & Pick<ListEnd, 'moved' | 'isReread'> {
    const { pages, rows, maxPageRows, lastPageRows } = this.#counts;
    return {
      pages,
      rows,
      maxPageRows,
      lastPageRows,
      ...this.#stated(),
      ...(this.#moved !== null && { moved: this.#moved }),
      ...(this.#isReread && { isReread: true }),
    };
  }

  /**
   * What is declared. A vague total is one where just so many rows came, and none of the list's
   * where more came.
   */
  #exact(): Declared | null {
    if (!this.#isVague || this.#declared === null) return this.#declared;
    const { rows = 0, isEstimate: _, ...others } = this.#declared;
    if (rows > this.#counts.rows) return this.#declared;
    if (rows === this.#counts.rows) return { rows, ...others };
    return Object.keys(others).length === 0 ? null : others;
  }

  #stated(): Stated {
    const declared = this.#exact();
    const isOfPages = this.#countsPages && this.#totals > 1 && declared?.rows !== undefined;
    return {
      declared: isOfPages ? withoutRows(declared) : declared,
      more: this.#more,
      doubt: this.#doubt ?? this.#stepDoubt() ?? this.#vagueNext,
    };
  }

  /** Rows that are removed move those behind them, some of them to pages that were read. */
  #shrunkTo(now: Declared, { index, rows, rowsRead }: PageFacts): string | null {
    const { isEstimate = false, ...before } = this.#declared ?? {};
    const what = now.rows !== undefined && before.rows !== undefined ? 'rows' : 'pages';
    const [was, is] = [before[what], now[what]];
    if (isEstimate || was === undefined || is === undefined || is >= was) return null;
    // A count below what came is none of the list's, or of this page alone.
    if (is < (what === 'rows' ? rowsRead : index + (rows > 0 ? 1 : 0))) return null;
    return `the API stated ${groupedDigits(was)} ${what} in all, and ${groupedDigits(is)} from page ${index + 1} on: rows were removed while the list was read, so that others may have moved to pages that had been read and not have come`;
  }

  /** Offsets moved on by a page size that no page had. */
  #stepDoubt(): string | null {
    const { rows, maxPageRows } = this.#counts;
    if (this.#step === null || maxPageRows >= this.#step) return null;
    return rows > maxPageRows || looksCut(maxPageRows)
      ? `the API says that a page has ${this.#step} rows, and no page had more than ${maxPageRows}: rows between pages may be missing`
      : null;
  }
}

function withoutRows({ rows: _, ...others }: Declared): Declared | null {
  return Object.keys(others).length === 0 ? null : others;
}

/** The counts of a response; none for a list that was begun in its middle, nobody knows where. */
function declaredBy({ total, pages }: PageSigns, { rowsBefore = 0 }: Paginator): Declared {
  if (rowsBefore === null) return {};
  return {
    ...(total !== null && { rows: Math.max(0, total.rows - rowsBefore) }),
    ...(pages !== null && { pages }),
  };
}

/** A flag counts more than a link or cursor beside it. */
function moreIn({ flag, next }: PageSigns): Stated['more'] {
  if (flag !== null) return flag.isMore ? { by: 'flag', what: flag.what } : null;
  return next === null || next.isVague === true ? null : { by: 'next', what: next.what };
}
