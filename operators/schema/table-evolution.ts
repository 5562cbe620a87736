import { SchemaError } from '../errors.js';
import type { ColumnSchema, DataType, FlatColumn, FlatTable, LaneKind, Page, SchemaChange, ShapedColumn, TableHints, TableSchema } from '../types.js';
import { buildBuffers } from './build-buffers.js';
import { coerce, TYPE_OF, VARIANT_OF } from './coerce.js';
import { fitColumn, type Fitted } from './fit-column.js';
import type { LaneValue } from './lane-value.js';

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

const LOAD_ID: ColumnSchema = { name: '_dlt_load_id', dataType: 'text', nullable: false, variant: false, exact: true };

/** Starts from the schema that the table has, or from nothing. */
export function tableEvolution(hints: TableHints, existing: TableSchema | undefined): TableEvolution {
  const { table, parent, resource, writeDisposition, primaryKey } = hints;
  let schema: TableSchema = { name: table, parent, resource, writeDisposition, primaryKey, columns: existing?.columns ?? [] };
  const places = new Map(schema.columns.map(({ name }, place) => [name, place]));
  const required = new Set([...primaryKey, ...Object.keys(hints.columns).filter((name) => hints.columns[name]?.nullable === false)]);
  let changes: SchemaChange[] = [];

  function change(kind: SchemaChange['kind'], column: string | null, dataType: DataType | null, message: string): void {
    changes.push({ kind, table, column, dataType, message });
  }
  function add(column: ColumnSchema, isNewTable: boolean): void {
    places.set(column.name, schema.columns.length);
    schema = { ...schema, columns: [...schema.columns, column] };
    if (!isNewTable) change('new-column', column.name, column.dataType, `Table ${table} has a new column ${column.name} (${column.dataType}).`);
  }
  function put(column: ColumnSchema): void {
    schema = { ...schema, columns: schema.columns.with(places.get(column.name) as number, column) };
  }
  function columnNamed(name: string): ColumnSchema | undefined {
    const place = places.get(name);
    return place === undefined ? undefined : schema.columns[place];
  }
  function columnFor({ name, system, lanes }: FlatColumn): ColumnSchema {
    const kind = (lanes[0] as FlatColumn['lanes'][number]).kind;
    const dataType = hints.columns[name]?.dataType ?? TYPE_OF[kind];
    return { name, dataType, nullable: !(system || required.has(name)), variant: false, exact: true };
  }

  /** Declared columns, the first row's, sluice's own; later rows' columns come behind. So it does not matter how rows are cut into pages. */
  function begin(columns: readonly FlatColumn[]): void {
    change('new-table', null, null, `Table ${table} is new.`);
    for (const [name, { dataType, exclude }] of Object.entries(hints.columns)) {
      if (dataType !== undefined && exclude !== true)
        add({ name, dataType, nullable: !required.has(name), variant: false, exact: true }, true);
    }
    const first = columns.filter(({ system, firstRow }) => !system && firstRow === 0);
    const own = columns.filter(({ system }) => system);
    for (const column of first) if (!places.has(column.name)) add(columnFor(column), true);
    if (parent === null) add(LOAD_ID, true);
    for (const column of own) add(columnFor(column), true);
  }

  function fitOne(column: FlatColumn): { column: FlatColumn; fitted: Fitted } {
    const before = columnNamed(column.name) ?? columnFor(column);
    const fitted = fitColumn(column, before);
    if (fitted.type.dataType !== before.dataType)
      change('widened', column.name, fitted.type.dataType, `Column ${table}.${column.name} is widened from ${before.dataType} to ${fitted.type.dataType}.`);
    return { column, fitted };
  }

  /** Adds new columns and variants in the order of the rows that need them, columns before variants in one row; gives the variants' values. */
  function grow(fits: readonly { column: FlatColumn; fitted: Fitted }[]): Map<string, (LaneValue | undefined)[]> {
    const fresh = fits.filter(({ column }) => !places.has(column.name)).map(({ column }) => column);
    const addUpTo = (row: number): void => {
      while (fresh[0] !== undefined && fresh[0].firstRow <= row) add(columnFor(fresh.shift() as FlatColumn), false);
    };
    const values = new Map<string, (LaneValue | undefined)[]>();
    for (const { row, rows, of, kind, value } of misfits(fits)) {
      addUpTo(row);
      const { name, fitted } = variantFor(of, kind, value);
      const column = values.get(name) ?? new Array<LaneValue | undefined>(rows).fill(undefined);
      column[row] = fitted;
      values.set(name, column);
    }
    addUpTo(Number.POSITIVE_INFINITY);
    for (const { column, fitted } of fits) {
      const now = columnNamed(column.name) as ColumnSchema;
      if (now.dataType !== fitted.type.dataType || now.exact !== fitted.type.exact)
        put({ ...now, dataType: fitted.type.dataType, exact: fitted.type.exact });
    }
    return values;
  }

  /** The variant column that takes a value: the one of its kind, or where that has another type and refuses, the next. */
  function variantFor(of: string, kind: LaneKind, value: LaneValue): { name: string; fitted: LaneValue } {
    const own = VARIANT_OF[kind];
    for (let number = 1; ; number += 1) {
      const name = `${of}__v_${own}${number === 1 ? '' : `_${number}`}`;
      const existing = columnNamed(name);
      if (existing === undefined) {
        add({ name, dataType: own, nullable: true, variant: true, exact: true }, true);
        change('variant', name, own, `Values of ${table}.${of} that do not fit its type go to ${name} (${own}).`);
      }
      const dataType = existing?.dataType ?? own;
      const fitted = coerce(kind, value, dataType);
      if (fitted !== undefined) return { name, fitted };
    }
  }

  return {
    get schema() {
      return schema;
    },
    fit(flat, page) {
      changes = [];
      if (schema.columns.length === 0) begin(flat.columns);
      const fits = flat.columns.map(fitOne);
      const variants = grow(fits);
      const columns = [
        ...fits.flatMap(({ column, fitted }) => (fitted.base === null ? [] : [shaped(column.name, fitted.type.dataType, fitted.base)])),
        ...[...variants].map(([name, values]) => {
          const { dataType } = columnNamed(name) as ColumnSchema;
          return shaped(name, dataType, buildBuffers(dataType, values));
        }),
      ];
      for (const name of required) requireValues(name, flat, columns, page);
      return { columns, changes };
    },
  };
}

