import type { ColumnHint, DeclaredHints, FlatColumn, FlatTable, TableSchema } from '../types.js';
import { columnIndex } from './column-index.js';
import type { GrowingTable } from './growing-table.js';
import type { KnownTable } from './known-tables.js';
import type { Violation } from './missing-values.js';
import { pathKey, plainName } from './names.js';

/**
 * Finds the hint that speaks of a column of a page: the one that names its raw key, else the one
 * that names the column as the table has it.
 */
export function hintOf(hints: DeclaredHints, column: FlatColumn): ColumnHint | undefined {
  const name = hintName(hints, column);
  return name === null ? undefined : hints.columns[name];
}

function hintName({ columns }: DeclaredHints, { name, path, hint }: FlatColumn): string | null {
  if (hint !== null) return hint;
  if (!Object.hasOwn(columns, name)) return null;
  // A plain name in a hint may be about another key; a name with a hash is this column's.
  return path === null || (path.length > 0 && name !== plainName(path)) ? name : null;
}

/**
 * Finds the column of each hint, by the name that the hint was given. A hint stays with the column
 * that it spoke of first. Reports hints that come too late, where the column has another type
 * already.
 */
export function hintedColumns(
  known: KnownTable,
  { hints }: FlatTable,
  columns: readonly FlatColumn[],
  growing: GrowingTable,
): KnownTable['hinted'] {
  const fresh = columns.flatMap((column) => {
    const hint = hintName(hints, column);
    return hint === null || known.hinted.has(hint) ? [] : [{ hint, column }];
  });
  if (fresh.length === 0) return known.hinted;
  const hinted = new Map(known.hinted);
  const { places } = columnIndex(known.schema.columns);
  for (const { hint, column } of fresh.sort((a, b) => a.column.firstRow - b.column.firstRow)) {
    if (hinted.has(hint)) continue;
    hinted.set(hint, column.name);
    const place = places.get(column.name);
    const before = place === undefined ? undefined : known.schema.columns[place];
    const wanted = hints.columns[hint]?.dataType;
    if (before === undefined || wanted === undefined || wanted === before.dataType) continue;
    growing.report({
      kind: 'late-hint',
      column: column.name,
      dataType: before.dataType,
      message: `Column ${known.schema.name}.${column.name} is ${before.dataType} already: the hint that \`${hint}\` is ${wanted} comes too late, and the column stays as it is. Remove the hint, or load into a table without this column.`,
    });
  }
  return hinted;
}

/** The columns of the primary key, in the order of the keys that were given. */
export interface KeyColumns {
  /** The given name itself where no column is known for it. */
  names: readonly string[];
  violations: readonly Violation[];
}

/**
 * Finds the column that each key of the primary key owns.
 *
 * A violation: a key given by its column's name turns out to be the raw key of another column, when
 * rows have been identified by the first one.
 */
export function keyColumns(
  known: KnownTable,
  { hints: { primaryKey }, keys }: FlatTable,
  { name: table, columns }: TableSchema,
): KeyColumns {
  if (primaryKey.length === 0) return { names: [], violations: [] };
  const { names, spelt, places } = columnIndex(columns);
  const found = primaryKey.map((key, i) => spelt.get(key) ?? ownName(keys[i], names));
  const violations = primaryKey.flatMap((key, i): Violation[] => {
    const name = found[i];
    if (name === undefined) return keys[i] && places.has(key) ? [withoutValue(table, key)] : [];
    const before = known.keys.get(key);
    if (before === undefined || before === name) return [];
    return [
      {
        table,
        column: name,
        row: null,
        message: `Table ${table}: the primary key \`${key}\` was column ${before} until now, and a raw key \`${key}\` has come, whose column is ${name}. Give \`primaryKey\` the raw key of the column that is meant.`,
      },
    ];
  });
  return { names: found.map((name, i) => name ?? (primaryKey[i] as string)), violations };
}

/**
 * Returns the column that raw keys own. Rows that are scalars have no key; it is called `value`.
 */
function ownName(
  path: readonly string[] | null | undefined,
  names: ReadonlyMap<string, string>,
): string | undefined {
  if (!path) return undefined;
  return names.get(pathKey(path)) ?? (path.join() === 'value' ? names.get('[]') : undefined);
}

function withoutValue(table: string, key: string): Violation {
  return {
    table,
    column: key,
    row: null,
    message: `Table ${table}: the primary key \`${key}\` has no value in any row of the page, and the column ${key} belongs to another key. Correct \`primaryKey\`, or filter such rows out.`,
  };
}
