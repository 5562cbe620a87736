import type { ParentRowsOfPage } from '../../../operators/types.js';
import type { RunContext, SourceEvent, SourcePage } from '../../run/source.js';
import { windowsOf } from '../pages/windows.js';
import type { FieldWatch } from './field-watch.js';
import type { ParentContext } from './parent-context.js';
import { pageId, type ParentPage, storedParents } from './parent-page.js';
import { parentReader } from './parent-reader.js';
import { fieldsBelow, missingField, missingParent } from './parent-rows.js';
import type { ResolvedResource } from './resolve-resources.js';

/** A page of a resource, and what its list was requested with. */
export interface OwnPage {
  page: SourcePage;
  context: ParentContext;
  /** The place of its list in the load. */
  list: string;
}

/** A page, and its rows for the resources below. */
export interface ReadPage {
  /** Null for one that was committed before the load was stopped. */
  page: SourcePage | null;
  parents: ParentPage;
  list: string;
}

/** Reads the pages of one resource for the resources below it. */
interface PagesOfParent {
  of(page: OwnPage): ReadPage;
  close(): void;
}

/**
 * Adds to the pages of a resource what those below it are requested with; of a run that can be
 * resumed also how many lists these are, and which rows have none.
 *
 * @param number the place of the resource among all of its source
 */
export function pagesOfParent(
  number: number,
  all: readonly ResolvedResource[],
  run: RunContext,
  watch: FieldWatch,
): PagesOfParent {
  const { compat = 'sluice', isResumable = false, startedAt = Date.now() } = run;
  const one = all[number] as ResolvedResource;
  const { name } = one.resource;
  const children = all.filter(({ parents }) => parents.includes(name));
  const reader =
    children.length === 0 ? null : parentReader(one, fieldsBelow(name, all), run, watch);
  let windows: number[] | undefined;
  /** Rows that are joined with others, or grouped, make lists whose number is not known. */
  const isCounted = children.every(
    ({ parents, endpoint }) => parents.length === 1 && (endpoint.groupSize ?? 1) === 1,
  );

  function storedWith(page: ParentPage): { parents: ParentRowsOfPage; lacking: SourceEvent[] } {
    windows ??= children.map(({ endpoint }) =>
      endpoint.windows === undefined
        ? 1
        : [...windowsOf(endpoint.windows, Math.floor(startedAt / 1000))].length,
    );
    const lacking: SourceEvent[] = [];
    let lists = 0;
    for (const [i, child] of children.entries())
      for (const row of page.rows) {
        const above = { ...page.context.rows, [name]: row };
        const missing = missingField(child.fields, above, compat);
        if (missing === undefined) lists += windows[i] as number;
        else lacking.push(missingParent(child.resource.name, missing));
      }
    return {
      parents: { page: page.id, rows: storedParents(page), lists: isCounted ? lists : null },
      lacking,
    };
  }

  return {
    of({ page, context, list }) {
      const parents: ParentPage = {
        id: pageId(number, list, page),
        context,
        rows: reader?.rowsOf(page) ?? [],
        isStored: false,
      };
      if (!isResumable || page.place === undefined || parents.rows.length === 0)
        return { page, parents, list };
      const { parents: kept, lacking } = storedWith(parents);
      return {
        page: {
          ...page,
          place: { ...page.place, parents: kept },
          events: [...(page.events ?? []), ...lacking],
        },
        parents,
        list,
      };
    },
    close: () => reader?.close(),
  };
}