/** Every value that does not fit its column, in the order of the rows. */
function misfits(fits: readonly { column: FlatColumn; fitted: Fitted }[]): { row: number; rows: number; of: string; kind: LaneKind; value: LaneValue }[] {
  const found = fits.flatMap(({ column, fitted }) =>
    [...fitted.variants].flatMap(([kind, values]) =>
      values.flatMap((value, row) => (value === undefined ? [] : [{ row, rows: values.length, of: column.name, kind, value }])),
    ),
  );
  return found.sort((a, b) => a.row - b.row || (a.of < b.of ? -1 : 1));
}

function shaped(name: string, dataType: DataType, { rows, nulls, validity, offsets, data }: Omit<ShapedColumn, 'name' | 'dataType'>): ShapedColumn {
  return { name, dataType, rows, nulls, validity, offsets, data };
}

function requireValues(name: string, { hints, columns: seen }: FlatTable, columns: readonly ShapedColumn[], page: Page): void {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined && column.nulls === 0) return;
  const where = `Resource ${page.resource}, page ${page.index + 1}: column ${hints.table}.${name} must not be null (it is a key or declared so)`;
  if (column === undefined) {
    const there = seen.filter(({ system }) => !system).map((other) => other.name).slice(0, 20).join(', ');
    throw new SchemaError(`${where}, but no row of the page has a value for it. Columns there: ${there}.`);
  }
  const validity = column.validity as Uint8Array;
  let row = 0;
  while (((validity[row >> 3] as number) & (1 << (row & 7))) !== 0) row += 1;
  throw new SchemaError(`${where}, but row ${row + 1} has none. Correct primaryKey or the column's hint, or filter such rows out.`);
}
