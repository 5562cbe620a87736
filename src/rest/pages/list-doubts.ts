import { shortened } from '../../../operators/settings/shortened.js';
import type { PageFacts, Paginator } from '../paginators/paginator.js';

/** Why a list of a load that was stopped is in doubt: its last page is not what it was. */
export const MOVED =
  'its last page had changed when the load that had been stopped went on: rows may be shifted from page to page, so that some came twice or not at all';

/** dlt's offsets move on by `limit` where a page had fewer rows, and more came behind it. */
export function skipDoubt(
  { index, rows, rowsRead }: PageFacts,
  paginator: Paginator,
): string | null {
  const { config, pageSize } = paginator;
  if (config?.type !== 'offset' || pageSize === null || rows === 0) return null;
  return rowsRead - rows < index * pageSize
    ? `offsets moved on by ${pageSize} where a page had fewer rows, as in dlt: rows between pages may be missing`
    : null;
}

/** The place of the next page is to be in the body, which is a bare list. */
export const BARE =
  'the response is a list by itself, which cannot have the link or cursor to a next page that the paginator looks for in it: correct the paginator, or declare single() if the response is all';

/** A page without a list has a member that may say why. */
export function strangeEnd(index: number, member: string): string {
  return `page ${index + 1} was taken for the end, since it has no list, but it has \`${shortened(member, 60)}\`, which the first page had not`;
}

/** A response whose rows were committed in part has other rows now. */
export const CHANGED =
  'the rows of a response were committed in part when the load was stopped, and the response to the same request has other rows now. Without a `primaryKey` they cannot be told from those that are there.';

/** Pages repeat. */
export const IGNORED =
  'three pages in a row have the same rows, and nothing beside them moves on, so the API seems to ignore the parameters of the paginator: this is the end of the list. Check their names.';
