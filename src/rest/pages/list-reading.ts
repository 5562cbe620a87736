import { placeOf } from '../../../operators/settings/with-place.js';
import type { Json, Page } from '../../../operators/types.js';
import type { ListEnd, SourceEvent } from '../../run/source.js';
import { detectPaginator } from '../paginators/detect/detect.js';
import type { Detected } from '../paginators/detect/detected.js';
import { detectAsDlt } from '../paginators/dlt/detect-as-dlt.js';
import { statedPageSize } from '../paginators/missing-header.js';
import type { Ending, PageFacts, Paginator, RequestChange } from '../paginators/paginator.js';
import { BEHIND } from './behind.js';
import type { FetchedPage, PageRequest } from './fetched-page.js';
import { IGNORED, skipDoubt, strangeEnd } from './list-doubts.js';
import { listPositions } from './list-positions.js';
import { ListProgress } from './list-progress.js';
import type { List, ReadOptions } from './list.js';
import { type FactsReader, factsReader, type Located, withValues } from './page-facts.js';
import {
  type Before,
  type PageSlices,
  type PagePositions,
  pagePositions,
} from './page-positions.js';
import { PagesAhead } from './pages-ahead.js';
import { type GuardSnapshot, PaginationGuard, type Step, type Stop } from './pagination-guard.js';
import { watchPaginator } from './path-watch.js';
import { type PageMeaning, pageMeaning, skipMeaning } from './response-meaning.js';

/**
 * The next request of a list. `ahead`: the changes of those that will most likely follow, in order;
 * null where pages are requested one after another.
 */
export interface RequestStep {
  request: PageRequest;
  ahead: Iterable<RequestChange> | null;
}

/** What is to be done next for a list. */
export type ReadStep =
  | RequestStep
  /**
   * `end`: that of the list, whose event comes next. `rows`: those of the page, where they are read
   * in slices. `position`: makes the position behind the page, which `Page.next` is not. @default
   * `Page.next` is the position
   */
  | { page: Page; end?: ListEnd; rows?: PageSlices; position?: () => Json }
  | { event: SourceEvent };
type Steps<T = void> = Generator<ReadStep, T, undefined>;

/** A page that is known to be the list's only when a later one differs. */
interface Held {
  page: Located;
  facts: PageFacts;
  next: RequestChange;
  isProbe: boolean;
  guard: GuardSnapshot;
  before: Before | null;
}

/** What was decided on a page. */
interface Decided {
  paginator: Paginator;
  decided: Step | Stop | Ending;
  isLost: boolean;
  known: Before | null;
}

/** How a list goes on behind the last page that was committed. */
type Behind = Readonly<{ change: RequestChange; position: Json }>;

/**
 * Reads one list without sending anything: it takes the response of each request, and says which
 * pages and events come of it and what to request next.
 */
export class ListReading {
  readonly at: PagePositions;
  readonly #list: List;
  readonly #options: Pick<ReadOptions, 'place' | 'places' | 'watch'>;
  readonly #where: string;
  readonly #guard: PaginationGuard;
  readonly #reader: FactsReader;
  readonly #progress: ListProgress;
  readonly #ahead: PagesAhead;
  readonly #isResumed: boolean;
  /** Where the list goes on when its last page was compared; null where it is not requested. */
  #behind: Behind | null = null;
  #change: RequestChange;
  /** The request that is under way only tests whether the API heeds its parameters. */
  #isProbe: boolean;
  #held: Held[] = [];

