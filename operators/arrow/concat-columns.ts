import { layoutOf } from '../schema/column-type.js';
import type { Buffers, ColumnType } from '../types.js';

/** Pieces of one column, in order; null stands for `rows` nulls. */
export interface Piece {
  rows: number;
  column: (Buffers & ColumnType) | null;
}

/**
 * Returns the number of bytes that `concatColumn` needs for the data of these pieces; every buffer
 * begins at a multiple of 8.
 */
export function concatSize(pieces: readonly Piece[], type: ColumnType): number {
  const layout = layoutOf(type);
  const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
  const nulls = pieces.some(({ column }) => column === null || column.nulls > 0);
  const validity = nulls ? aligned((rows + 7) >> 3) : 0;
  if (layout === 'texts')
    return (
      validity +
      aligned((rows + 1) * 4) +
      aligned(pieces.reduce((sum, { column }) => sum + textBytes(column), 0))
    );
  return validity + aligned(layout === 'bits' ? (rows + 7) >> 3 : rows * layout);
}

/**
 * Joins pieces of a column in `buffer` from byte `at`, as one column of `type`, whatever the buffer
 * held before. Pieces may still have the narrower type (bigint where the column is double by now,
 * or of 128 bits); their values are exact in the wider one.
 */
export function concatColumn(
  pieces: readonly Piece[],
  type: ColumnType,
  buffer: ArrayBuffer,
  at: number,
): Buffers {
  const layout = layoutOf(type);
  const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
  const nulls = pieces.reduce(
    (sum, { rows: all, column }) => sum + (column === null ? all : column.nulls),
    0,
  );
  let next = at;
  const take = (bytes: number): Uint8Array => {
    const view = new Uint8Array(buffer, next, bytes);
    next += aligned(bytes);
    return view;
  };
  const validity = nulls > 0 ? take((rows + 7) >> 3) : null;
  if (validity !== null) joinBits(validity, pieces, (column) => column.validity);
  if (layout === 'texts') {
    const offsetBytes = take((rows + 1) * 4);
    const offsets = new Int32Array(buffer, offsetBytes.byteOffset, rows + 1);
    offsets[0] = 0;
    const data = take(pieces.reduce((sum, { column }) => sum + textBytes(column), 0));
    joinText(offsets, data, pieces);
    return { rows, nulls, validity, offsets, data };
  }
  const data = take(layout === 'bits' ? (rows + 7) >> 3 : rows * layout);
  if (layout === 'bits') joinBits(data, pieces, (column) => column.data);
  else joinWords(data, pieces, type, layout);
  return { rows, nulls, validity, offsets: null, data };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function textBytes(column: Piece['column']): number {
  return column === null ? 0 : ((column.offsets as Int32Array)[column.rows] as number);
}

/**
 * Bits of all pieces one after another. `bitsOf` returns null where all bits are one; a piece that
 * is null has all zero.
 */
function joinBits(
  into: Uint8Array,
  pieces: readonly Piece[],
  bitsOf: (column: Buffers) => Uint8Array | null,
): void {
  into.fill(0);
  let bit = 0;
  for (const { rows, column } of pieces) {
    const bits = column === null ? undefined : bitsOf(column);
    if (bits === null) setBits(into, bit, rows);
    else if (bits !== undefined) copyBits(into, bit, bits, rows);
    bit += rows;
  }
}

function setBits(into: Uint8Array, from: number, count: number): void {
  let bit = from;
  const end = from + count;
  for (; bit < end && (bit & 7) !== 0; bit += 1)
    into[bit >> 3] = (into[bit >> 3] as number) | (1 << (bit & 7));
  into.fill(0xff, bit >> 3, end >> 3);
  for (bit = Math.max(bit, end & ~7); bit < end; bit += 1)
    into[bit >> 3] = (into[bit >> 3] as number) | (1 << (bit & 7));
}

function copyBits(into: Uint8Array, at: number, bits: Uint8Array, count: number): void {
  const whole = count >> 3;
  const shift = at & 7;
  let to = at >> 3;
  if (shift === 0) {
    into.set(bits.subarray(0, whole), to);
    to += whole;
  } else {
    for (let i = 0; i < whole; i += 1, to += 1) {
      const byte = bits[i] as number;
      into[to] = (into[to] as number) | ((byte << shift) & 0xff);
      into[to + 1] = (into[to + 1] as number) | (byte >> (8 - shift));
    }
  }
  for (let i = whole * 8; i < count; i += 1) {
    if (((bits[i >> 3] as number) & (1 << (i & 7))) === 0) continue;
    const bit = at + i;
    into[bit >> 3] = (into[bit >> 3] as number) | (1 << (bit & 7));
  }
}

function joinText(offsets: Int32Array, data: Uint8Array, pieces: readonly Piece[]): void {
  let row = 0;
  let byte = 0;
  for (const { rows, column } of pieces) {
    if (column === null) {
      offsets.fill(byte, row + 1, row + rows + 1);
    } else {
      const own = column.offsets as Int32Array;
      for (let i = 1; i <= rows; i += 1) offsets[row + i] = byte + (own[i] as number);
      const bytes = own[rows] as number;
      data.set(column.data.subarray(0, bytes), byte);
      byte += bytes;
    }
    row += rows;
  }
}

function joinWords(
  into: Uint8Array,
  pieces: readonly Piece[],
  { dataType }: ColumnType,
  width: 4 | 8 | 16,
): void {
  let at = 0;
  for (const { rows, column } of pieces) {
    if (column === null) into.fill(0, at, at + rows * width);
    else if (dataType === 'double' && column.dataType === 'bigint') widen(into, at, column);
    else if (width === 16 && layoutOf(column) === 8) extend(into, at, column);
    else into.set(column.data.subarray(0, rows * width), at);
    at += rows * width;
  }
}

function widen(into: Uint8Array, at: number, { rows, data }: Buffers): void {
  const words = new Int32Array(data.buffer, data.byteOffset, rows * 2);
  const doubles = new Float64Array(into.buffer, into.byteOffset + at, rows);
  for (let row = 0; row < rows; row += 1)
    doubles[row] =
      ((words[row * 2] as number) >>> 0) + (words[row * 2 + 1] as number) * 4_294_967_296;
}

/** Writes integers of 64 bits as those of 128. */
function extend(into: Uint8Array, at: number, { rows, data }: Buffers): void {
  const narrow = new Int32Array(data.buffer, data.byteOffset, rows * 2);
  const wide = new Int32Array(into.buffer, into.byteOffset + at, rows * 4);
  for (let row = 0; row < rows; row += 1) {
    const high = narrow[row * 2 + 1] as number;
    wide.set([narrow[row * 2] as number, high, high >> 31, high >> 31], row * 4);
  }
}
