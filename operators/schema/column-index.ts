import type { ColumnSchema } from '../types.js';
import { pathKey } from './names.js';
import { ROW_NUMBER, SYSTEM_COLUMNS } from './system-columns.js';

/** An index of the columns of a table. */
export interface ColumnIndex {
  /** Places of columns by name. */
  places: ReadonlyMap<string, number>;
  /** Names of columns by the raw keys that own them, as `pathKey` writes them. */
  names: ReadonlyMap<string, string>;
  /** Names of columns by the raw keys that own them, joined by a separator as hints are written. */
  spelt: (separator: string) => ReadonlyMap<string, string>;
  /** Names that no other key may have, in lower case. */
  taken: ReadonlySet<string>;
}

const known = new WeakMap<readonly ColumnSchema[], ColumnIndex>();

/**
 * Returns the index of a table's columns. It follows from the columns alone, and is kept as long as
 * they are: most pages change none.
 */
export function columnIndex(columns: readonly ColumnSchema[]): ColumnIndex {
  const made = known.get(columns) ?? index(columns);
  known.set(columns, made);
  return made;
}

function index(columns: readonly ColumnSchema[]): ColumnIndex {
  const owned = columns.flatMap(({ name, path }) => (path === undefined ? [] : [{ name, path }]));
  const spelt = new Map<string, ReadonlyMap<string, string>>();
  return {
    places: new Map(columns.map(({ name }, place) => [name, place])),
    names: new Map(owned.map(({ name, path }) => [pathKey(path), name])),
    // Of two with one spelling the first counts, as when they are named.
    spelt(separator) {
      const made =
        spelt.get(separator) ??
        new Map(owned.map(({ name, path }) => [path.join(separator), name] as const).reverse());
      spelt.set(separator, made);
      return made;
    },
    taken: new Set([...SYSTEM_COLUMNS, ROW_NUMBER, ...owned.map(({ name }) => name.toLowerCase())]),
  };
}
