import type { Buffers, FlatColumn, FlatTable, ShapedColumn, TableHints } from '../types.js';
import { columnType } from './column-type.js';
import type { FittedColumn } from './fit-columns.js';
import type { KnownTable } from './known-tables.js';

/** A plan that changed nothing, by what it depended on. */
interface Settled {
  table: Pick<FlatTable, 'hints' | 'keys'>;
  columns: readonly SettledColumn[];
  hints: TableHints;
}

interface SettledColumn {
  sent: Pick<FlatColumn, 'name' | 'path' | 'hint' | 'system'>;
  kind: FlatColumn['lanes'][number]['kind'];
  isRequired: boolean;
  /** Name and type in the table. */
  shaped: Omit<ShapedColumn, 'rows' | 'nulls' | 'validity' | 'offsets' | 'data'>;
}

/** The last one of each table. `KnownTable` is immutable, so what holds for one holds for ever. */
const settled = new WeakMap<KnownTable, Settled>();

/**
 * Plans a page whose columns are those of the page before, for which the schema stayed as it was
 * (`settle`), where no value needs to be looked at; null for any other page. Small pages take
 * longer to plan than to fill: most of them are like the one before.
 */
export function planAgain(
  known: KnownTable,
  { hints, keys, rows, columns }: FlatTable,
): { hints: TableHints; columns: readonly ShapedColumn[] } | null {
  const before = settled.get(known);
  if (
    before === undefined ||
    rows === 0 ||
    before.table.hints !== hints ||
    before.columns.length !== columns.length ||
    !areSameKeys(before.table.keys, keys)
  )
    return null;
  const shaped: ShapedColumn[] = [];
  for (const [i, column] of columns.entries()) {
    const one = before.columns[i] as SettledColumn;
    const [lane] = column.lanes;
    if (
      lane === undefined ||
      column.lanes.length > 1 ||
      lane.kind !== one.kind ||
      lane.hasUnsafeValues ||
      (one.isRequired && lane.nulls > 0) ||
      !isSameColumn(one.sent, column)
    )
      return null;
    shaped.push(shapedColumn(one.shaped, lane));
  }
  return { hints: before.hints, columns: shaped };
}

/**
 * Remembers a plan by which nothing changed and nothing was violated. Does nothing where one of the
 * columns was not taken as it came.
 *
 * @param required names of the columns that must have a value in every row
 */
export function settle(
  known: KnownTable,
  { hints, keys, columns }: FlatTable,
  fitted: readonly FittedColumn[],
  required: ReadonlySet<string>,
  named: TableHints,
): void {
  if (fitted.length !== columns.length) return;
  const all = columns.flatMap(({ name, path, hint, system, lanes }, i): SettledColumn[] => {
    const { column, fitted: fit } = fitted[i] as FittedColumn;
    const [lane] = lanes;
    return lane === undefined || fit.base !== lane
      ? []
      : [
          {
            sent: { name, path, hint, system },
            kind: lane.kind,
            isRequired: required.has(column.name),
            shaped: { name: column.name, ...columnType(fit.type) },
          },
        ];
  });
  if (all.length === columns.length)
    settled.set(known, { table: { hints, keys }, columns: all, hints: named });
}

/** A page has one for each of its columns: where a word is the type, a spread takes most of it. */
function shapedColumn(own: SettledColumn['shaped'], lane: Buffers): ShapedColumn {
  const { name, dataType, precision, scale, timezone } = own;
  const { rows, nulls, validity, offsets, data } = lane;
  return precision === undefined && scale === undefined && timezone === undefined
    ? { name, dataType, rows, nulls, validity, offsets, data }
    : { ...own, rows, nulls, validity, offsets, data };
}

function isSameColumn(
  a: Pick<FlatColumn, 'name' | 'path' | 'hint' | 'system'>,
  b: Pick<FlatColumn, 'name' | 'path' | 'hint' | 'system'>,
): boolean {
  return (
    a.name === b.name && a.hint === b.hint && a.system === b.system && isSamePath(a.path, b.path)
  );
}

function areSameKeys(a: FlatTable['keys'], b: FlatTable['keys']): boolean {
  return a.length === b.length && a.every((path, i) => isSamePath(path, b[i] ?? null));
}

function isSamePath(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === b || a === null || b === null) return a === b;
  return a.length === b.length && a.every((key, i) => key === b[i]);
}
