import type { Buffers, ColumnDomain, DataType, FlatColumn, Lane, LaneKind } from '../types.js';
import { buildBuffers } from './build-buffers.js';
import { coerce, type InferredType, isExact, TYPE_OF, VARIANT_OF } from './coerce.js';
import { isRounded } from './decimal-text.js';
import { inDomain } from './in-domain.js';
import { isCut } from './iso-micros.js';
import { digitsReader, isValid, laneReader, type LaneValue } from './lane-value.js';

/** What a column knows of its values so far. */
export interface ColumnType {
  dataType: DataType;
  /** For bigint: every value so far is exact as a double. */
  exactAsDouble: boolean;
  /** What the column holds exactly, where its data type does not say. */
  domain?: ColumnDomain;
}

/** Values of a page's column, one per row; undefined where there is none. */
export type Values = readonly (LaneValue | undefined)[];

type Digits = (row: number) => string;

/** A value that is stored as another: the first of its sort in a page's column. */
export interface Loss {
  /**
   * `rounded`: a number with more digits than a double has; `cut`: digits of a second; `replaced`:
   * half a surrogate pair.
   */
  kind: 'rounded' | 'cut' | 'replaced';
  /** What was sent; for `replaced` what is stored. */
  value: string;
}

/** A page's column fitted to its type. */
export interface Fitted {
  /**
   * The type after the page: widened from bigint to double where a fraction came and no integer
   * loses by it.
   */
  type: ColumnType;
  /** Null when no value fits. */
  base: Buffers | null;
  /**
   * Values that do not fit, by the type of the variant that they belong in; timestamps as the text
   * they were.
   */
  misfits: ReadonlyMap<InferredType, Values>;
  /** What is stored otherwise than it was sent, here or in a variant; at most one of each kind. */
  losses: readonly Loss[];
}

const NO_MISFITS: Fitted['misfits'] = new Map();
const NO_LOSSES: Fitted['losses'] = [];

/**
 * Fits the lanes of a column to its type, value after value in the order of the rows, so that it
 * does not matter how rows are cut into pages. One lane of the column's own kind passes through
 * untouched; numbers of both kinds go as one block.
 */
export function fitColumn(column: FlatColumn, type: ColumnType): Fitted {
  if (type.domain !== undefined) return fitValues(column, type);
  const [only, ...more] = column.lanes;
  const exactAsDouble =
    type.exactAsDouble &&
    !column.lanes.some(({ kind, hasUnsafeValues }) => kind === 'bigint' && hasUnsafeValues);
  if (only !== undefined && more.length === 0 && TYPE_OF[only.kind] === type.dataType)
    return {
      type: type.exactAsDouble === exactAsDouble ? type : { ...type, exactAsDouble },
      base: only,
      misfits: NO_MISFITS,
      losses: lossesIn([only], column.text),
    };
  const numbers =
    exactAsDouble && (type.dataType === 'double' || type.dataType === 'bigint')
      ? fitNumbers(column, type.dataType)
      : null;
  if (numbers !== null && (type.dataType === 'double' || numbers.fraction))
    return {
      type: { dataType: 'double', exactAsDouble: true },
      base: numbers.buffers,
      misfits: NO_MISFITS,
      losses: lossesIn(column.lanes, column.text),
    };
  return fitValues(column, type);
}

/**
 * Fits exact integers and fractions as doubles. Null when there are other lanes, and for a bigint
 * column when a double is among them that would not be the same after a while as an integer: one so
 * large that it ends the column's exactness, or -0.0.
 */
function fitNumbers(
  { lanes }: FlatColumn,
  dataType: 'bigint' | 'double',
): { buffers: Buffers; fraction: boolean } | null {
  if (lanes.some(({ kind }) => kind !== 'bigint' && kind !== 'double')) return null;
  // A rounded number may be whole as a double and was not as it was sent.
  if (
    dataType === 'bigint' &&
    lanes.some(({ kind, hasUnsafeValues }) => kind === 'double' && hasUnsafeValues)
  )
    return null;
  const rows = lanes[0]?.rows ?? 0;
  const values = new Float64Array(rows);
  const validity = new Uint8Array((rows + 7) >> 3);
  let fraction = false;
  let nulls = rows;
  for (const { kind, data, validity: valid } of lanes) {
    const words = new Int32Array(data.buffer, data.byteOffset, rows * 2);
    const doubles = new Float64Array(data.buffer, data.byteOffset, rows);
    for (let row = 0; row < rows; row += 1) {
      if (!isValid(valid, row)) continue;
      // A 64-bit integer as its two words: within 2^53 the sum is exact, and no BigInt is
      // made for each value.
      const value =
        kind === 'double'
          ? (doubles[row] as number)
          : ((words[row * 2] as number) >>> 0) + (words[row * 2 + 1] as number) * 4_294_967_296;
      values[row] = value;
      validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
      nulls -= 1;
      if (kind !== 'double') continue;
      if (!Number.isInteger(value)) fraction = true;
      else if (dataType === 'bigint' && (!Number.isSafeInteger(value) || Object.is(value, -0)))
        return null;
    }
  }
  return {
    buffers: {
      rows,
      nulls,
      validity: nulls > 0 ? validity : null,
      offsets: null,
      data: new Uint8Array(values.buffer),
    },
    fraction,
  };
}

