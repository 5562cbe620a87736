import type { FoundRows } from '../../../../operators/json/find-rows.js';
import { pathOf, segments } from '../../../../operators/json/paths.js';
import type { Json } from '../../../../operators/types.js';
import { pageSigns } from '../../paginators/detect/page-signs.js';

/**
 * What a list in an element of another list says of more than it holds: `lines.has_more` where the
 * selector is `data[*].lines.data`. A paginator reads the outer list alone, so these rows are
 * missing. Null where none says so, and for lists that lie in the elements themselves.
 *
 * @param gathered by a selector with wildcards
 *
 * Errors: none.
 */
export function cutListIn({ selector, lists }: NonNullable<FoundRows['gathered']>): string | null {
  const [, before = '', behind = ''] = /^(.*\*\]?)\.([^*]+)$/s.exec(selector) ?? [];
  const keys = segments(behind);
  if (keys.length < 2) return null;
  for (const { holder, key } of lists) {
    if (key !== keys.at(-1) || Object.keys(holder).length < 2) continue;
    const what = moreIn(holder as Json, key);
    if (what !== null) return `in a list at \`${before}.${pathOf(keys.slice(0, -1))}\`, ${what}`;
  }
  return null;
}

function moreIn(holder: Json, key: string): string | null {
  const { length } = (holder as Record<string, readonly Json[]>)[key] as readonly Json[];
  const { flag, next, total } = pageSigns(holder, [key], length);
  if (flag !== null) return flag.isMore ? flag.what : null;
  if (next !== null) return next.what;
  const isPart =
    total !== null &&
    !total.isEstimate &&
    total.isVague !== true &&
    total.rows > length &&
    length > 0;
  return isPart ? `${total.what} is ${total.rows}` : null;
}
