import type { ColumnSchema, FlatColumn, IsBefore, TableSchema } from '../types.js';
import type { FittedColumn } from './fit-columns.js';
import type { GrowingTable } from './growing-table.js';
import type { KnownTable } from './known-tables.js';
import { firstValue, lossMessage } from './value-messages.js';

/** Filled by the loader; in the schema of root tables, never in a batch. */
export const LOAD_ID: ColumnSchema = {
  name: '_dlt_load_id',
  dataType: 'text',
  nullable: false,
  variant: false,
  exactAsDouble: true,
};

/**
 * Adds columns and variants in the order of the rows that need them, those of one row as its values
 * are written. Sluice's own stand behind those of a new table's first row; the columns that such a
 * table begins with are no change of their own.
 */
export function grow(
  growing: GrowingTable,
  fitted: readonly FittedColumn[],
  columnOf: (column: FlatColumn, variant: boolean) => ColumnSchema,
  { isNew, isBefore = () => false }: { isNew: boolean; isBefore?: IsBefore },
): void {
  const fresh = fitted
    .filter(({ column }) => !column.system && growing.column(column.name) === undefined)
    .sort(byPlace);
  const system = fitted.map(({ column }) => column).filter((column) => column.system);
  for (const one of fresh) if (one.column.firstRow === 0) add(one);
  // A list's table that is a root table knows the rows above it.
  addSystem(system.filter(({ name }) => name === '_dlt_root_id'));
  if (growing.schema.parent === null) growing.add([LOAD_ID]);
  addSystem(system);
  for (const one of fresh) if (one.column.firstRow > 0) add(one);

  function addSystem(columns: readonly FlatColumn[]): void {
    growing.add(
      columns.map((column) => columnOf(column, false)),
      (added) => {
        if (!isNew) reportNew(growing, added);
      },
    );
  }
  function add({ column, variantOf }: FittedColumn): void {
    growing.add([columnOf(column, variantOf !== null)], (added) => {
      if (variantOf !== null) reportVariant(growing, added, variantOf, firstValue(column));
      else if (!isNew || column.firstRow > 0) reportNew(growing, added);
    });
  }
  function byPlace(a: FittedColumn, b: FittedColumn): number {
    const row = a.column.firstRow;
    if (row !== b.column.firstRow || (a.variantOf === null && b.variantOf === null))
      return row - b.column.firstRow;
    return a.sentAs.name === b.sentAs.name ? 0 : isBefore(row, a.sentAs, b.sentAs) ? -1 : 1;
  }
}

function reportVariant(
  growing: GrowingTable,
  { name, dataType }: ColumnSchema,
  of: string,
  first: string,
): void {
  growing.report({
    kind: 'variant',
    column: name,
    dataType,
    message: `Values of ${growing.schema.name}.${of} that do not fit its type go to ${name} (${dataType}). The first is ${first}.`,
  });
}

/**
 * Keeps what the values show of their columns: a wider type, integers beyond 2^53, the raw key.
 * Reports the first value of a column that is stored otherwise than it was sent; gives what has
 * been reported.
 */
export function learn(
  growing: GrowingTable,
  fitted: readonly FittedColumn[],
  reported: KnownTable['reported'],
): KnownTable['reported'] {
  const changed: ColumnSchema[] = [];
  const fresh = new Set<string>();
  for (const { column, fitted: fit } of fitted) {
    const before = growing.column(column.name) as ColumnSchema;
    for (const loss of fit.losses) {
      const key = `${loss.kind} ${column.name}`;
      if (reported.has(key) || fresh.has(key)) continue;
      fresh.add(key);
      growing.report({
        kind: loss.kind,
        column: column.name,
        dataType: before.dataType,
        message: lossMessage(growing.schema.name, column.name, loss),
      });
    }
    const { dataType, precision, exactAsDouble } = fit.type;
    const isSame = before.dataType === dataType && before.precision === precision;
    const path = before.path ?? column.path ?? undefined;
    if (isSame && before.exactAsDouble === exactAsDouble && before.path === path) continue;
    changed.push({
      ...before,
      dataType,
      ...(precision !== undefined && { precision }),
      exactAsDouble,
      ...(path && { path }),
    });
    if (!isSame)
      growing.report({
        kind: 'widened',
        column: column.name,
        dataType,
        message: `Column ${growing.schema.name}.${column.name} is widened from ${before.dataType} to ${precision === undefined ? dataType : `integers of ${precision} bits`}.`,
      });
  }
  growing.replace(changed);
  return fresh.size === 0 ? reported : new Set([...reported, ...fresh]);
}

/**
 * Reports once a column that its primary key's values are stored otherwise than they were sent:
 * rows that differ in what is lost alone have one key, and the last of them counts.
 */
export function reportLossyKeys(
  growing: GrowingTable,
  fitted: readonly FittedColumn[],
  keys: readonly string[],
  reported: KnownTable['reported'],
): void {
  for (const { column, fitted: fit } of fitted)
    for (const { kind } of keys.includes(column.name) ? fit.losses : [])
      if (!reported.has(`${kind} ${column.name}`))
        growing.report({
          kind,
          column: column.name,
          dataType: fit.type.dataType,
          message: `Column ${growing.schema.name}.${column.name} is in the primary key: rows whose keys differ only in what is not stored count as one row, and the last one stays. Declare the column's \`dataType\` as "text" to keep them apart.`,
        });
}

/** The escape that half a surrogate pair has in a key. */
const HALF = /\\ud[89a-f][0-9a-f]{2}/;

/** Reports what a page adds under a key with half a surrogate pair, by whose escape it is named. */
export function reportHalves(
  growing: GrowingTable,
  { columns }: TableSchema,
  path: readonly string[],
): void {
  const { schema } = growing;
  const report = (raw: readonly string[], column: string | null): void => {
    if (!HALF.test(raw.join('.'))) return;
    const what = column === null ? `table ${schema.name}` : `column ${schema.name}.${column}`;
    growing.report({
      kind: 'replaced',
      column,
      dataType: null,
      message: `The key of ${what} has half a surrogate pair, which a database cannot store: its escape is in its place, and another key that is written like the escape itself is the same one.`,
    });
  };
  if (columns.length === 0) report(path, null);
  for (const { name, path: raw } of schema.columns.slice(columns.length))
    if (raw !== undefined) report(raw, name);
}

/** Reports a column that is added to a table that is there. */
export function reportNew(growing: GrowingTable, { name, dataType }: ColumnSchema): void {
  growing.report({
    kind: 'new-column',
    column: name,
    dataType,
    message: `Table ${growing.schema.name} has a new column ${name} (${dataType}).`,
  });
}