function fitValues({ lanes, text }: FlatColumn, before: ColumnType): Fitted {
  const rows = lanes[0]?.rows ?? 0;
  const readers = lanes.map((lane) => ({
    kind: lane.kind,
    hasUnsafeValues: lane.hasUnsafeValues,
    validity: lane.validity,
    read: readerFor(lane, text, before),
    digits: lane.kind === 'timestamp' ? undefined : digitsReader(lane, text),
    sent: laneReader(lane, text) as (row: number) => string,
  }));
  const losses = new Map<Loss['kind'], Loss>();
  const values = new Array<LaneValue | undefined>(rows).fill(undefined);
  const misfits = new Map<InferredType, (LaneValue | undefined)[]>();
  let { dataType, exactAsDouble } = before;
  let any = false;
  for (let row = 0; row < rows; row += 1) {
    const lane = readers.find(({ validity }) => isValid(validity, row));
    if (lane === undefined) continue;
    const value = lane.read(row);
    const digits = lane.digits && ((): string => (lane.digits as Digits)(row));
    let fitted = fit(lane.kind, value, digits);
    if (
      fitted === undefined &&
      dataType === 'bigint' &&
      exactAsDouble &&
      before.domain === undefined &&
      lane.kind === 'double'
    ) {
      dataType = 'double';
      for (const [earlier, integer] of values.entries())
        if (integer !== undefined) values[earlier] = Number(integer);
      fitted = value;
    }
    const stored = fitted ?? value;
    if (lane.hasUnsafeValues && (lane.kind === 'text' || lane.kind === 'json'))
      noteLoss('replaced', value as string, REPLACED.test(value as string));
    if (lane.hasUnsafeValues && digits !== undefined && typeof stored === 'number')
      noteLoss('rounded', digits(), isRounded(digits(), stored));
    if (dataType === 'timestamp' && fitted !== undefined && before.domain === undefined) {
      const sent =
        lane.kind === 'text' ? (value as string) : lane.hasUnsafeValues ? lane.sent(row) : '';
      noteLoss('cut', sent, isCut(sent));
    }
    if (fitted === undefined) {
      misfitsOf(lane.kind)[row] = value;
      continue;
    }
    if (dataType === 'bigint') exactAsDouble &&= isExact(fitted as bigint);
    values[row] = fitted;
    any = true;
  }
  return {
    type: { ...before, dataType, exactAsDouble },
    base: any ? buildBuffers({ dataType }, values) : null,
    misfits,
    losses: [...losses.values()],
  };

  function fit(kind: LaneKind, value: LaneValue, digits?: () => string): LaneValue | undefined {
    if (before.domain !== undefined) return inDomain(before.domain, kind, value, digits);
    return TYPE_OF[kind] === dataType ? value : coerce(kind, value, dataType, digits);
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

/** The replacements of half a surrogate pair: in a value, and in a key. */
const REPLACED = /\ufffd|\\ud[89a-f]/;

/**
 * Timestamps are read as text, from which they are coerced; in a column of timestamps they are the
 * integers that they are.
 */
function readerFor(
  lane: Lane,
  text: FlatColumn['text'],
  { dataType, domain }: ColumnType,
): (row: number) => LaneValue {
  const asMicros = lane.kind === 'timestamp' && dataType === 'timestamp' && domain === undefined;
  return laneReader(asMicros ? { ...lane, kind: 'bigint' } : lane, text);
}

/** Returns the first values of these lanes that are stored otherwise than they were sent. */
function lossesIn(lanes: readonly Lane[], text: FlatColumn['text']): readonly Loss[] {
  const found = lanes.flatMap((lane) => lossIn(lane, text) ?? []);
  return found.length === 0 ? NO_LOSSES : found;
}

function lossIn(lane: Lane, text: FlatColumn['text']): Loss | undefined {
  if (!lane.hasUnsafeValues || lane.kind === 'bigint') return undefined;
  const read = laneReader(lane, text);
  const digits = digitsReader(lane, text);
  for (let row = 0; row < lane.rows; row += 1) {
    if (!isValid(lane.validity, row)) continue;
    if (lane.kind === 'timestamp') {
      const sent = read(row) as string;
      if (isCut(sent)) return { kind: 'cut', value: sent };
    } else if (lane.kind !== 'double') {
      const stored = read(row) as string;
      if (REPLACED.test(stored)) return { kind: 'replaced', value: stored };
    } else {
      const sent = digits?.(row) ?? '';
      if (isRounded(sent, read(row) as number)) return { kind: 'rounded', value: sent };
    }
  }
  return undefined;
}
