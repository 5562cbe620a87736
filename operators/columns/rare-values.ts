import { pythonNumber } from '../json/python-json.js';
import { isRounded } from '../schema/decimal-text.js';
import { isoMicros } from '../schema/iso-micros.js';
import { stringOf } from '../schema/lane-value.js';

/** What the kernel leaves to JavaScript; each takes place and length of a text in its memory. */
export interface RareValues {
  /** The number that the text writes. */
  slowNumber(at: number, length: number): number;
  /** 1 when the number that the text writes changed when it became this double. */
  isRounded(at: number, length: number, value: number): number;
  /**
   * Microseconds since 1970 of a string, as written between its quotes; -2^63 when it is
   * no datetime.
   */
  readTimestamp(at: number, length: number): bigint;
  /** Writes the number that the text writes to `to`, as dlt prints doubles; gives its length. */
  printDouble(at: number, length: number, to: number): number;
}

const encoder = new TextEncoder();
const NO_TIMESTAMP = -(2n ** 63n);

/** Makes the kernel's functions for values that are rare or cost too much code there. */
export function rareValues(memory: {
  readonly u8: Uint8Array;
  text(at: number, length: number): string;
}): RareValues {
  const read = (at: number, length: number): string => memory.text(at, length);
  return {
    slowNumber: (at, length) => Number(read(at, length)),
    isRounded: (at, length, value) => Number(isRounded(read(at, length), value)),
    readTimestamp(at, length) {
      try {
        return isoMicros(stringOf(read(at, length))) ?? NO_TIMESTAMP;
      } catch {
        // An escape that JSON does not know: the kernel refuses it when it reads the text.
        return NO_TIMESTAMP;
      }
    },
    printDouble: (at, length, to) =>
      encoder.encodeInto(pythonNumber(read(at, length)), memory.u8.subarray(to)).written,
  };
}
