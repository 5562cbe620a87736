import { laneReader } from '../schema/lane-value.js';
import type { Buffers } from '../types.js';

/**
 * Writes a piece of a row's text as UTF-8 from byte `at` on. Gives where it ends; -1 where it does
 * not fit before `end`. `piece`: what the kernel needs to write the same.
 */
export type TextWriter = ((row: number, into: Uint8Array, at: number, end: number) => number) & {
  readonly piece?: TextPiece;
};

/** A piece of a row's text that the kernel can write. */
export type TextPiece =
  | { kind: 'constant'; bytes: Uint8Array }
  /** All rows have a value. `string`: as JSON. */
  | ({ kind: 'digits' | 'text' | 'string' } & Pick<Buffers, 'offsets' | 'data'>);

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes that a unit of a string takes in UTF-8, at most. */
const UNIT = 3;
/** Texts up to so many bytes are copied one by one, which is faster than a view of them. */
const SHORT = 32;
const QUOTE = 0x22;

/** Writes what `read` gives. */
export function stringWriter(read: (row: number) => string): TextWriter {
  return (row, into, at, end) => {
    const text = read(row);
    if (text.length * UNIT > end - at) return -1;
    return at + encoder.encodeInto(text, into.subarray(at, end)).written;
  };
}

/** Writes one text for every row. */
export function constantWriter(text: string): TextWriter {
  const bytes = encoder.encode(text);
  return withPiece({ kind: 'constant', bytes }, (_, into, at, end) =>
    copy(bytes, 0, bytes.length, into, at, end),
  );
}

/** Writes texts as they are. */
export function textWriter({ offsets, data }: Buffers): TextWriter {
  const ends = offsets as Int32Array;
  return withPiece({ kind: 'text', offsets, data }, (row, into, at, end) =>
    copy(data, ends[row] as number, ends[row + 1] as number, into, at, end),
  );
}

/** Writes texts as JSON strings. */
export function jsonTextWriter({ offsets, data }: Buffers): TextWriter {
  const ends = offsets as Int32Array;
  const spelt = stringWriter((row) =>
    JSON.stringify(decoder.decode(data.subarray(ends[row], ends[row + 1]))),
  );
  return withPiece({ kind: 'string', offsets, data }, (row, into, at, end) => {
    const [from, to] = [ends[row] as number, ends[row + 1] as number];
    for (let byte = from; byte < to; byte += 1) {
      const unit = data[byte] as number;
      if (unit < 0x20 || unit === QUOTE || unit === 0x5c) return spelt(row, into, at, end);
    }
    if (to - from + 2 > end - at) return -1;
    into[at] = QUOTE;
    const after = copy(data, from, to, into, at + 1, end);
    into[after] = QUOTE;
    return after + 1;
  });
}

/** Writes integers of 64 bits as their digits. */
export function digitsWriter(integers: Buffers): TextWriter {
  const { data, rows } = integers;
  const words = new Int32Array(data.buffer, data.byteOffset, rows * 2);
  const read = laneReader(
    { ...integers, kind: 'bigint', hasUnsafeValues: false, source: null },
    null,
  );
  const large = stringWriter((row) => String(read(row)));
  return withPiece({ kind: 'digits', offsets: null, data }, (row, into, at, end) => {
    let value = words[row * 2] as number;
    if (value < 0 || words[row * 2 + 1] !== 0) return large(row, into, at, end);
    let size = 1;
    for (let next = 10; value >= next; next *= 10) size += 1;
    if (at + size > end) return -1;
    for (let digit = at + size - 1; digit >= at; digit -= 1) {
      const rest = Math.trunc(value / 10);
      into[digit] = 0x30 + value - rest * 10;
      value = rest;
    }
    return at + size;
  });
}

function withPiece(piece: TextPiece, write: TextWriter): TextWriter {
  return Object.assign(write, { piece });
}

function copy(
  from: Uint8Array,
  start: number,
  stop: number,
  into: Uint8Array,
  at: number,
  end: number,
): number {
  const size = stop - start;
  if (at + size > end) return -1;
  if (size > SHORT) into.set(from.subarray(start, stop), at);
  else for (let i = 0; i < size; i += 1) into[at + i] = from[start + i] as number;
  return at + size;
}
