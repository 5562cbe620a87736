import { NO_ROWS } from '../../../operators/json/no-rows.js';
import type { Json, Page } from '../../../operators/types.js';
import { isCut } from '../../run/list-finding.js';
import type { ListEnd, SourceEvent } from '../../run/source.js';
import type { Detected } from '../paginators/detect/detected.js';
import { missingHeader, statedPageSize } from '../paginators/missing-header.js';
import type { PageFacts, Paginator } from '../paginators/paginator.js';
import { BARE } from './list-doubts.js';
import type { Resumed } from './list-positions.js';
import { type FoundPaging, listState } from './list-state.js';
import { ListTally } from './list-tally.js';
import type { List, ReadOptions } from './list.js';
import { MovedRows } from './moved-rows.js';
import type { Located } from './page-facts.js';
import type { SizeBefore } from './pages-ahead.js';
import type { ListSnapshot } from './position.js';
import { blankDoubt, isUnbounded, type StatedSize, statusDoubt } from './response-meaning.js';
import { isBlankBody, STATE_ONLY } from './rows/no-rows.js';

/** What of a position comes from the progress; the rest comes from the requests. */
type Known = Omit<ListSnapshot, 'of' | 'guard' | 'facts' | 'isProbe' | 'fallback'>;

/**
 * How far one list was read: its paginator, its counts, and what casts doubt on its end. Makes the
 * list's pages and its end.
 */
export class ListProgress {
  readonly #list: List;
  readonly #options: Pick<ReadOptions, 'client' | 'places' | 'watch'>;
  readonly #tally: ListTally;
  readonly #moved: MovedRows;
  #paginator: Paginator | null;
  #paging: FoundPaging | undefined;
  /** Rows that a request without a configured page size has for a page. */
  #size: number | null = null;
  #nextMissing = false;
  #missingHeader: string | null = null;
  /** A selector with a wildcard that led to nothing. */
  #unmatched: string | null;
  #statusDoubt: string | null = null;
  #isUnbounded = false;

