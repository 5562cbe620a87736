import { placeOf } from '../settings/with-place.js';
import type { ContractMode, FlatColumn, FlatTable, Page, TableSchema } from '../types.js';
import { columnIndex } from './column-index.js';
import type { FittedColumn } from './fit-columns.js';
import { hintOf } from './hinted-columns.js';
import { isValid } from './lane-value.js';
import type { TableContract } from './table-contract.js';
import { valueIn } from './value-messages.js';
import type { Breach, Violation } from './violation.js';

/** The rows of one table in a page, and what they would do to its schema. */
export interface ContractedRows {
  /** The schema before the page. */
  before: TableSchema;
  /** The table of the page, its columns under the names that they have in the table. */
  table: FlatTable;
  fitted: readonly FittedColumn[];
  contract: TableContract;
  page: Page;
}

/**
 * Finds what a page would change in the schema of a table although its contract does not let it:
 * the table itself, columns, variants of columns. Names that begin with `_dlt` are always allowed.
 *
 * Source of the rules: dlt's `Schema.apply_schema_contract`. Columns of a resource's new table are
 * allowed as long as it loads, those of a new child table in its first row.
 */
export function contractViolations(rows: ContractedRows): Violation[] {
  const { before, table, contract } = rows;
  if (before.name.startsWith('_dlt')) return [];
  const isNew = before.columns.length === 0;
  if (isNew && contract.tables !== 'evolve')
    return [violation(rows, contract.tables, { entity: 'tables', column: null, name: null })];
  const { places } = columnIndex(before.columns);
  const isAllowed = ({ name, system, firstRow }: FlatColumn): boolean =>
    system ||
    name.startsWith('_dlt') ||
    places.has(name) ||
    (before.parent === null ? !contract.isOld : isNew && firstRow === 0);
  const added = table.columns.flatMap((column): Violation[] => {
    const mode = contract.columns(hintOf(table.hints, column));
    if (mode === 'evolve' || isAllowed(column)) return [];
    return [violation(rows, mode, { entity: 'columns', column, name: column.name })];
  });
  const refused = new Set(added.map(({ column }) => column));
  const misfits = variants(rows, (name) => places.has(name)).filter(
    ({ breach }) => !refused.has(breach?.column?.name ?? null),
  );
  return [...added, ...misfits].sort((a, b) => (a.row ?? 0) - (b.row ?? 0));
}

/** Finds the variants that are new, and the columns whose values would make them. */
function variants(rows: ContractedRows, isThere: (name: string) => boolean): Violation[] {
  const { fitted, table, contract } = rows;
  const byName = new Map(fitted.map((one) => [one.column.name, one]));
  return fitted.flatMap(({ column, variantOf }): Violation[] => {
    if (variantOf === null || isThere(column.name)) return [];
    let base = byName.get(variantOf);
    while (base !== undefined && base.variantOf !== null) base = byName.get(base.variantOf);
    if (base === undefined) return [];
    const mode = contract.dataType(hintOf(table.hints, base.column));
    if (mode === 'evolve') return [];
    return [
      violation(
        rows,
        mode,
        { entity: 'dataType', column: base.column, name: column.name },
        rowsOf(column, table.rows),
      ),
    ];
  });
}

/** What is not allowed: the column of the page that it is about, and the name that would be new. */
interface NotAllowed {
  entity: Breach['entity'];
  column: FlatColumn | null;
  name: string | null;
}

function violation(
  { before, table, page }: ContractedRows,
  mode: Exclude<ContractMode, 'evolve'>,
  { entity, column, name }: NotAllowed,
  rows: readonly number[] = rowsOf(column, table.rows),
): Violation {
  const row = rows[0] ?? 0;
  const { resource, parent, index } = page;
  const what = {
    tables: `table ${before.name} is new`,
    columns: `column ${before.name}.${name} is new`,
    dataType: `a value does not fit column ${before.name}.${column?.name} and would make the column ${name}`,
  }[entity];
  const value = column === null ? '' : ` has ${valueIn(column, row)}`;
  const verdict =
    mode === 'freeze'
      ? `is refused by \`schemaContract\` (${entity}: freeze)`
      : `is left out by \`schemaContract\` (${entity}: ${mode})`;
  const advice = {
    tables:
      before.parent === null
        ? 'Allow the table with `tables: "evolve"`, in its first run at least.'
        : 'Allow the table with `tables: "evolve"`, or keep the list as JSON with `dataType: "json"`.',
    columns: 'Allow the column with `columns: "evolve"`, or exclude it by a hint.',
    dataType: 'Allow the variant with `dataType: "evolve"`, or correct the value at its source.',
  }[entity];
  return {
    table: before.name,
    column: name,
    row,
    message: `${placeOf(resource, parent, index)}: ${what}, which ${verdict}. Row ${row + 1} of the page${value}. ${advice}`,
    breach: { entity, mode, list: table.path, column, rows },
  };
}

/** Returns the rows in which a column has a value; all rows for none. */
function rowsOf(column: FlatColumn | null, rows: number): number[] {
  const all = Array.from({ length: rows }, (_, row) => row);
  return column === null
    ? all
    : all.filter((row) => column.lanes.some(({ validity }) => isValid(validity, row)));
}
