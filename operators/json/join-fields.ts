import { besideName } from '../schema/names.js';
import type { JsonObject, Page, Rows } from '../types.js';
import { printJson, printMember } from './print-json.js';
import { rowObjects, rowsFromTexts } from './row-objects.js';

/**
 * Joins the stamp of a page to its rows. A value of a row's own stays in its field; what was to be
 * written over it is kept beside it (`besideName`) where it differs, so that nothing is lost
 * whichever rows have the field. Of a map, rows have their keys in them likewise.
 */
export function joinFields(page: Page, rows: Pick<Rows, 'body' | 'span'>): Rows {
  const stamp = page.stamp ?? {};
  const names = Object.keys(stamp);
  return rowsFromTexts(
    page,
    rowObjects(rows).map((row) => {
      const added = names.flatMap((name) => memberOf(row, name, printMember(stamp, name)));
      const own = printJson(row).slice(1, -1);
      return `{${[...(own === '' ? [] : [own]), ...added].join(',')}}`;
    }),
  );
}

/** A null of the row's own is overwritten: the last of two members with one key counts. */
function memberOf(row: JsonObject, name: string, text: string): string[] {
  const own = Object.hasOwn(row, name) ? (row[name] ?? null) : null;
  if (own === null) return [`${JSON.stringify(name)}:${text}`];
  return printMember(row, name) === text
    ? []
    : [`${JSON.stringify(besideName(name, row))}:${text}`];
}