  /** @param resumed where an earlier read of the list stood; null at its beginning */
  constructor(
    list: List,
    options: Pick<ReadOptions, 'client' | 'places' | 'watch'>,
    resumed: Resumed | null,
  ) {
    const { places, watch } = options;
    const known = resumed?.known;
    this.#list = list;
    this.#options = options;
    this.#tally = new ListTally(known?.tally);
    this.#moved = new MovedRows(known?.moved);
    this.#paginator = resumed?.paginator ?? (list.paginator === 'auto' ? null : list.paginator);
    this.#paging =
      known?.isKept === true && this.#paginator !== null
        ? pagingOf(list, this.#paginator)
        : list.paging;
    this.#unmatched = known?.unmatched ?? null;
    watch.restore(known?.matched ?? []);
    if (known?.selector != null) places.choose(known.selector);
  }

  /** Null before it is detected. */
  get paginator(): Paginator | null {
    return this.#paginator;
  }

  get counts(): ListTally['counts'] {
    return this.#tally.counts;
  }

  /** Rows and pages of the whole list as the API states them; null where it does not. */
  get stated(): StatedSize {
    return { total: this.#tally.total, totalPages: this.#tally.totalPages };
  }

  /** What the pages so far say of the whole list for sure. */
  get sizeSoFar(): SizeBefore {
    const { total, totalPages } = this.#tally.exactSize;
    return { total, totalPages, maxPageRows: this.#tally.counts.maxPageRows };
  }

  /** Notes what was detected on the first page. */
  noteDetected({ paginator, size, lasting }: Detected): void {
    this.#size = size;
    if (lasting) this.#paging = pagingOf(this.#list, paginator);
  }

  /** Goes on by a paginator that was detected. */
  adopt(paginator: Paginator): void {
    this.#paginator = paginator;
  }

  /** Notes how the first page of the list names the next one. */
  noteFirst(facts: PageFacts, nextMissing: boolean): void {
    // Where the API says that there is no more, it need not say how to request it.
    this.#nextMissing = nextMissing && facts.signs.flag?.isMore !== false;
    if (this.#paginator === null) return;
    this.#missingHeader = missingHeader(this.#paginator, facts);
    if (this.#missingHeader !== null || this.#nextMissing)
      this.#size ??= statedPageSize(this.#list, facts);
    const isInBody = this.#nextMissing && this.#missingHeader === null;
    if (isInBody && facts.rows > 0 && this.#list.compat === 'sluice') this.#suspectBare(facts);
  }

  /** A path to the next page leads nowhere in a response that is a list by itself. */
  #suspectBare({ body }: PageFacts): void {
    if (Array.isArray(body())) this.suspect(BARE);
  }

  /** Notes why the end may be none; the first reason counts. */
  suspect(doubt: string): void {
    this.#tally.suspect(doubt);
  }

  /** Notes that the list changed while the load was stopped: some of its rows are loaded again. */
  noteReread(): void {
    this.#tally.noteReread();
  }

  /** Counts a page that is among the list's; its event. */
  count(page: Located, facts: PageFacts): SourceEvent {
    const { span, bytes, beside, response } = page;
    const { resource, parent, dataSelector, poll, format, mayBeMissing } = this.#list;
    const { client, watch } = this.#options;
    // JSON has an end of its own, and the other formats end wherever they were cut.
    if (format !== 'json' && client.hasOwnConnections) this.#isUnbounded ||= isUnbounded(response);
    const { pages: index } = this.#tally.counts;
    this.#statusDoubt =
      format === 'json' && isBlankBody(response.body)
        ? blankDoubt(response.status, index, {
            isNamed: index > 0 && this.#paginator?.followsApi === true,
            mayBeMissing,
          })
        : statusDoubt(response.status, span.kind === 'value' && poll === null);
    const wild = dataSelector?.find((selector) => selector.includes('*'));
    if (wild !== undefined && beside !== undefined && (beside !== null || span.count > 0)) {
      watch.note('dataSelector', wild, beside === null, () => beside ?? []);
      if (beside !== null) this.#unmatched = wild;
    }
    if (this.#paginator !== null) {
      const moved = this.#moved.see(page, facts, this.#paginator);
      if (moved !== null) this.#tally.noteMoved(moved);
      this.#tally.see(facts, this.#paginator);
    }
    this.#tally.add(span.count);
    return { kind: 'page', resource, parent, index, rows: span.count, bytes };
  }

  /**
   * The page that was counted last. `next`: the position behind it; null for the last page.
   * `final`: what later runs begin with. @default what the list has now
   */
  page(
    { body, span, request }: Pick<Located, 'body' | 'span'> & Pick<Page, 'request'>,
    next: Json,
    final: { state: Json } | null = null,
  ): Page {
    const { resource, parent, stamp, cursor } = this.#list;
    const { state } = final ?? { state: listState(this.#list, this.#paging, cursor) };
    const index = this.#tally.counts.pages - 1;
    return { resource, parent, index, body, rows: span, next, stamp, state, request };
  }

  /** `isRepeat`: the sign of more in the last response led to a page that was read. */
  end(end: ListEnd['end'], isRepeat = false): ListEnd {
    const { resource, parent, paginator, secrets } = this.#list;
    const { fault } = this.#tally;
    return {
      kind: 'done',
      resource,
      parent,
      end,
      ...this.#tally.end(),
      ...(this.#statusDoubt !== null && { doubt: this.#statusDoubt }),
      ...(this.#isUnbounded && { isUnbounded: true }),
      ...(isRepeat && { more: null }),
      fault: fault === null ? null : this.#options.client.redact(fault, secrets),
      pageSize: this.#paginator?.pageSize ?? this.#size,
      autoDetected: paginator === 'auto',
      nextMissing: this.#nextMissing,
      ...(this.#missingHeader !== null && { missingHeader: this.#missingHeader }),
      ...(this.#unmatched !== null &&
        this.#tally.counts.rows === 0 && { unmatched: this.#unmatched }),
    };
  }

  /**
   * What later runs begin with. Null where the list was not read to its end: what was missed has to
   * be requested again.
   */
  finalState(end: ListEnd): { state: Json } | null {
    if (isCut(end)) return null;
    const { incremental, cursor } = this.#list;
    // A backfill keeps nothing, so that it does not move the run that goes on.
    const isMoved = incremental !== null && incremental.endValue === undefined;
    return {
      state: listState(this.#list, this.#paging, isMoved ? { ...cursor, isRead: true } : cursor),
    };
  }

  /** The state of a list whose last page did not know that it was the last; null for none. */
  finalStateOf(end: ListEnd): { state: Json } | null {
    return this.#list.incremental === null ? null : this.finalState(end);
  }

  /** A page without rows behind the last one, which brings a state, or nothing but the end. */
  lastPage(final: { state: Json } | null): Page {
    const index = this.#tally.counts.pages;
    const page = this.page({ body: STATE_ONLY, span: NO_ROWS }, null);
    return { ...page, index, state: null, ...final };
  }

  snapshot(): Known {
    const { client, places, watch } = this.#options;
    const { secrets, dataSelector } = this.#list;
    const { fault, ...counted } = this.#tally.snapshot();
    const moved = this.#moved.snapshot();
    return {
      paginator: this.#paginator?.config ?? null,
      isKept: this.#paging !== undefined,
      tally: { ...counted, fault: fault === null ? null : client.redact(fault, secrets) },
      selector: dataSelector === null ? places.chosen() : null,
      matched: watch.matched(),
      unmatched: this.#unmatched,
      ...(moved !== null && { moved }),
    };
  }
}

/** Detected paging, as later runs keep it. */
function pagingOf({ fingerprint }: List, { config }: Paginator): FoundPaging {
  return { fingerprint, paginator: config as FoundPaging['paginator'] };
}
