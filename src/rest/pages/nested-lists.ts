import { pathOf, segments } from '../../../operators/json/paths.js';
import { selectAll } from '../../../operators/json/select-all.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Json } from '../../../operators/types.js';
import { pageSigns } from '../paginators/detect/page-signs.js';

/**
 * What a list in an element of another list says of more than it holds: `lines.has_more` where the
 * selector is `data[*].lines.data`. A paginator reads the outer list alone, so these rows are
 * missing. Null where none says so, and for lists that lie in the elements themselves.
 *
 * @param selector with wildcards
 *
 * Errors: none; what the selector does not lead to says nothing.
 */
export function cutListIn(body: Json, selector: string): string | null {
  const [, before = '', behind = ''] = /^(.*\*\]?)\.([^*]+)$/s.exec(selector) ?? [];
  const keys = segments(behind);
  const [key] = keys.slice(-1);
  if (keys.length < 2 || key === undefined) return null;
  const path = `${before}.${pathOf(keys.slice(0, -1))}`;
  for (const { holder, key: name } of selectAll(body, path).members) {
    const list = valueAt(holder as Json, [name]) ?? null;
    const rows = valueAt(list, [key]);
    if (!Array.isArray(rows)) continue;
    const { flag, next, total } = pageSigns(list, [key], rows.length);
    const isPart =
      total !== null &&
      !total.isEstimate &&
      total.isVague !== true &&
      total.rows > rows.length &&
      rows.length > 0;
    const what =
      flag === null
        ? (next?.what ?? (isPart ? `${total.what} is ${total.rows}` : null))
        : flag.isMore
          ? flag.what
          : null;
    if (what !== null) return `in a list at \`${path}\`, ${what}`;
  }
  return null;
}
