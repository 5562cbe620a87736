import type {
  ColumnHint,
  ColumnType,
  Compat,
  DeclaredHints,
  FlatColumn,
  FlatTable,
  TableSchema,
} from '../types.js';
import { columnIndex } from './column-index.js';
import { hintedType, isSameType, typeText } from './column-type.js';
import { conventionOf } from './convention.js';
import { REFINED_BY } from './data-types.js';
import type { GrowingTable } from './growing-table.js';
import type { KnownTable } from './known-tables.js';
import { pathKey } from './names.js';
import { hintedKeys } from './table-hints.js';
import type { Violation } from './violation.js';

/**
 * Finds the hint that speaks of a column of a page: the one that names its raw key, else the one
 * that names the column as the table has it.
 */
export function hintOf(hints: DeclaredHints, column: FlatColumn): ColumnHint | undefined {
  const name = hintName(hints, column);
  return name === null ? undefined : hints.columns[name];
}

function hintName(
  { columns, naming }: DeclaredHints,
  { name, path, hint }: FlatColumn,
): string | null {
  if (hint !== null) return hint;
  if (!Object.hasOwn(columns, name)) return null;
  // A plain name in a hint may be about another key; a name with a hash is this column's.
  return path === null || (path.length > 0 && name !== conventionOf(naming).plain(path))
    ? name
    : null;
}

/**
 * Finds the column of each hint, by the name that the hint was given. A hint stays with the column
 * that it spoke of first. Reports hints that come too late, where the column has another type
 * already, and those that refine a type that it has not.
 */
export function hintedColumns(
  known: KnownTable,
  { hints }: FlatTable,
  columns: readonly FlatColumn[],
  growing: GrowingTable,
  compat: Compat,
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
    const given = hints.columns[hint] ?? {};
    const now = growing.column(column.name);
    for (const option of now === undefined ? [] : idleOptions(given, now))
      growing.report({
        kind: 'idle-hint',
        column: column.name,
        dataType: now?.dataType ?? null,
        message: `\`${option}\` of column ${known.schema.name}.${column.name} does nothing: the column is ${now?.dataType}, and \`${option}\` is for ${REFINED_BY[option].join(', ')}. Give \`dataType\` as well, or remove it.`,
      });
    const wanted = hintedType(given, compat);
    if (before === undefined || wanted === undefined || isHeldBy(before, wanted)) continue;
    growing.report({
      kind: 'late-hint',
      column: column.name,
      dataType: before.dataType,
      message: `Column ${known.schema.name}.${column.name} is ${typeText(before)} already: the hint that \`${hint}\` is ${typeText(wanted)} comes too late, and the column stays as it is. Remove the hint, or load into a table without this column.`,
    });
  }
  return hinted;
}

/** What a hint without a type says of one, and a column of this type has not. */
function idleOptions(hint: ColumnHint, { dataType }: ColumnType): ('precision' | 'timezone')[] {
  return hint.dataType !== undefined
    ? []
    : (['precision', 'timezone'] as const).filter(
        (option) => hint[option] !== undefined && !REFINED_BY[option].includes(dataType),
      );
}

/** Integers may have widened since a hint declared them. */
function isHeldBy(column: ColumnType, wanted: ColumnType): boolean {
  const areIntegers = column.dataType === 'bigint' && wanted.dataType === 'bigint';
  return areIntegers || isSameType(column, wanted);
}

/** The columns of a table's keys. */
export interface KeyColumns {
  /** By the key as it was given, which is the name itself where no column is known for it. */
  names: ReadonlyMap<string, string>;
  violations: readonly Violation[];
}

/**
 * Finds the column that each of the hints' keys owns.
 *
 * A violation: a key given by its column's name turns out to be the raw key of another column, when
 * rows have been identified by the first one.
 */
export function keyColumns(
  known: KnownTable,
  { hints, keys }: FlatTable,
  { name: table, columns }: TableSchema,
): KeyColumns {
  const given = hintedKeys(hints);
  if (given.length === 0) return { names: new Map(), violations: [] };
  const { names, spelt, places } = columnIndex(columns);
  const bySpelling = spelt(conventionOf(hints.naming).separator);
  const found = given.map((key, i) => bySpelling.get(key) ?? ownName(keys[i], names));
  const violations = given.flatMap((key, i): Violation[] => {
    const name = found[i];
    const what = hints.primaryKey.includes(key) ? 'primary key' : 'key';
    if (name === undefined)
      return keys[i] && places.has(key) ? [withoutValue(table, what, key)] : [];
    const before = known.keys.get(key);
    if (before === undefined || before === name) return [];
    return [
      {
        table,
        column: name,
        row: null,
        message: `Table ${table}: the ${what} \`${key}\` was column ${before} until now, and a raw key \`${key}\` has come, whose column is ${name}. Name the raw key of the column that is meant.`,
      },
    ];
  });
  return { names: new Map(given.map((key, i) => [key, found[i] ?? key])), violations };
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

function withoutValue(table: string, what: string, key: string): Violation {
  return {
    table,
    column: key,
    row: null,
    message: `Table ${table}: the ${what} \`${key}\` has no value in any row of the page, and the column ${key} belongs to another key. Name the key as the rows have it, or filter such rows out.`,
  };
}
