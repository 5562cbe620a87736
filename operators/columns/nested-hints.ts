import { ConfigError } from '../errors.js';
import { conventionOf } from '../schema/convention.js';
import { hintedKeys, keepsRootIds, tableHints } from '../schema/table-hints.js';
import type { Compat, DeclaredHints, NestedHints } from '../types.js';
import { type HintKeys, hintKeys } from './hint-keys.js';
import { listKeys } from './list-keys.js';
import type { WalkedTable } from './walk.js';

/** The hints of a table, and which raw keys of its rows they speak of. */
export interface HintedTable {
  hints: DeclaredHints;
  keys: HintKeys;
  /** The table has keys of its own, so its rows are root rows. */
  isRoot: boolean;
  /** The rows below have the ids of this table's rows as those of their roots. */
  keepsRootIds: boolean;
}

/** The hints of child tables. */
export interface NestedTables {
  /** Those of the table of a list; null where nothing is declared. */
  at: (path: WalkedTable['path']) => HintedTable | null;
  all: readonly (HintedTable & { name: string })[];
  /**
   * Takes note of the table of a list, or of the root table, which has rows, and of a key in them;
   * null for what is no key.
   */
  meet: (table: WalkedTable['path'], key: readonly string[] | null) => void;
  /** The names of lists that no key had, and the keys that there were (some of them, if many). */
  unmatched: () => { names: readonly string[]; keys: readonly string[] };
}

/** Keys that are remembered to say what was there in place of a list. */
const MOST_SEEN = 200;

/**
 * Finds hints of child tables by their lists: a name is the raw keys from the root to the list,
 * joined by the separator, or what these normalize to. Of two such names for one table the first
 * counts for each of its columns and options.
 *
 * Errors: ConfigError for a disposition of a table without keys of its own.
 */
export function nestedTables(
  declared: Readonly<Record<string, NestedHints>>,
  below: DeclaredHints,
  compat: Compat,
): NestedTables {
  const { separator, path: nameOf, plain, join } = conventionOf(below.naming);
  const given = new Map<string, { name: string; hints: NestedHints }>();
  for (const [name, hints] of Object.entries(declared)) {
    const key = nameOf(name);
    const before = given.get(key);
    given.set(key, {
      name: before?.name ?? name,
      hints: {
        ...hints,
        ...before?.hints,
        columns: { ...hints.columns, ...before?.hints.columns },
      },
    });
  }
  const tables = new Map(
    [...given].map(([key, { name, hints }]) => [
      key,
      { name, ...hintedTable(name, hints, below, compat) },
    ]),
  );
  const keyOf = (path: WalkedTable['path']): string =>
    join(...path.flatMap(listKeys).map((key) => plain([key])));
  const matched = new Set<string>();
  const seen = new Set<string>();
  return {
    at: (path) => (tables.size === 0 ? null : (tables.get(keyOf(path)) ?? null)),
    all: [...tables.values()],
    meet(table, key) {
      if (matched.size === tables.size) return;
      const paths = key === null ? [table] : [table, [...table, key]];
      for (const path of paths) if (tables.has(keyOf(path))) matched.add(keyOf(path));
      if (key !== null && seen.size < MOST_SEEN)
        seen.add([...table, key].flatMap(listKeys).join(separator));
    },
    unmatched: () => ({
      names: [...tables].flatMap(([key, { name }]) => (matched.has(key) ? [] : [name])),
      keys: [...seen],
    }),
  };
}

function hintedTable(
  name: string,
  { columns = {}, schemaContract, ...keys }: NestedHints,
  below: DeclaredHints,
  compat: Compat,
): HintedTable {
  const contract = schemaContract ?? below.schemaContract;
  const { naming } = below;
  const own = tableHints(below.resource, {
    ...keys,
    columns,
    ...(naming && { naming }),
    ...(contract !== undefined && { schemaContract: contract }),
  });
  const { primaryKey, mergeKey, writeDisposition } = keys;
  const isMarked = Object.values(columns).some((hint) => hint.primaryKey ?? hint.mergeKey);
  const isRoot = isMarked || [primaryKey ?? [], mergeKey ?? []].flat().length > 0;
  if (!isRoot && writeDisposition !== undefined)
    throw new ConfigError(
      `Resource ${below.resource}: \`nestedHints\` of \`${name}\` has a \`writeDisposition\`, and a child table is written as its root table is. Give it a \`primaryKey\` or \`mergeKey\` to make it a root table, or remove it.`,
    );
  const hints = isRoot
    ? own
    : {
        ...below,
        columns: own.columns,
        ...(contract !== undefined && { schemaContract: contract }),
      };
  return {
    hints,
    keys: hintKeys(hints.columns, isRoot ? hintedKeys(own) : [], naming, compat),
    isRoot,
    keepsRootIds: isRoot && keepsRootIds(own),
  };
}
