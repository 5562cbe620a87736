import { type Sent, sentBy } from './detect/detect-seen.js';
import { SIZES } from './detect/members.js';
import type { PageFacts, Paginator } from './paginator.js';
import { statedCount } from './stated-count.js';

/**
 * The name of the header that a paginator follows, where a response lacks it and nothing else in
 * the response says that the list is whole; null for other paginators.
 *
 * An API leaves the header out on its last page, and so does one that pages in another way: a full
 * first page without it proves no end.
 */
export function missingHeader({ config }: Paginator, { header, signs }: PageFacts): string | null {
  if (signs.flag?.isMore === false || signs.pages === 1) return null;
  if (config?.type === 'headerLink') return header('link') === null ? 'Link' : null;
  if (config?.type !== 'headerCursor') return null;
  const { cursorKey = 'next' } = config;
  return header(cursorKey) === null ? cursorKey : null;
}

/**
 * Rows of a full page, as the request and the response state them, whichever is fewer; null where
 * neither does.
 */
export function statedPageSize(sent: Sent, { signs: { limit } }: PageFacts): number | null {
  const requested = statedCount(sentBy(sent, SIZES)?.value) ?? 0;
  const sizes = [requested, limit ?? 0].filter((size) => size > 0);
  return sizes.length === 0 ? null : Math.min(...sizes);
}
