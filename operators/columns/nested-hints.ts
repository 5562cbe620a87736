import { plainName } from '../schema/names.js';
import { normalizePath } from '../schema/naming.js';
import type { ColumnHint, DeclaredHints, NestedHints } from '../types.js';
import { type HintKeys, hintKeys } from './hint-keys.js';
import { listKeys } from './list-keys.js';
import type { WalkedTable } from './walk.js';

/** The hints of a table, and which raw keys of its rows they speak of. */
export interface HintedTable {
  hints: DeclaredHints;
  keys: HintKeys;
}

/** The hints of child tables. */
export interface NestedTables {
  /** Those of the table of a list; null where nothing is declared. */
  at(path: WalkedTable['path']): HintedTable | null;
  all: readonly (HintedTable & { name: string })[];
}

/**
 * Finds hints of child tables by their lists: a name is the raw keys from the root to the list,
 * joined by `__`, or what these normalize to. Of two such names for one table the first counts for
 * each of its columns.
 */
export function nestedTables(
  declared: Readonly<Record<string, NestedHints>>,
  below: DeclaredHints,
): NestedTables {
  const columns = new Map<string, { name: string; columns: Record<string, ColumnHint> }>();
  for (const [name, hints] of Object.entries(declared)) {
    const key = normalizePath(name);
    const before = columns.get(key);
    columns.set(key, {
      name: before?.name ?? name,
      columns: { ...hints.columns, ...before?.columns },
    });
  }
  const tables = new Map(
    [...columns].map(([key, { name, columns: own }]) => [
      key,
      { name, hints: { ...below, columns: own }, keys: hintKeys(own, []) },
    ]),
  );
  return {
    at: (path) =>
      tables.size === 0
        ? null
        : (tables.get(
            path
              .flatMap(listKeys)
              .map((key) => plainName([key]))
              .join('__'),
          ) ?? null),
    all: [...tables.values()],
  };
}
