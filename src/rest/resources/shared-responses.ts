import { SelectError } from '../../../operators/errors.js';
import { placeOf, withPlace } from '../../../operators/settings/with-place.js';
import type { Page } from '../../../operators/types.js';
import type { ListEnd, SourceEvent, SourcePage } from '../../run/source.js';
import { listRequest } from '../pages/list-request.js';
import { pathWatch } from '../pages/path-watch.js';
import { STATE_ONLY } from '../pages/rows/no-rows.js';
import { type PageRows, pageRows } from '../pages/rows/page-rows.js';
import { rowPlaces } from '../pages/rows/row-places.js';
import { type ParentContext, parentValues } from './parent-context.js';
import type { ResolvedResource } from './resolve-resources.js';
import type { ResumedLists } from './resumed-lists.js';

/**
 * Pages and counts of a resource that reads the responses of another (`responseOf`).
 */
export interface SharedResponses {
  /**
   * The response as a page of this resource. What means no rows is none, as in a list of its own
   * (`pageRows`). SelectError when nothing is at its selector.
   */
  page(page: SourcePage, context: ParentContext): SourcePage;
  /** Takes every event of the other resource; the end of a list there ends it here. */
  onEvent(event: SourceEvent): void;
  /** Reports the selectors that matched nothing. Called after the last response. */
  end(): void;
}

type Counts = Pick<ListEnd, 'pages' | 'rows' | 'maxPageRows' | 'lastPageRows' | 'unmatched'> & {
  /** What a list within a row says of more than it holds; the first one counts. */
  cut: string | null;
};

const NONE: Required<Counts> = {
  pages: 0,
  rows: 0,
  maxPageRows: 0,
  lastPageRows: 0,
  unmatched: null,
  cut: null,
};

/** What is kept of a list with each of its pages but the last, in the place of a position. */
interface StoppedCounts {
  counts?: Required<Counts>;
}

export function sharedResponses(
  { resource: { name, limits = {} }, endpoint, parentFields }: ResolvedResource,
  observe: (event: SourceEvent) => void,
  resumed: Pick<ResumedLists, 'of'>,
): SharedResponses {
  const { responseOf, dataSelector = '@' } = endpoint;
  const selection = { ...listRequest({ ...endpoint, dataSelector }), limits };
  const lists = new Map<string | null, Required<Counts>>();
  const report = (message: string): void => observe({ kind: 'notice', resource: name, message });
  const watch = pathWatch(report);
  const places = rowPlaces(name, '', limits, report);
  const wild = [dataSelector].flat().find((selector) => selector.includes('*'));

  function located(page: Page): PageRows {
    const { parent, index } = page;
    const where = `${placeOf(name, parent, index)} of the responses of ${responseOf}`;
    try {
      const found = pageRows(page.body, selection, { places, index, paths: [] });
      if (found.notice !== null) report(`${where}: ${found.notice}`);
      return found;
    } catch (error) {
      throw error instanceof SelectError ? withPlace(where, error) : error;
    }
  }

  function countsOf({ parent, place }: SourcePage): Required<Counts> {
    const known = lists.get(parent);
    if (known !== undefined || place === undefined) return known ?? NONE;
    const { counts = NONE } = Object(resumed.of(name, place.list)?.next) as StoppedCounts;
    return counts;
  }

  /** What happened for a page of the other resource, as it happened for this one's. */
  function shared(event: SourceEvent): SourceEvent[] {
    if (event.kind === 'skip') return [{ ...event, resource: name }];
    if (event.kind !== 'done') return [];
    const { cut, ...counts } = lists.get(event.parent) ?? NONE;
    return [
      {
        ...event,
        resource: name,
        declared: null,
        pageSize: null,
        ...counts,
        fault: event.fault ?? cut,
      },
    ];
  }
  /** The page of a resumable run; without its rows where it only ends the list. */
  function placed(page: SourcePage, own: SourceEvent[]): Partial<SourcePage> {
    const { place, next, parent, events = [] } = page;
    if (place === undefined) return {};
    const stopped = { counts: lists.get(parent) ?? NONE } satisfies StoppedCounts;
    return {
      // Where the list goes on is kept with the other resource.
      next: next === null ? null : stopped,
      position: undefined,
      place: { list: place.list, under: null },
      events: [...own, ...events.flatMap(shared)],
      selector: places.chosen(),
    };
  }

  return {
    page(page, { rows }) {
      const { parent, index } = page;
      const known = countsOf(page);
      if (page.body === STATE_ONLY) {
        lists.set(parent, known);
        return { ...page, resource: name, state: null, ...placed(page, []) };
      }
      const { body, span, beside, cut = null } = located(page);
      const { pages, rows: before, maxPageRows, unmatched } = known;
      const isUnmatched = beside !== undefined && beside !== null;
      if (wild !== undefined && (isUnmatched || span.count > 0))
        watch.note('dataSelector', wild, !isUnmatched, () => beside ?? []);
      lists.set(parent, {
        pages: pages + 1,
        rows: before + span.count,
        maxPageRows: Math.max(maxPageRows, span.count),
        lastPageRows: span.count,
        unmatched: before + span.count > 0 ? null : isUnmatched ? (wild ?? null) : unmatched,
        cut: known.cut ?? cut,
      });
      // Its bytes came once, for the other resource.
      const came = {
        kind: 'page',
        resource: name,
        parent,
        index,
        rows: span.count,
        bytes: 0,
      } as const;
      observe(came);
      const own = parentValues(parentFields, rows);
      return {
        ...page,
        resource: name,
        body,
        rows: span,
        stamp: own === null ? page.stamp : { ...page.stamp, ...own },
        state: null,
        ...placed(page, [came]),
      };
    },
    onEvent(event) {
      if (event.resource !== responseOf) return;
      for (const own of shared(event)) observe(own);
      if (event.kind === 'done') lists.delete(event.parent);
    },
    end: () => watch.report(),
  };
}
