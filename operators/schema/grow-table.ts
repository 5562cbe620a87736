import type { ColumnSchema, FlatColumn } from '../types.js';
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
 * Declared columns are there already; the first row's come next, then sluice's own; later rows'
 * columns come behind. The columns that a new table begins with are no change of their own.
 */
export function begin(
  growing: GrowingTable,
  columns: readonly FlatColumn[],
  columnOf: (column: FlatColumn) => ColumnSchema,
): void {
  const first = columns.filter(({ system, firstRow }) => !system && firstRow === 0);
  growing.add(first.map((column) => columnOf(column)));
  // A list's table that is a root table knows the rows above it.
  const isAbove = ({ name }: FlatColumn): boolean => name === '_dlt_root_id';
  growing.add(
    columns.filter((column) => column.system && isAbove(column)).map((column) => columnOf(column)),
  );
  if (growing.schema.parent === null) growing.add([LOAD_ID]);
  growing.add(columns.filter(({ system }) => system).map((column) => columnOf(column)));
}

/**
 * Adds columns and variants in the order of the rows that need them, columns before variants in one
 * row.
 */
export function grow(
  growing: GrowingTable,
  fitted: readonly FittedColumn[],
  columnOf: (column: FlatColumn, variant: boolean) => ColumnSchema,
): void {
  const fresh = fitted.filter(({ column }) => growing.column(column.name) === undefined);
  for (const { column, variantOf } of fresh.sort((a, b) => a.column.firstRow - b.column.firstRow))
    growing.add([columnOf(column, variantOf !== null)], (added) => {
      if (variantOf === null) return reportNew(growing, added);
      const { name, dataType } = added;
      growing.report({
        kind: 'variant',
        column: name,
        dataType,
        message: `Values of ${growing.schema.name}.${variantOf} that do not fit its type go to ${name} (${dataType}). The first is ${firstValue(column)}.`,
      });
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

/** Reports a column that is added to a table that is there. */
export function reportNew(growing: GrowingTable, { name, dataType }: ColumnSchema): void {
  growing.report({
    kind: 'new-column',
    column: name,
    dataType,
    message: `Table ${growing.schema.name} has a new column ${name} (${dataType}).`,
  });
}
