import { rowObjects } from '../json/row-objects.js';
import { copySentTexts, keepSentText, sentText } from '../json/sent-numbers.js';
import type { JsonObject, Page, Rows } from '../types.js';

/**
 * Returns the rows of a page as dlt has them: the parent's fields are written over the row's own,
 * and an element of the list that is null is a row without a value.
 *
 * @param keepNulls false: such elements are no rows
 */
export function dltRows(
  { stamp }: Page,
  rows: Pick<Rows, 'body' | 'span'>,
  keepNulls: boolean,
): JsonObject[] {
  return rowObjects(rows, keepNulls ? {} : null).map((row) => {
    if (stamp === null) return row;
    const joined = { ...row, ...stamp };
    copySentTexts(row, joined);
    for (const [key, value] of Object.entries(stamp))
      keepSentText(joined, key, value, sentText(stamp, key) ?? null);
    return joined;
  });
}
