import type {
  ColumnHint,
  ColumnSchema,
  ColumnType,
  Compat,
  FlatColumn,
  FlatTable,
  Page,
  SchemaChange,
  ShapedColumn,
  TableHints,
} from '../types.js';
import { columnType, hintedType } from './column-type.js';
import { contractViolations } from './contract-violations.js';
import { allowedHints, lateHints, typeWithin } from './contracted-hints.js';
import { conventionOf } from './convention.js';
import { declaredColumns } from './declared-columns.js';
import { dltFailures } from './dlt/dlt-failures.js';
import { firstType } from './first-type.js';
import { fitColumns, type FittedColumn } from './fit-columns.js';
import { grow, learn, LOAD_ID, reportHalves, reportLossyKeys, reportNew } from './grow-table.js';
import { growingTable, type GrowingTable } from './growing-table.js';
import { hintedColumns, hintOf, keyColumns } from './hinted-columns.js';
import type { KnownTable } from './known-tables.js';
import { missingValues } from './missing-values.js';
import { nameColumns } from './name-columns.js';
import { planAgain, settle } from './plan-again.js';
import { SYSTEM_COLUMNS } from './system-columns.js';
import type { TableContract } from './table-contract.js';
import { requiredKeys, withColumnNames } from './table-hints.js';
import type { Violation } from './violation.js';

/** What the rows of one table in a page need of its schema, and where their values go. */
export interface TablePlan {
  /** What is known once the plan is accepted; the same object when nothing changes. */
  known: KnownTable;
  /** The hints of the rows; the primary key names columns, not raw keys. */
  hints: TableHints;
  columns: readonly ShapedColumn[];
  changes: readonly SchemaChange[];
  violations: readonly Violation[];
}

/**
 * Plans the rows of one table in a page. Pure. Columns are added in the order of the rows that need
 * them, so the result does not depend on how rows are cut into pages.
 *
 * @param contract what the page may change in the table; null for anything
 */
export function planTable(
  known: KnownTable,
  table: FlatTable,
  page: Page,
  compat: Compat,
  contract: TableContract | null = null,
): TablePlan {
  const again = contract === null && compat === 'sluice' ? planAgain(known, table) : null;
  if (again !== null) return { known, ...again, changes: [], violations: [] };
  const { hints } = table;
  const growing = growingTable(known.schema);
  const isNew = known.schema.columns.length === 0;
  const isDeclared = known.declared.includes(hints);
  if (isNew)
    growing.report({
      kind: 'new-table',
      column: null,
      dataType: null,
      message: `Table ${known.schema.name} is new.`,
    });
  const declared = allowedHints(
    known.schema,
    hints,
    isDeclared ? [] : declaredColumns(known.schema, hints, compat),
    contract,
  );
  if (!isDeclared)
    growing.add(declared.columns, isNew ? undefined : (column) => reportNew(growing, column));
  const columns = namedColumns(growing, table, compat);
  const columnOf = (column: FlatColumn, variant: boolean): ColumnSchema =>
    growing.column(column.name) ?? newColumn(column, table, variant, compat);
  const fitted = fitColumns(
    columns,
    (column, isVariant) => {
      const hint = hintOf(hints, column);
      const type = typeWithin(contract, hints, column, columnOf(column, isVariant));
      return { ...type, ...(hint && (hint.dataType ?? hint.timezone) !== undefined && { hint }) };
    },
    compat,
    hints.naming,
  );
  grow(growing, fitted, columnOf, {
    isNew,
    ...(table.isBefore && { isBefore: table.isBefore }),
  });
  if (growing.schema !== known.schema) reportHalves(growing, known.schema, table.path.flat());
  const reported = learn(growing, fitted, known.reported);
  const hinted = hintedColumns(known, table, columns, growing, compat);
  const keys = keyColumns(known, table, growing.schema);
  const columnOfKey = (key: string): string => keys.names.get(key) ?? key;
  if (reported !== known.reported && hints.writeDisposition !== 'append')
    reportLossyKeys(growing, fitted, hints.primaryKey.map(columnOfKey), known.reported);
  const required = [
    ...requiredKeys(hints).map(columnOfKey),
    ...Object.keys(hints.columns).flatMap((name) =>
      hints.columns[name]?.nullable === false ? [hinted.get(name) ?? name] : [],
    ),
  ];
  requireIn(growing, required, known);
  const shaped = fitted.flatMap(shapedColumn);
  const needed = notNull(growing, required);
  const violations = [
    ...declared.violations,
    ...keys.violations,
    ...sharedByCase(growing, known),
    ...dltFailures(fitted, known.schema.name, page),
    ...(contract === null
      ? []
      : [
          ...contractViolations({
            before: known.schema,
            table: { ...table, columns },
            fitted,
            contract,
            page,
          }),
          ...lateHints(growing.changes, contract),
        ]),
    ...missingValues(needed, { ...table, columns }, shaped, growing, page),
  ];
  const isSame =
    isDeclared &&
    growing.schema === known.schema &&
    hinted === known.hinted &&
    reported === known.reported &&
    [...keys.names].every(([key, name]) => known.keys.get(key) === name);
  const named = withColumnNames(hints, columnOfKey);
  if (isSame && contract === null && compat === 'sluice' && table.rows > 0)
    if (growing.changes.length === 0 && violations.length === 0)
      settle(known, table, fitted, needed, named);
  return {
    known: isSame
      ? known
      : {
          schema: growing.schema,
          hinted,
          reported,
          keys: new Map([...known.keys, ...keys.names]),
          declared: isDeclared ? known.declared : [...known.declared, hints],
          refused: known.refused,
        },
    hints: named,
    columns: shaped,
    changes: growing.changes,
    violations,
  };
}

