import { EMPTY, type Observable } from 'rxjs';
import type { ResumedRun } from '../../run/source.js';
import { fromPages } from '../pages/from-pages.js';
import { type ParentPage, parseParents } from './parent-page.js';

/** Where a list stood when its load was stopped. */
export type StoppedList = Pick<ResumedRun['lists'][number], 'page' | 'next'>;

/** What is known of a run from before it was stopped. */
export interface ResumedLists {
  /** Undefined for a list that was not begun, and for all in a run that begins. */
  of(resource: string, list: string): StoppedList | undefined;
  /** Pages of a parent that were committed, and whose rows may have lists that are not read. */
  parents(resource: string): Observable<ParentPage>;
  /** The selector that was found for the rows of a resource. */
  selector(resource: string): string | undefined;
}

export function resumedLists(resumed: ResumedRun | undefined): ResumedLists {
  const lists = new Map(
    resumed?.lists.map(({ resource, list, page, next }) => [
      JSON.stringify([resource, list]),
      { page, next },
    ]),
  );
  const selectors = new Map(Object.entries(resumed?.selectors ?? {}));
  return {
    of: (resource, list) => lists.get(JSON.stringify([resource, list])),
    parents(resource) {
      const own = resumed?.parents.filter((one) => one.resource === resource) ?? [];
      if (own.length === 0) return EMPTY;
      // Asynchronous, since the resources below subscribe after this one.
      return fromPages(async function* () {
        for (const { page, rows } of own) yield await Promise.resolve(parseParents(page, rows));
      });
    },
    selector: (resource) => selectors.get(resource),
  };
}
