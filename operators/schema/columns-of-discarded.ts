import { dropValues } from '../columns/drop-values.js';
import { dropRows, pathsKey } from '../columns/take-rows.js';
import type { Flat, FlatColumn, FlatTable, SchemaChange, SchemaContract } from '../types.js';
import type { KnownTable, KnownTables } from './known-tables.js';
import { planPage } from './plan-page.js';
import { tableId } from './table-names.js';
import type { Violation } from './violation.js';

/** What a page has besides what a contract leaves out. */
export interface DiscardedRows {
  /** What is not allowed, and leaves rows or values out. */
  exclusions: readonly Violation[];
  /** Why a row is left out; undefined for one that stays. */
  reasonOf: (list: FlatTable['path'], row: number) => { isBelow: boolean } | undefined;
  /** Which columns the table of a list has is not known yet. */
  isOpen: (list: FlatTable['path']) => boolean;
}

/**
 * Adds the columns that discarded rows bring and that their contract allows: a row with a new
 * column, which is refused, and a value of another type, whose variant is not, adds the variant. A
 * row with a column for which a row was discarded before adds nothing. Pure; null where no row of
 * the page adds a column.
 *
 * Source of the rule: dlt 1.31, `JsonLItemsNormalizer._normalize_chunk`.
 */
export function columnsOfDiscarded(
  known: KnownTables,
  flat: Flat,
  ofRun: SchemaContract | undefined,
  discarded: DiscardedRows,
): { known: KnownTables; changes: readonly SchemaChange[] } | null {
  const root = (flat.tables[0] as FlatTable).name;
  const reading = flat.tables.map((table) => readRows(table, known, root, discarded));
  if (reading.every(({ rows }) => rows.size === 0)) return null;
  const isRead = new Map(reading.map(({ table, rows }) => [pathsKey(table.path), rows]));
  const tables = flat.tables.map((table) => allowedValues(table, discarded.exclusions));
  const page = dropRows(
    { ...flat, tables },
    ({ path }, row) =>
      discarded.isOpen(path) ||
      (discarded.reasonOf(path, row) !== undefined &&
        isRead.get(pathsKey(path))?.has(row) !== true),
  );
  const plan = planPage(known, page, ofRun, true);
  const refused = new Map(
    reading.map((one) => [tableId(root, one.table, known.compat), one.refused]),
  );
  const after = [...plan.known.tables].map(([id, table]): [string, KnownTable] => {
    const before = known.tables.get(id);
    const names = refused.get(id) ?? table.refused;
    return [id, before === undefined ? { ...table, refused: names } : grown(before, table, names)];
  });
  return {
    known: { ...known, tables: new Map(after) },
    changes: plan.changes.filter(({ kind }) => kind !== 'widened'),
  };
}

interface Reading {
  table: FlatTable;
  /** Rows that are discarded, and whose other values count all the same. */
  rows: ReadonlySet<number>;
  /** Columns for which rows have been discarded, this page's among them. */
  refused: ReadonlySet<string>;
}

function readRows(
  table: FlatTable,
  { tables, compat }: KnownTables,
  root: string,
  { exclusions, reasonOf }: DiscardedRows,
): Reading {
  const refused = new Set(tables.get(tableId(root, table, compat))?.refused);
  const byRow = new Map<number, string[]>();
  for (const { column, breach } of exclusions)
    if (breach?.list === table.path && breach.mode === 'discard_row' && breach.entity !== 'tables')
      for (const row of breach.rows)
        byRow.set(row, [
          ...(byRow.get(row) ?? []),
          ...(breach.entity === 'columns' && column !== null ? [column] : []),
        ]);
  const rows = [...byRow].sort(([a], [b]) => a - b);
  const read = rows.filter(([row, columns]) => {
    if (reasonOf(table.path, row)?.isBelow !== false || columns.some((name) => refused.has(name)))
      return false;
    for (const name of columns) refused.add(name);
    return true;
  });
  return { table, rows: new Set(read.map(([row]) => row)), refused };
}

function allowedValues(table: FlatTable, exclusions: readonly Violation[]): FlatTable {
  return exclusions
    .filter(({ breach }) => breach?.list === table.path && breach.column !== null)
    .reduce(
      (rest, { breach }) => dropValues(rest, breach?.column as FlatColumn, breach?.rows ?? []),
      table,
    );
}

/** A table with the columns that were added to it; its own stay as they were. */
function grown(before: KnownTable, after: KnownTable, refused: ReadonlySet<string>): KnownTable {
  const { columns } = before.schema;
  const added = after.schema.columns.slice(columns.length);
  return {
    ...before,
    refused,
    ...(added.length > 0 && { schema: { ...before.schema, columns: [...columns, ...added] } }),
  };
}
