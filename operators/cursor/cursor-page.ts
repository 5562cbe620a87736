import { SelectError } from '../errors.js';
import { isObject } from '../json/is-object.js';
import { joinFields } from '../json/join-fields.js';
import { pathOf } from '../json/paths.js';
import { rowObjects } from '../json/row-objects.js';
import { sentMember } from '../json/sent-number.js';
import { type Convention, conventionOf } from '../schema/convention.js';
import { didYouMean } from '../settings/nearest.js';
import { shortened } from '../settings/shortened.js';
import { placeOf } from '../settings/with-place.js';
import type { FlatCursor, Json, JsonObject, Naming, Page } from '../types.js';
import type { CursorConfig } from './cursor-config.js';
import type { CursorPage } from './cursor-progress.js';
import { dedupHash } from './dedup-hash.js';

/** What a cursor sees of a page. Rows are parsed only where one has to be hashed or is refused. */
export function cursorPage(
  page: Page,
  { values, doubles, body, span }: FlatCursor,
  config: CursorConfig,
  naming?: Naming,
): CursorPage {
  let parsed: JsonObject[] | undefined;
  const objects = (): JsonObject[] => {
    const rows = { body, span };
    return (parsed ??= rowObjects(page.stamp === null ? rows : joinFields(page, rows)));
  };
  const own = pageOfRows(page, values, config, objects, naming);
  return doubles === undefined ? own : { ...own, doubles };
}

/** The same for rows that are objects already, the values of the page's stamp among them. */
export function pageOfRows(
  page: Pick<Page, 'resource' | 'parent' | 'index'>,
  values: CursorPage['values'],
  { cursorPath, primaryKey }: CursorConfig,
  rows: () => readonly JsonObject[],
  naming?: Naming,
): CursorPage {
  const where = (row: number): string =>
    `${placeOf(page.resource, page.parent, page.index)}, row ${row + 1}`;
  const rowAt = (row: number): JsonObject => rows()[row] as JsonObject;
  return {
    values,
    hashOf(row, isLegacy) {
      const own = rowAt(row);
      if (primaryKey === undefined) return dedupHash(own, isLegacy);
      const key = typeof primaryKey === 'string' ? member(primaryKey) : primaryKey.map(member);
      return dedupHash(key, isLegacy);
      function member(name: string): Json {
        const found = keyMember(own, name, [], conventionOf(naming));
        if (found !== undefined) return found;
        throw new SelectError(
          `${where(row)}: there is no \`${name}\`, which is in the key that tells rows at the border of two runs apart.${thereAre(own, name)} Correct \`primaryKey\`, or set \`incremental.primaryKey\` to other keys, or to [] where such rows need not be told apart.`,
        );
      }
    },
    refuse(row) {
      throw new SelectError(
        `${where(row)}: nothing, or null, is at incremental.cursorPath \`${cursorPath}\`.${thereAre(rowAt(row), cursorPath)} Correct the path, or load such rows with \`onCursorValueMissing: 'include'\`, or leave them out with 'exclude'.`,
      );
    },
  };
}

/** A value that a key names: by its raw key, else by the name of its column. */
function keyMember(
  holder: JsonObject,
  name: string,
  above: readonly string[],
  convention: Convention,
): Json | undefined {
  if (above.length === 0 && Object.hasOwn(holder, name)) return sentMember(holder, name);
  for (const [key, value] of Object.entries(holder)) {
    const path = [...above, key];
    if (convention.plain(path) === convention.path(name)) return sentMember(holder, key);
    const inner = isObject(value) ? keyMember(value, name, path, convention) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function thereAre(row: JsonObject, wanted: string): string {
  const paths = pathsIn(row, []);
  const shown = paths.slice(0, 20).map((path) => `\`${shortened(path, 100)}\``);
  const more = paths.length > 20 ? `, and ${paths.length - 20} more` : '';
  return paths.length === 0
    ? ' The row is empty.'
    : `${paths.includes(wanted) ? '' : didYouMean(wanted, paths)} There are: ${shown.join(', ')}${more}.`;
}

/** Paths of a row's members, at most three keys deep. */
function pathsIn(holder: JsonObject, above: readonly string[]): string[] {
  return Object.entries(holder).flatMap(([key, value]) => {
    const path = [...above, key];
    return isObject(value) && path.length < 3
      ? [pathOf(path), ...pathsIn(value, path)]
      : [pathOf(path)];
  });
}
