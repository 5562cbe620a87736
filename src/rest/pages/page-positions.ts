import type { Json, Page } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import type { RequestChange } from '../paginators/paginator.js';
import { CHANGED } from './list-doubts.js';
import type { ListPositions } from './list-positions.js';
import type { ListProgress } from './list-progress.js';
import type { List } from './list.js';
import type { FactsReader, FactsSnapshot, Located } from './page-facts.js';
import type { PagesAhead } from './pages-ahead.js';
import type { GuardSnapshot, PaginationGuard } from './pagination-guard.js';
import type { ListSnapshot } from './position.js';
import type { RowSlices, SliceMark } from './rows/big/row-slices.js';

/** The rows of a page that is read in slices. */
export interface PageSlices {
  slices: RowSlices;
  /** The position behind a slice that is not the last. */
  positionAt: (mark: SliceMark) => Json;
  /** The state of the list as of such a slice. */
  state: Json;
}
/** What was known of a list when a response came, with which it can be read once more. */
export interface Before {
  change: RequestChange;
  isProbe: boolean;
  guard: GuardSnapshot;
  facts: FactsSnapshot;
  /** Null where it is what is known when the page is counted: others were held in front of it. */
  progress: ReturnType<ListProgress['snapshot']> | null;
}

/** Makes the positions behind the pages of one list, and within those that are read in slices. */
export interface PagePositions {
  /**
   * Takes note of how the list stands now, and makes the position behind a page of that.
   *
   * @param change the next request; null where it is not known
   * @param own the request of the page
   * @param guard what the guard knew when the page was looked at
   * @param isProbe the next request only tests whether there is more
   */
  behind(
    change: RequestChange | null,
    own: RequestChange,
    guard: GuardSnapshot,
    isProbe: boolean,
  ): () => Json;
  /** How far the rows of the first response were read before the stop; null: none of them. */
  slice(): SliceMark | null;
  /**
   * Goes on with the first response, whose rows in front of `slice` are the same or not: then it is
   * begun anew.
   *
   * Errors: ConfigError where they are not and no key keeps each row once.
   */
  goOn(isSame: boolean): void;
  /**
   * The page that was counted last, with its rows where they are read in slices. `next`: its
   * position, or what makes it; in a load few positions are ever looked at.
   */
  step(
    page: Located,
    next: Json | (() => Json),
    positionAt: PageSlices['positionAt'],
    final?: { state: Json } | null,
  ): { page: Page; rows?: PageSlices; position?: () => Json };
  /** To be called when a response came, before it is looked at. */
  before(change: RequestChange, isProbe: boolean): Before;
  /** To be called before the page is counted. Null: its rows are not read in slices. */
  positions(before: Before | null): PageSlices['positionAt'];
}

export function pagePositions(
  { isMerged }: Pick<List, 'isMerged'>,
  {
    where,
    isResumable,
    slice: begun,
  }: { where: string; isResumable: boolean; slice: SliceMark | null },
  positions: ListPositions,
  {
    progress,
    guard,
    reader,
    ahead,
  }: { progress: ListProgress; guard: PaginationGuard; reader: FactsReader; ahead: PagesAhead },
): PagePositions {
  let slice = begun;

  function known(
    guardThen: GuardSnapshot,
    facts: FactsSnapshot,
    isProbe: boolean,
    then: Before['progress'],
  ): Omit<ListSnapshot, 'of' | 'last'> {
    const { fallback } = ahead;
    return {
      ...(then ?? progress.snapshot()),
      guard: guardThen,
      facts,
      ...(fallback !== null && { fallback }),
      isProbe,
    };
  }

  return {
    slice: () => slice,
    goOn(isSame) {
      slice = null;
      if (isSame) return;
      if (!isMerged) throw new ConfigError(`${where}: ${CHANGED}`);
      progress.noteReread();
    },
    step(page, next, positionAt, final) {
      const { slices } = page;
      if (typeof next === 'function' && isResumable && slices === undefined)
        return { page: progress.page(page, MADE_LATER, final), position: next };
      const position = typeof next === 'function' ? next() : next;
      const counted = progress.page(page, position, final);
      if (slices === undefined) return { page: counted };
      const { state } = progress.page(page, position);
      return { page: counted, rows: { slices, positionAt, state } };
    },
    behind(change, own, guardThen, isProbe) {
      const { type } = progress.paginator?.config ?? {};
      const isCounted = type === 'offset' || type === 'pageNumber';
      const last = isResumable && isCounted ? own : null;
      const content = known(guardThen, reader.snapshot(), isProbe, null);
      return () => positions.behind(change, last, () => content);
    },
    before: (change, isProbe) => ({
      change,
      isProbe,
      guard: guard.snapshot(),
      facts: reader.snapshot(),
      // What is detected with the first page is detected once more.
      progress: progress.paginator === null ? progress.snapshot() : null,
    }),
    positions(before) {
      if (before === null) return () => null;
      const content = known(before.guard, before.facts, before.isProbe, before.progress);
      return (mark) => positions.behind(before.change, null, () => content, mark);
    },
  };
}

/** What `Page.next` is where `Page.position` makes the position. */
const MADE_LATER: Json = { made: 'later' };
