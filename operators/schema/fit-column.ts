import type { Buffers, Compat, FlatColumn, Lane, LaneKind } from '../types.js';
import { buildBuffers } from './build-buffers.js';
import { type InferredType, isExact, TYPE_OF, VARIANT_OF } from './coerce.js';
import { isRounded } from './decimal-text.js';
import { asDltStores } from './dlt/as-dlt-stores.js';
import { coerceAsDlt } from './dlt/coerce-as-dlt.js';
import { fitNumbers } from './fit-numbers.js';
import { integerSent } from './in-domain.js';
import { isCut } from './iso-micros.js';
import {
  type ColumnValue,
  digitsReader,
  isValid,
  laneReader,
  type LaneValue,
} from './lane-value.js';
import { type Loss, lossesIn, REPLACED } from './losses.js';
import { isHugeint, ownValue } from './own-value.js';
import type { Target } from './target.js';

/** Values of a page's column, one per row; undefined where there is none. */
export type Values = readonly (LaneValue | undefined)[];

/** A value by which dlt's load fails. */
export interface Failure {
  row: number;
  /** Why dlt's load fails, as the end of a sentence. */
  reason: string;
}

/** A page's column fitted to its type. */
export interface Fitted {
  /**
   * The type after the page: widened from bigint to double where a fraction came and no integer
   * loses by it, or to 128 bits where a larger integer came.
   */
  type: Target;
  /** Null when no value fits. */
  base: Buffers | null;
  /**
   * Values that do not fit, by the type of the variant that they belong in; timestamps as the text
   * they were.
   */
  misfits: ReadonlyMap<InferredType, Values>;
  /** What is stored otherwise than it was sent, here or in a variant; at most one of each kind. */
  losses: readonly Loss[];
  /** The first value by which dlt's load fails; null for none, and always without dlt's rules. */
  failure: Failure | null;
}

const NO_MISFITS: Fitted['misfits'] = new Map();
const AS_IT_IS = { misfits: NO_MISFITS, failure: null };
/** Bits of the integers that a column of larger ones than 64 bits holds. */
const WIDE = 128;

/**
 * Fits the lanes of a column to its type, value after value in the order of the rows, so that it
 * does not matter how rows are cut into pages. One lane of the column's own kind passes through
 * untouched; numbers of both kinds go as one block.
 */
export function fitColumn(column: FlatColumn, type: Target, compat: Compat = 'sluice'): Fitted {
  const fitted = fitBlocks(column, type, compat) ?? fitValues(column, type, compat);
  return compat === 'dlt' && fitted.base !== null
    ? { ...fitted, base: asDltStores(fitted.base, fitted.type.dataType) }
    : fitted;
}

/** Fits whole lanes; null where values must be looked at one by one. */
function fitBlocks(column: FlatColumn, type: Target, compat: Compat): Fitted | null {
  const { dataType, isFixed } = type;
  if (type.domain !== undefined || !isPlain(type)) return null;
  const [only, ...more] = column.lanes;
  const exactAsDouble =
    type.exactAsDouble &&
    !column.lanes.some(({ kind, hasUnsafeValues }) => kind === 'bigint' && hasUnsafeValues);
  const isOwn = only !== undefined && more.length === 0 && TYPE_OF[only.kind] === dataType;
  if (isOwn && !(compat === 'dlt' && only.kind === 'hugeint'))
    return {
      ...AS_IT_IS,
      type: type.exactAsDouble === exactAsDouble ? type : { ...type, exactAsDouble },
      base: only,
      losses: lossesIn([only], column.text),
    };
  const isNumber =
    dataType === 'double' || (dataType === 'bigint' && compat === 'sluice' && !isFixed);
  const numbers = exactAsDouble && isNumber ? fitNumbers(column, dataType) : null;
  if (numbers === null || (dataType === 'bigint' && !numbers.fraction)) return null;
  return {
    ...AS_IT_IS,
    type: { ...type, dataType: 'double', exactAsDouble: true },
    base: numbers.buffers,
    losses: lossesIn(column.lanes, column.text),
  };
}

/** Returns whether lanes of the type's own kind are its buffers. */
function isPlain({ dataType, precision, timezone, hint }: Target): boolean {
  if (precision !== undefined) return false;
  return dataType !== 'timestamp' || (timezone !== false && hint?.epoch === undefined);
}

