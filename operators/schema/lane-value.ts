import type { FlatColumn, Lane } from '../types.js';

/** A value of a lane in JavaScript: text, digits, kept JSON and timestamps as text. */
export type LaneValue = string | number | bigint | boolean;

/** A value of a column: as its buffers hold it, texts as strings and bits as booleans. */
export type ColumnValue = LaneValue | Uint8Array;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Returns whether a row has a value in buffers with this validity. */
export function isValid(validity: Uint8Array | null, row: number): boolean {
  return validity === null || ((validity[row >> 3] as number) & (1 << (row & 7))) !== 0;
}

/** Returns what a JSON string is, given the characters between its quotes, escapes among them. */
export function stringOf(spelt: string): string {
  return spelt.includes('\\') ? (JSON.parse(`"${spelt}"`) as string) : spelt;
}

/**
 * Reads the numbers of a lane with the digits that were sent; undefined for a lane that does not
 * know them.
 */
export function digitsReader(
  lane: Lane,
  text: FlatColumn['text'],
): ((row: number) => string) | undefined {
  const { source } = lane;
  if (source === null || text === null) return undefined;
  const read = laneReader(lane, text);
  return (row) => {
    const from = source[row] as number;
    if (from < 0) return String(read(row));
    let to = from;
    while (IN_NUMBER[text[to] as number] === 1) to += 1;
    return decoder.decode(text.subarray(from, to));
  };
}

/** By byte: 1 for what a JSON number can hold. */
const IN_NUMBER = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number('0123456789+-.eE'.includes(String.fromCharCode(byte))),
);

/** Reads the values of one lane. A timestamp comes as the exact text it was. */
export function laneReader(lane: Lane, text: FlatColumn['text']): (row: number) => LaneValue {
  const { data, rows, source } = lane;
  switch (lane.kind) {
    case 'bigint': {
      const values = new BigInt64Array(data.buffer, data.byteOffset, rows);
      return (row) => values[row] as bigint;
    }
    case 'double': {
      const values = new Float64Array(data.buffer, data.byteOffset, rows);
      return (row) => values[row] as number;
    }
    case 'bool':
      return (row) => isValid(data, row);
    case 'timestamp':
      return (row) => {
        const from = (source as Int32Array)[row] as number;
        const bytes = text as Uint8Array;
        return stringOf(decoder.decode(bytes.subarray(from, bytes.indexOf(0x22, from))));
      };
    case 'text':
    case 'hugeint':
    case 'json': {
      const offsets = lane.offsets as Int32Array;
      return (row) => decoder.decode(data.subarray(offsets[row], offsets[row + 1]));
    }
    default:
      return lane.kind satisfies never;
  }
}
