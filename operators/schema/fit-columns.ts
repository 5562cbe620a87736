import type { Compat, FlatColumn, Lane, Naming } from '../types.js';
import { buildBuffers } from './build-buffers.js';
import { type InferredType, isExact } from './coerce.js';
import { type Convention, conventionOf } from './convention.js';
import { fitColumn, type Fitted, type Values } from './fit-column.js';
import { isValid } from './lane-value.js';
import type { Target } from './target.js';
import { isVariantName } from './variant-name.js';

/** A column of a page, fitted; one that only holds what did not fit another is its variant. */
export interface FittedColumn {
  column: FlatColumn;
  /** The column whose misfits came first in this one; null when the rows' own values did. */
  variantOf: string | null;
  /** The column that the rows have the first of its values in. */
  sentAs: FlatColumn;
  fitted: Fitted;
}

/** What a column is before the page, or begins as; `isVariant`: by a value that was moved there. */
export type TypeOf = (column: FlatColumn, isVariant: boolean) => Target;

/**
 * Fits all columns of a page to their types. Values that do not fit go to `<column>__v_<type>`,
 * listed after the rows' own columns, and are fitted there like any others. A value that such a
 * column does not take either (it existed, with another type or with a value of its own in that
 * row) goes on to `…_2`: there is no variant of a variant, and no value is lost. By dlt's rules it
 * is a failure.
 */
export function fitColumns(
  columns: readonly FlatColumn[],
  typeOf: TypeOf,
  compat: Compat,
  naming?: Naming,
): FittedColumn[] {
  const all = columns.map((column): FittedColumn => ({
    column,
    variantOf: null,
    sentAs: column,
    fitted: fitColumn(column, typeOf(column, false), compat),
  }));
  return all.every(({ fitted }) => fitted.misfits.size === 0)
    ? all
    : withVariants(all, typeOf, compat, conventionOf(naming));
}

function withVariants(
  columns: readonly FittedColumn[],
  typeOf: TypeOf,
  compat: Compat,
  { join, fit }: Convention,
): FittedColumn[] {
  const all = new Map(columns.map((one) => [one.column.name, one]));
  /** By name, the column that the rows have a moved value in. */
  const moved = new Map<string, Map<number, FlatColumn>>();
  // A variant's name is longer than its column's, or as long where both are as long as they may be:
  // taken in this order, each column comes after all whose misfits go to it.
  const inOrder: Set<string>[] = [];
  const enqueue = (name: string): void => {
    const place = name.length * 2 + Number(isVariantName(name));
    (inOrder[place] ??= new Set()).add(name);
  };
  for (const name of all.keys()) enqueue(name);
  for (let place = 0; place < inOrder.length; place += 1) {
    for (const name of inOrder[place] ?? []) {
      const { misfits } = (all.get(name) as FittedColumn).fitted;
      for (const [type, values] of misfits)
        move(
          values,
          type,
          name,
          compat === 'sluice' && isVariantName(name) ? fit(`${name}_2`) : join(name, `v_${type}`),
        );
    }
  }
  const own = [...all.values()].filter(({ variantOf }) => variantOf === null);
  const variants = [...all.values()].filter(({ variantOf }) => variantOf !== null);
  return [...own, ...variants.sort((a, b) => (a.column.name < b.column.name ? -1 : 1))];

  function sentAs(name: string, row: number): FlatColumn {
    return moved.get(name)?.get(row) ?? (all.get(name) as FittedColumn).column;
  }
  /** Where the digits of moved numbers are, as the rows sent them: a text column stores those. */
  function digitsOf(type: InferredType, of: string, values: Values): Digits | null {
    if (type !== 'double') return null;
    const source = new Int32Array(values.length).fill(-1);
    let text: FlatColumn['text'] = null;
    for (const [row, value] of values.entries()) {
      const sent = sentAs(of, row);
      const lane = sent.lanes.find(({ kind, validity }) => kind === type && isValid(validity, row));
      if (value === undefined || lane === undefined || lane.source === null) continue;
      ({ text } = sent);
      source[row] = lane.source[row] as number;
    }
    return text === null ? null : { source, text };
  }
  function move(values: Values, type: InferredType, of: string, name: string): void {
    const there = all.get(name);
    const taken = (row: number): boolean =>
      there !== undefined && there.column.lanes.some(({ validity }) => isValid(validity, row));
    const free = values.map((value, row) => (taken(row) ? undefined : value));
    const firstRow = free.findIndex((value) => value !== undefined);
    if (firstRow >= 0) {
      const column = withLane(
        there?.column ?? {
          name,
          path: null,
          hint: null,
          system: false,
          firstRow,
          lanes: [],
          text: null,
        },
        laneOf(type, free),
        firstRow,
        digitsOf(type, of, free),
      );
      const isFirst = there === undefined || firstRow < there.column.firstRow;
      const variantOf = isFirst ? of : there.variantOf;
      const fitted = fitColumn(column, typeOf(column, variantOf !== null), compat);
      const rows = moved.get(name) ?? new Map<number, FlatColumn>();
      for (const [row, value] of free.entries())
        if (value !== undefined) rows.set(row, sentAs(of, row));
      moved.set(name, rows);
      all.set(name, {
        column,
        variantOf,
        sentAs: isFirst ? (rows.get(firstRow) as FlatColumn) : there.sentAs,
        fitted: compat === 'dlt' ? withoutVariants(fitted, rows) : fitted,
      });
      enqueue(name);
    }
    const rest = values.map((value, row) => (taken(row) ? value : undefined));
    if (rest.some((value) => value !== undefined)) move(rest, type, of, fit(`${name}_2`));
  }
}

/**
 * dlt makes no variant of a variant: its normalize step fails by a value that was moved to the
 * column and does not fit it. Values that rows bring under the column's name have variants.
 */
function withoutVariants(fitted: Fitted, moved: ReadonlyMap<number, unknown>): Fitted {
  const rows = [...fitted.misfits.values()].flatMap((values) =>
    [...moved.keys()].filter((row) => values[row] !== undefined),
  );
  if (rows.length === 0) return fitted;
  const failure = {
    row: Math.min(...rows),
    reason: `the variant column is ${fitted.type.dataType} already, and there is no variant of a variant`,
  };
  return { ...fitted, misfits: new Map(), failure: fitted.failure ?? failure };
}

/** Positions in the bytes of a page, which all of its columns share. */
interface Digits {
  source: Int32Array;
  text: Uint8Array;
}

/** The lane of the first row comes first: it decides the type of a new column. */
function withLane(
  column: FlatColumn,
  moved: Lane,
  firstRow: number,
  digits: Digits | null,
): FlatColumn {
  const first = firstRow < column.firstRow;
  const lane = digits === null ? moved : { ...moved, source: digits.source };
  return {
    ...column,
    firstRow: Math.min(firstRow, column.firstRow),
    lanes: first ? [lane, ...column.lanes] : [...column.lanes, lane],
    text: digits?.text ?? column.text,
  };
}

function laneOf(type: InferredType, values: Values): Lane {
  const hasUnsafeValues =
    type === 'bigint' && values.some((value) => value !== undefined && !isExact(value as bigint));
  // Timestamps that do not fit have become text.
  return { ...buildBuffers({ dataType: type }, values), kind: type, hasUnsafeValues, source: null };
}
