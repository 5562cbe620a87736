import type { ColumnSchema, Compat, DeclaredHints, TableSchema } from '../types.js';
import { columnIndex } from './column-index.js';
import { hintedType } from './column-type.js';
import { conventionOf } from './convention.js';
import { pathKey } from './names.js';
import { requiredKeys } from './table-hints.js';

/**
 * Lists the columns that hints with a type declare and the table lacks, in their order, whether
 * values come or not.
 * Where several hints name one column, it is declared for the raw key of one of them, so that no
 * other key gets the column and its type. Left out are columns that another key owns: the hint's
 * key gets a column of its own when it comes.
 */
export function declaredColumns(
  { columns: existing }: TableSchema,
  declared: DeclaredHints,
  compat: Compat,
): ColumnSchema[] {
  const { columns: hints } = declared;
  const { path: nameOf, separator } = conventionOf(declared.naming);
  const keys = requiredKeys(declared);
  const { names, places, taken } = columnIndex(existing);
  const declares = (key: string): boolean =>
    Object.hasOwn(hints, key) && hints[key]?.dataType !== undefined && hints[key]?.exclude !== true;
  const hinted = Object.keys(hints).map(nameOf);
  const shared = new Set(hinted.filter((name, i) => hinted.indexOf(name) !== i));
  const wanted = new Map<string, ColumnSchema>();
  for (const [key, hint] of Object.entries(hints)) {
    const name = nameOf(key);
    const type = hintedType(hint, compat);
    if (type === undefined || !declares(key)) continue;
    // Of hints with one name, the one that is written like the column declares it.
    if (key !== name && declares(name)) continue;
    // A name with a hash would normalize to another one: it is that of a column.
    if (key !== name && places.has(key)) continue;
    // A name with a separator does not say where a nested key is split.
    const path = shared.has(name) && !key.includes(separator) ? [key] : undefined;
    const isOwned = path !== undefined && names.has(pathKey(path));
    if (taken.has(name.toLowerCase()) || wanted.has(name) || isOwned) continue;
    // A variant is no key's own, and is there all the same.
    if (places.has(name)) continue;
    const required = hint.nullable === false || keys.includes(key) || keys.includes(name);
    wanted.set(name, {
      name,
      ...type,
      nullable: !required,
      variant: false,
      exactAsDouble: true,
      ...(path && { path }),
    });
  }
  return [...wanted.values()];
}