function fitValues({ lanes, text }: FlatColumn, before: Target, compat: Compat): Fitted {
  const rows = lanes[0]?.rows ?? 0;
  const asMicros = compat === 'sluice' && before.domain === undefined && isPlain(before);
  const readers = lanes.map((lane) => ({
    kind: lane.kind,
    hasUnsafeValues: lane.hasUnsafeValues,
    validity: lane.validity,
    read: readerFor(lane, text, asMicros && before.dataType === 'timestamp'),
    digits: lane.kind === 'timestamp' ? undefined : digitsReader(lane, text),
    sent: laneReader(lane, text) as (row: number) => string,
  }));
  const losses = new Map<Loss['kind'], Loss>();
  const values = new Array<ColumnValue | undefined>(rows).fill(undefined);
  const misfits = new Map<InferredType, (LaneValue | undefined)[]>();
  let type = before;
  const failures: Failure[] = [];
  let any = false;
  for (let row = 0; row < rows; row += 1) {
    const lane = readers.find(({ validity }) => isValid(validity, row));
    if (lane === undefined) continue;
    const value = lane.read(row);
    const digits = lane.digits && ((): string => (lane.digits as (row: number) => string)(row));
    let fitted = fit(lane.kind, value, row, digits);
    if (fitted === undefined && compat === 'sluice') {
      const wider = widened(type, lane.kind, value);
      if (wider !== undefined) {
        if (wider.dataType === 'double')
          for (const [earlier, integer] of values.entries())
            if (integer !== undefined) values[earlier] = Number(integer);
        type = wider;
        fitted = wider.dataType === 'double' ? value : integerSent(lane.kind, value);
      }
    }
    const stored = fitted ?? value;
    if (lane.hasUnsafeValues && (lane.kind === 'text' || lane.kind === 'json'))
      noteLoss('replaced', value as string, REPLACED.test(value as string));
    if (lane.hasUnsafeValues && digits !== undefined && typeof stored === 'number')
      noteLoss('rounded', digits(), isRounded(digits(), stored));
    if (isMoment(type) && fitted !== undefined) {
      const sent = lane.kind === 'text' || lane.kind === 'timestamp' ? lane.sent(row) : '';
      noteLoss('cut', sent, isCut(sent, digitsOf(type)));
    }
    if (fitted === null) continue;
    if (fitted === undefined) {
      if (compat === 'dlt' && lane.kind === 'hugeint')
        failures.push({ row, reason: 'its BIGINT column cannot hold it' });
      if (failures.at(-1)?.row !== row) misfitsOf(lane.kind)[row] = value;
      continue;
    }
    if (type.dataType === 'bigint' && type.exactAsDouble && !isExact(fitted as bigint))
      type = { ...type, exactAsDouble: false };
    values[row] = fitted;
    any = true;
  }
  return {
    type,
    base: any ? buildBuffers(type, values) : null,
    misfits,
    losses: [...losses.values()],
    failure: failures[0] ?? null,
  };

  function fit(
    kind: LaneKind,
    value: LaneValue,
    row: number,
    digits?: () => string,
  ): ColumnValue | null | undefined {
    if (compat === 'dlt' && before.domain === undefined)
      return coerceAsDlt(kind, value, type, (reason) => failures.push({ row, reason }));
    return isPlain(type) && before.domain === undefined && TYPE_OF[kind] === type.dataType
      ? value
      : ownValue(kind, value, type, digits);
  }
  function noteLoss(kind: Loss['kind'], value: string, lost: boolean): void {
    if (lost && !losses.has(kind)) losses.set(kind, { kind, value });
  }
  function misfitsOf(kind: LaneKind): (LaneValue | undefined)[] {
    const own =
      misfits.get(VARIANT_OF[kind]) ?? new Array<LaneValue | undefined>(rows).fill(undefined);
    misfits.set(VARIANT_OF[kind], own);
    return own;
  }
}

/**
 * Returns the wider type of a column of integers that takes a value which it does not; or
 * undefined.
 */
function widened(type: Target, kind: LaneKind, value: LaneValue): Target | undefined {
  const { dataType, precision, exactAsDouble, domain, isFixed } = type;
  if (dataType !== 'bigint' || precision !== undefined || domain !== undefined || isFixed === true)
    return undefined;
  if (kind === 'double' && exactAsDouble) return { ...type, dataType: 'double' };
  return kind === 'hugeint' && isHugeint(integerSent(kind, value))
    ? { ...type, precision: WIDE, exactAsDouble: false }
    : undefined;
}

function isMoment({ dataType, domain }: Target): boolean {
  return domain === undefined && (dataType === 'timestamp' || dataType === 'time');
}

/** Returns how many digits of a second a column of moments holds. */
function digitsOf({ precision = 6, timezone }: Target): number {
  if (timezone !== false) return 6;
  return precision === 0 ? 0 : precision <= 3 ? 3 : precision <= 6 ? 6 : 9;
}

/**
 * Timestamps are read as text, from which they are coerced; in a column of timestamps they are the
 * integers that they are.
 */
function readerFor(
  lane: Lane,
  text: FlatColumn['text'],
  asMicros: boolean,
): (row: number) => LaneValue {
  return laneReader(
    lane.kind === 'timestamp' && asMicros ? { ...lane, kind: 'bigint' } : lane,
    text,
  );
}
