import type {
  ColumnSchema,
  FlatColumn,
  FlatTable,
  Page,
  SchemaChange,
  ShapedColumn,
  TableSchema,
} from '../types.js';
import { TYPE_OF } from './coerce.js';
import { columnNames } from './column-names.js';
import type { Loss } from './fit-column.js';
import { fitColumns, type FittedColumn } from './fit-columns.js';
import { isValid, laneReader } from './lane-value.js';
import { requireValues } from './require-values.js';

/** The schema of one table as it grows page by page. */
export interface TableEvolution {
  readonly schema: TableSchema;
  /**
   * The page's columns fitted to the schema, which grows and widens as they need it.
   *
   * Errors: SchemaError for a null in, or the absence of, a column that must not be null.
   */
  fit(table: FlatTable, page: Page): { columns: ShapedColumn[]; changes: SchemaChange[] };
}

const LOAD_ID: ColumnSchema = {
  name: '_dlt_load_id',
  dataType: 'text',
  nullable: false,
  variant: false,
  exact: true,
};

/** Starts from the schema that the table has, or from nothing. */
export function tableEvolution(
  {
    name: table,
    parent,
    path: lists,
    hints,
  }: Pick<FlatTable, 'name' | 'parent' | 'path' | 'hints'>,
  existing: TableSchema | undefined,
): TableEvolution {
  const path = lists.at(-1);
  let schema: TableSchema = {
    name: table,
    parent,
    ...(path && { path }),
    columns: existing?.columns ?? [],
  };
  const names = columnNames(table, schema.columns);
  const places = new Map(schema.columns.map(({ name }, place) => [name, place]));
  const required = new Set([
    ...hints.primaryKey,
    ...Object.keys(hints.columns).filter((name) => hints.columns[name]?.nullable === false),
  ]);
  const reported = new Set<string>();
  let begun = false;
  let changes: SchemaChange[] = [];

  function columnNamed(name: string): ColumnSchema | undefined {
    const place = places.get(name);
    return place === undefined ? undefined : schema.columns[place];
  }
  /** The column as it is, or as it would begin. */
  function columnOf({ name, path, system, lanes }: FlatColumn, variant = false): ColumnSchema {
    const kind = (lanes[0] as FlatColumn['lanes'][number]).kind;
    const dataType = hints.columns[name]?.dataType ?? TYPE_OF[kind];
    return (
      columnNamed(name) ?? {
        name,
        dataType,
        nullable: !(system || required.has(name)),
        variant,
        exact: true,
        ...(path && { path }),
      }
    );
  }
  function change(
    kind: SchemaChange['kind'],
    { name, dataType }: ColumnSchema,
    message: string,
  ): void {
    changes.push({ kind, table, column: name, dataType, message });
  }

  /**
   * Whatever is new in the table comes through here. Columns that a new table begins with are no
   * change of their own.
   */
  function admit(added: readonly ColumnSchema[], tell: (column: ColumnSchema) => void): void {
    const fresh = added.filter(({ name }) => !places.has(name));
    for (const [i, { name }] of fresh.entries()) places.set(name, schema.columns.length + i);
    if (fresh.length > 0) schema = { ...schema, columns: [...schema.columns, ...fresh] };
    for (const column of fresh) tell(column);
  }
  function tellNew(column: ColumnSchema): void {
    change(
      'new-column',
      column,
      `Table ${table} has a new column ${column.name} (${column.dataType}).`,
    );
  }

  /**
   * Declared columns, the first row's, sluice's own; later rows' columns come behind. So it does
   * not matter how rows are cut into pages.
   */
  function begin(columns: readonly FlatColumn[]): void {
    const isNew = schema.columns.length === 0;
    const declared = Object.entries(hints.columns).flatMap(
      ([name, { dataType, exclude }]): ColumnSchema[] =>
        dataType === undefined || exclude === true
          ? []
          : [{ name, dataType, nullable: !required.has(name), variant: false, exact: true }],
    );
    if (isNew)
      changes.push({
        kind: 'new-table',
        table,
        column: null,
        dataType: null,
        message: `Table ${table} is new.`,
      });
    if (!isNew) return admit(declared, tellNew);
    const first = columns
      .filter(({ system, firstRow }) => !system && firstRow === 0)
      .map((column) => columnOf(column));
    const own = columns.filter(({ system }) => system).map((column) => columnOf(column));
    for (const part of [declared, first, parent === null ? [LOAD_ID] : [], own])
      admit(part, () => undefined);
  }

  /**
   * Adds columns and variants in the order of the rows that need them, columns before variants in
   * one row.
   */
  function grow(fitted: readonly FittedColumn[]): void {
    const byRow = [...fitted].sort((a, b) => a.column.firstRow - b.column.firstRow);
    for (const { column, variantOf } of byRow) {
      if (places.has(column.name)) continue;
      admit([columnOf(column, variantOf !== null)], (added) => {
        if (variantOf === null) tellNew(added);
        else
          change(
            'variant',
            added,
            `Values of ${table}.${variantOf} that do not fit its type go to ${added.name} (${added.dataType}). The first is ${firstValue(column)}.`,
          );
      });
    }
  }

  function learn(fitted: readonly FittedColumn[]): void {
    const columns = [...schema.columns];
    for (const { column, fitted: fit } of fitted) {
      const place = places.get(column.name) as number;
      const before = columns[place] as ColumnSchema;
      for (const loss of fit.losses) {
        const key = `${loss.kind} ${column.name}`;
        if (!reported.has(key)) change(loss.kind, before, lossMessage(table, column.name, loss));
        reported.add(key);
      }
      const { dataType, exact } = fit.type;
      const path = before.path ?? column.path ?? undefined;
      if (before.dataType === dataType && before.exact === exact && before.path === path) continue;
      const after = { ...before, dataType, exact, ...(path && { path }) };
      columns[place] = after;
      schema = { ...schema, columns };
      if (before.dataType !== dataType)
        change(
          'widened',
          after,
          `Column ${table}.${column.name} is widened from ${before.dataType} to ${dataType}.`,
        );
    }
  }

  return {
    get schema() {
      return schema;
    },
    fit(table, page) {
      const { columns: named, collisions } = names.name(table.columns);
      const flat = { ...table, columns: named };
      changes = collisions;
      if (!begun) begin(flat.columns);
      begun = true;
      const fitted = fitColumns(flat.columns, (column) => columnOf(column));
      grow(fitted);
      learn(fitted);
      const columns = fitted.flatMap(shaped);
      const stored = schema.columns
        .filter(({ name, nullable }) => !nullable && name !== LOAD_ID.name)
        .map(({ name }) => name);
      requireValues(new Set([...required, ...stored]), flat, columns, columnNamed, page);
      return { columns, changes };
    },
  };
}

/** The value in the column's first row, for people. */
function firstValue({ lanes, firstRow, text }: FlatColumn): string {
  const lane = lanes.find(({ validity }) => isValid(validity, firstRow));
  if (lane === undefined) return 'unknown';
  const value = laneReader(lane, text)(firstRow);
  const isText = lane.kind === 'text' || lane.kind === 'timestamp';
  return excerpt(isText ? JSON.stringify(value) : String(value));
}

function lossMessage(table: string, column: string, { kind, value }: Loss): string {
  const what =
    kind === 'rounded'
      ? `The number ${excerpt(value)} of ${table}.${column} has more digits than a double holds: such numbers are stored rounded.`
      : `The timestamp "${excerpt(value)}" of ${table}.${column} has digits of a second beyond microseconds: they are cut.`;
  return `${what} Declare the column's \`dataType\` as "text" to keep them as they were sent.`;
}

function excerpt(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function shaped({ column, fitted: { base, type } }: FittedColumn): ShapedColumn[] {
  if (base === null) return [];
  const { rows, nulls, validity, offsets, data } = base;
  return [{ name: column.name, dataType: type.dataType, rows, nulls, validity, offsets, data }];
}
