import { linkOf } from '../header-link.js';
import type { Seen } from './detect-seen.js';
import { detected, type Detected } from './detected.js';

/**
 * Headers that carry the next cursor, and the parameter that takes it. Sources: Azure DevOps' REST
 * reference; GitLab's REST pagination.
 */
const CURSORS = [
  ['x-ms-continuationtoken', 'continuationToken'],
  ['x-next-page', 'page'],
] as const;

/** Paging by headers. A `Link` to other pages but no next one is the end of such a list. */
export function headerPaging({ page: { header, url } }: Seen): Detected | null {
  const links = header('link') ?? '';
  if (linkOf(links, 'next', url) !== null)
    return detected(
      { type: 'headerLink' },
      'The Link header leads to the next page (rel next): it is followed.',
    );
  if (['first', 'prev', 'previous', 'last'].some((rel) => linkOf(links, rel, url) !== null))
    return detected(
      { type: 'headerLink' },
      'The Link header leads to other pages but to no next one: this is the last page, and the header is followed.',
    );
  for (const [cursorKey, cursorParam] of CURSORS)
    if (header(cursorKey) !== null)
      return detected(
        { type: 'headerCursor', cursorKey, cursorParam },
        `The header ${cursorKey} has the next position: it is sent back as parameter \`${cursorParam}\`.`,
      );
  return null;
}