/**
 * Returns the page's columns under their names, without those that a hint excludes by such a name.
 */
function namedColumns(
  growing: GrowingTable,
  table: FlatTable,
  compat: Compat,
): readonly FlatColumn[] {
  const { columns, hints } = table;
  const reserved = compat === 'dlt' ? [] : validityNames(table);
  const isDeclaredFor = ({ name, hint }: FlatColumn): boolean => {
    const there = growing.column(name);
    const dataType = hint === null ? undefined : hints.columns[hint]?.dataType;
    return hint !== name && there !== undefined && there.dataType === dataType;
  };
  const { fit } = conventionOf(hints.naming);
  const named = nameColumns(growing.schema, columns, isDeclaredFor, reserved, fit);
  for (const { table: _, ...collision } of named.collisions) growing.report(collision);
  return named.columns.filter((column) => hintOf(hints, column)?.exclude !== true);
}

/** The columns that the load fills by itself: a value of the rows would be lost in them. */
function validityNames({ hints, parentRow }: FlatTable): string[] {
  const { scd2 = null } = hints.merge ?? {};
  return scd2 === null || parentRow !== null ? [] : [scd2.validFrom, scd2.validTo];
}

function newColumn(
  column: FlatColumn,
  table: FlatTable,
  variant: boolean,
  compat: Compat,
): ColumnSchema {
  const { name, path, system } = column;
  const isValidity = compat === 'dlt' && validityNames(table).includes(name);
  return {
    name,
    ...(isValidity
      ? { dataType: 'timestamp' }
      : newType(column, hintOf(table.hints, column) ?? {}, variant, compat)),
    // dlt makes them NOT NULL by their names, whoever fills them.
    nullable: !system && !(compat === 'dlt' && SYSTEM_COLUMNS.includes(name)),
    variant,
    exactAsDouble: true,
    ...(path && { path }),
  };
}

/** A hint without a type refines the one that the values give. */
function newType(
  column: FlatColumn,
  hint: ColumnHint,
  isVariant: boolean,
  compat: Compat,
): ColumnType {
  const declared = hintedType(hint, compat);
  if (declared !== undefined) return declared;
  const first = firstType(column, isVariant, compat);
  const { dataType, precision } = first;
  const isRefined =
    dataType === 'timestamp'
      ? hint.timezone === false || hint.precision !== undefined
      : precision === undefined;
  return isRefined ? (hintedType({ ...hint, dataType }, compat) ?? first) : first;
}

/** Columns that the page adds and that must have values are not null from the start. */
function requireIn(growing: GrowingTable, names: readonly string[], known: KnownTable): void {
  if (growing.schema.columns === known.schema.columns) return;
  const before = new Set(known.schema.columns.map(({ name }) => name));
  growing.replace(
    [...new Set(names)].flatMap((name) => {
      const column = growing.column(name);
      return column?.nullable === true && !before.has(name) ? [{ ...column, nullable: false }] : [];
    }),
  );
}

/** Names of which a database keeps only one: new ones beside others that differ only in case. */
function sharedByCase({ schema }: GrowingTable, { schema: before }: KnownTable): Violation[] {
  if (schema.columns === before.columns) return [];
  const names = new Map<string, string>();
  return schema.columns.flatMap(({ name: column }, place): Violation[] => {
    const other = names.get(column.toLowerCase());
    names.set(column.toLowerCase(), other ?? column);
    return other === undefined || place < before.columns.length
      ? []
      : [
          {
            table: schema.name,
            column,
            row: null,
            message: `Table ${schema.name}: column ${column} would stand beside column ${other}, and databases do not tell names apart that differ only in case. Rename one of the keys in a processing step, or use naming snake_case.`,
          },
        ];
  });
}

function notNull({ schema }: GrowingTable, required: readonly string[]): Set<string> {
  const stored = schema.columns.filter(({ name, nullable }) => !nullable && name !== LOAD_ID.name);
  return new Set([...required, ...stored.map(({ name }) => name)]);
}

function shapedColumn({ column, fitted: { base, type } }: FittedColumn): ShapedColumn[] {
  if (base === null) return [];
  const { rows, nulls, validity, offsets, data } = base;
  return [{ name: column.name, ...columnType(type), rows, nulls, validity, offsets, data }];
}
