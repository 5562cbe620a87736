import duckdb from '@duckdb/node-bindings';
import type { BlockColumn } from '../../column-block.js';
import { type BitBuffer, bitBuffer } from './bit-buffer.js';
import type { Vector } from './reader.js';

/** Which of the rows of an `append` have a value. */
export type IsValid = (row: number) => boolean;

/** Rows and nulls of a column; the bitmap begins with the first null. */
export function validityBuffer(): {
  append(vector: Vector, from: number, count: number): IsValid;
  finish(): Pick<BlockColumn, 'rows' | 'nulls' | 'validity'>;
} {
  let rows = 0;
  let nulls = 0;
  let bits: BitBuffer | undefined;
  return {
    append(vector, from, count) {
      // Null where all rows have a value, whatever the binding's types say.
      const mask = duckdb.vector_get_validity(
        vector,
        Math.ceil((from + count) / 64) * 8,
      ) as Uint8Array | null;
      const isValid: IsValid =
        mask === null
          ? () => true
          : (row) => (((mask[(from + row) >> 3] as number) >> ((from + row) & 7)) & 1) === 1;
      let missing = 0;
      if (mask !== null) for (let row = 0; row < count; row += 1) if (!isValid(row)) missing += 1;
      if (missing > 0 && bits === undefined) {
        bits = bitBuffer();
        bits.appendOnes(rows);
      }
      if (missing > 0) bits?.append(mask as Uint8Array, from, count);
      else bits?.appendOnes(count);
      rows += count;
      nulls += missing;
      return isValid;
    },
    finish() {
      const column = { rows, nulls, validity: bits?.finish() ?? null };
      rows = 0;
      nulls = 0;
      bits = undefined;
      return column;
    },
  };
}