  /** Errors: ConfigError for a position that cannot be used (`listPositions`). */
  constructor(
    list: List,
    options: Pick<ReadOptions, 'from' | 'place' | 'client' | 'places' | 'watch'>,
  ) {
    const { client, from } = options;
    this.#list = list;
    this.#options = options;
    this.#where = placeOf(list.resource, list.parent);
    const positions = listPositions(list, client);
    const resumed = from === undefined ? null : positions.resume(from, this.#where);
    const known = resumed?.known;
    this.#guard = new PaginationGuard(list.url, {
      where: this.#where,
      maxPages: list.maxPages,
      withoutSecrets: (text) => positions.withoutSecrets(text),
      from: known?.guard,
    });
    const slice = resumed?.slice ?? null;
    const isFirst = slice !== null && known?.tally.counts.pages === 0;
    const facts = isFirst ? undefined : known?.facts;
    this.#reader = factsReader(list.dataSelector?.[0], list.limits, facts);
    this.#progress = new ListProgress(list, options, resumed);
    this.#ahead = new PagesAhead(list.parallelPages, known?.fallback);
    const isResumable = options.place !== undefined;
    this.at = pagePositions(list, { where: this.#where, isResumable, slice }, positions, {
      progress: this.#progress,
      guard: this.#guard,
      reader: this.#reader,
      ahead: this.#ahead,
    });
    this.#isResumed = resumed !== null;
    this.#change = resumed?.change ?? this.#progress.paginator?.first ?? {};
    this.#isProbe = known?.isProbe ?? false;
    const last = resumed?.last ?? null;
    if (!isResumable || resumed === null || last === null) return;
    this.#behind = { change: resumed.change, position: from as Json };
    this.#change = last;
  }

  /** The first request. PaginationError where a resumed list has too many pages already. */
  begin(): PageRequest {
    const change = this.#change;
    const pages = this.#progress.counts.pages - (this.#behind === null ? 0 : 1);
    const url = this.#isResumed ? this.#guard.resume(change, pages) : this.#guard.begin(change);
    const { request } = this.#request({ change, url }, pages);
    return this.at.slice() === null ? request : { ...request, isSliced: true };
  }

  /**
   * What comes of a response, in order. Without a request among it, the list is at its end.
   *
   * Errors: PaginationError for a list that cannot be read further, after its last page; what
   * functions of the user throw.
   */
  *take(fetched: FetchedPage): Steps {
    if (this.#behind !== null) {
      yield* this.#compare(fetched, this.#behind);
      return;
    }
    if (!('skipped' in fetched)) {
      if (fetched.notice !== null) yield this.#notice(fetched.notice);
      yield* this.#takePage(fetched);
      return;
    }
    yield* this.#release();
    const { resource, parent, endStatus } = this.#list;
    const { pages } = this.#progress.counts;
    const meaning = skipMeaning(fetched, { pages, isProbe: this.#isProbe, endStatus });
    const { status } = fetched;
    const { skipped: reason, end, isWhole } = meaning;
    if (reason !== null)
      yield { event: { kind: 'skip', resource, parent, index: pages, status, reason } };
    if (end !== null) yield* this.#finish(end, isWhole);
    else if (this.#options.place !== undefined) yield { page: this.#progress.lastPage(null) };
  }

  /** What comes of ending the list behind its last page, since nothing beyond is wanted. */
  *stop(): Steps {
    this.#held = [];
    yield* this.#finish('stopped');
  }

  /**
   * Compares the last page that was committed before the load was stopped with what it is now.
   * Where rows have moved from page to page, some may come twice, or not at all. Those of the page
   * are loaded again where a key keeps each of them once.
   */
  *#compare(fetched: FetchedPage, { change, position }: Behind): Steps {
    this.#behind = null;
    if ('skipped' in fetched || !this.#guard.isLast(fetched)) {
      this.#progress.noteReread();
      if (!('skipped' in fetched) && this.#list.isMerged)
        yield this.at.step(fetched, position, () => position);
    }
    const { pages } = this.#progress.counts;
    yield this.#request({ change, url: this.#guard.resume(change, pages) }, pages);
  }

  *#takePage(page: Located): Steps {
    const { paginator: configured, paging } = this.#list;
    const before = page.slices === undefined ? null : this.at.before(this.#change, this.#isProbe);
    let facts = this.#factsOf(page);
    let { paginator } = this.#progress;
    let isLost = false;
    if (paginator === null) {
      const found = yield* this.#detect(facts);
      ({ paginator, incomplete: isLost } = found);
      facts = this.#adopt(found, facts, page);
    }
    const meaning = this.#meaningOf(page, facts, paginator);
    if (meaning.kind === 'first-again') {
      yield* this.#passFirst(meaning.step, facts.index);
      return;
    }
    if (configured !== 'auto' && paging === undefined)
      watchPaginator(this.#options.watch, paginator, facts, statedPageSize(this.#list, facts));
    if (meaning.kind === 'ignored') {
      this.#held = [];
      yield this.#notice(`${this.#where}: ${IGNORED}`);
      yield* this.#finish('repeat');
      return;
    }
    this.#isProbe = meaning.kind === 'held' && meaning.isProbe;
    if (meaning.kind === 'held') {
      const { step, isProbe } = meaning;
      yield* this.#lastAhead(this.#ahead.seeRepeat(facts, paginator, this.#progress.sizeSoFar));
      const guard = this.#guard.snapshot();
      this.#held.push({ page, facts, next: step.change, isProbe, guard, before });
      yield this.#request(step, facts.index + 1);
      return;
    }
    yield* this.#release();
    yield* this.#emit(page, facts, { paginator, decided: meaning.step, isLost, known: before });
  }

  /** With `compat: 'dlt'` every page counts, and what looks wrong is only reported. */
  #meaningOf(page: Located, facts: PageFacts, paginator: Paginator): PageMeaning {
    const guard = this.#guard;
    if (this.#list.compat === 'sluice')
      return pageMeaning(
        page,
        facts,
        { guard, paginator },
        { held: this.#held.length, ...this.#progress.stated },
      );
    const doubt = guard.isRepeat(page, facts, paginator)
      ? `pages ${facts.index} and ${facts.index + 1} have the same rows, and both count, as in dlt`
      : skipDoubt(facts, paginator);
    if (doubt !== null) this.#progress.suspect(doubt);
    return { kind: 'page', step: guard.after(facts, paginator) };
  }

  /** Goes on behind a page that was the first one once more. */
  *#passFirst(step: Step | Stop | Ending, index: number): Steps {
    if ('url' in step) yield this.#request(step, index);
    else yield* this.#finish('end' in step ? step.end : 'repeat');
  }

  /** Emits a page of the list, after the request for the next one. */
  *#emit(
    page: Located,
    seen: PageFacts,
    { paginator: used, decided, isLost, known }: Decided,
  ): Steps {
    const progress = this.#progress;
    let [facts, step, paginator] = [seen, decided, used];
    if (facts.index === 0) {
      let nextMissing = 'end' in step && step.nextMissing === true;
      // What was found in an earlier run is not there any more: the API may have changed.
      if (nextMissing && this.#list.paging !== undefined) {
        const found = yield* this.#detect(facts);
        if (found.paginator.config?.type !== 'single') {
          nextMissing = false;
          ({ paginator } = found);
          facts = this.#adopt(found, facts, page);
          step = this.#guard.after(facts, paginator);
        }
      }
      progress.noteFirst(facts, nextMissing);
    }
    const before = progress.sizeSoFar;
    const positionAt = this.at.positions(known);
    const counted = progress.count(page, facts);
    const now = progress.sizeSoFar;
    if ('url' in step) {
      const isFound = this.#isFound(facts);
      if (isFound) yield* this.#lastAhead(this.#ahead.see(facts, paginator, before, now));
      const ahead = isFound ? this.#ahead.after(facts, paginator, now) : null;
      yield this.#request(step, facts.index + 1, ahead);
    }
    const [strange] = this.#reader.strangeKeys(page);
    if (strange !== undefined) progress.suspect(strangeEnd(facts.index, strange));
    yield { event: counted };
    if ('end' in step) {
      const end = this.#end(isLost ? 'lost' : step.end, step.isRepeat);
      yield { ...this.at.step(page, null, positionAt, progress.finalState(end)), end };
      yield { event: end };
      return;
    }
    const next = this.at.behind(step.change, facts.change, this.#guard.snapshot(), false);
    yield this.at.step(page, next, positionAt);
    if ('fault' in step) throw step.fault;
  }

  /** Emits the pages that were held back: a later one differs. */
  *#release(): Steps {
    for (const { page, facts, next, guard, isProbe, before } of this.#held) {
      const positionAt = this.at.positions(before);
      yield { event: this.#progress.count(page, facts) };
      const position = this.at.behind(next, facts.change, guard, isProbe);
      yield this.at.step(page, position, positionAt);
    }
    this.#held = [];
  }

  /** The end of a list whose last page did not yet know that it was the last. */
  *#finish(end: ListEnd['end'], isWhole = true): Steps {
    const done = this.#end(end);
    const state = isWhole ? this.#progress.finalStateOf(done) : null;
    if (state !== null || this.#options.place !== undefined)
      yield { page: this.#progress.lastPage(state), end: done };
    yield { event: done };
  }

  #end(end: ListEnd['end'], isRepeat = false): ListEnd {
    const { fallback } = this.#ahead;
    return { ...this.#progress.end(end, isRepeat), ...(fallback !== null && { fallback }) };
  }

  /** Rows that are still to be found are found by the first response that has them. */
  #isFound({ rowsAt }: PageFacts): boolean {
    return (
      this.#list.dataSelector !== null || this.#options.places.chosen() !== null || rowsAt === null
    );
  }

  /** Reports that pages are not requested ahead any more. */
  *#lastAhead(why: string | null): Steps {
    if (why !== null) yield this.#notice(`${this.#where}: ${why}`);
  }

  *#detect(facts: PageFacts): Steps<Detected> {
    const { url, json } = this.#list;
    const found =
      this.#list.compat === 'dlt' ? detectAsDlt(facts) : detectPaginator(facts, { url, json });
    this.#progress.noteDetected(found);
    // Most responses are one page; the verdict says whether it is the whole list.
    if (found.incomplete || found.paginator.config?.type !== 'single')
      yield this.#notice(`paging: ${found.why}`);
    if (this.#ahead.isIdle(found.paginator))
      yield this.#notice(
        '`parallelPages` does nothing here: each position comes from the page before it.',
      );
    return found;
  }

  /** Goes on by a paginator that was detected; the facts with what it reads. */
  #adopt({ paginator }: Detected, facts: PageFacts, { document }: Located): PageFacts {
    this.#progress.adopt(paginator);
    return withValues(facts, document, paginator.paths, this.#list.limits);
  }

  #factsOf(page: Located): PageFacts {
    const { pages, rows, maxPageRows } = this.#progress.counts;
    const heldRows = this.#held.reduce((sum, { facts }) => sum + facts.rows, 0);
    return this.#reader.of(page, {
      index: pages + this.#held.length,
      rows: rows + heldRows,
      maxPageRows,
      change: this.#change,
    });
  }

  #request(
    { change, url }: Step,
    index: number,
    ahead: Iterable<RequestChange> | null = null,
  ): RequestStep {
    this.#change = change;
    const paths = this.#progress.paginator?.paths ?? [];
    const endStatus = this.#isProbe ? BEHIND : [];
    return { request: { url, change, index, paths, endStatus }, ahead };
  }

  #notice(message: string): { event: SourceEvent } {
    return { event: { kind: 'notice', resource: this.#list.resource, message } };
  }
}
