import type { ColumnHint, Compat } from '../types.js';
import type { KeyMode } from './kernel.js';

/** Where a key is: the lists above its table's rows, and its raw keys in these. */
export interface KeyPlace {
  table: readonly (readonly string[])[];
  path: readonly string[];
  isElement: boolean;
}

/** Returns what is done with a key, where so many levels of nesting may be flattened. */
export function keyMode(
  hint: ColumnHint | undefined,
  nesting: number,
  place: KeyPlace,
  compat: Compat,
): KeyMode {
  if (hint?.exclude === true) return 'skip';
  if (hint?.dataType === 'json') return 'json';
  if (nesting <= levelsOf(place)) return 'json';
  // dlt prints numbers anew.
  return hint?.dataType === 'text' && compat === 'sluice' ? 'text' : 'flatten';
}

/**
 * Returns how many levels of nesting a key is below the rows of the root: each object takes one,
 * and the rows of a list start with one less than the row that owns it, however deep in objects the
 * list sits. A list in a list takes two, since dlt wraps it in an object (dlt's max_table_nesting).
 */
function levelsOf({ table, path, isElement }: KeyPlace): number {
  const inLists = table.filter((keys, level) => keys.length === 0 && level > 0).length;
  const wrapped = isElement && table.length > 0 ? 1 : 0;
  return table.length + inLists + wrapped + path.length - 1;
}
