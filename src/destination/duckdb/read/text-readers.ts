import { type DuckDBType, DuckDBVector } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { byteBuffer } from './byte-buffer.js';
import { copyTexts } from './copy-texts.js';
import { offsetBuffer } from './offset-buffer.js';
import { type ColumnReader, NOTHING } from './reader.js';
import { validityBuffer } from './validity-buffer.js';

export function textReader(): ColumnReader {
  const validity = validityBuffer();
  const offsets = offsetBuffer();
  const data = byteBuffer();
  return {
    append(vector, from, count) {
      const isValid = validity.append(vector, from, count);
      return offsets.add(copyTexts(vector, from, count, isValid, data));
    },
    finish: () => ({
      ...NOTHING,
      ...validity.finish(),
      offsets: offsets.finish(),
      data: data.finish(),
    }),
  };
}

/** Values of types that Arrow lacks, as DuckDB's binding prints them. */
export function printedReader(type: DuckDBType): ColumnReader {
  const validity = validityBuffer();
  const offsets = offsetBuffer();
  const data = byteBuffer();
  const encoder = new TextEncoder();
  return {
    append(vector, from, count) {
      validity.append(vector, from, count);
      const values = DuckDBVector.create(vector, from + count, type);
      return offsets.add(
        Int32Array.from({ length: count }, (_, row) => {
          const value = values.getItem(from + row);
          if (value === null) return 0;
          const text = encoder.encode(String(value));
          data.take(text.length).set(text);
          return text.length;
        }),
      );
    },
    finish: () => ({
      ...NOTHING,
      ...validity.finish(),
      offsets: offsets.finish(),
      data: data.finish(),
    }),
  };
}

const HEX = new TextEncoder().encode('0123456789abcdef');
/** Where each byte of a UUID's number, the highest first, has its two digits in the text. */
const DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const UUID = 36;

/** DuckDB keeps a UUID as a number whose highest bit is flipped, so that it sorts as its text. */
export function uuidReader(): ColumnReader {
  const validity = validityBuffer();
  const offsets = offsetBuffer();
  const data = byteBuffer();
  return {
    append(vector, from, count) {
      const isValid = validity.append(vector, from, count);
      const bytes = duckdb.vector_get_data(vector, (from + count) * 16);
      const lengths = new Int32Array(count);
      for (let row = 0; row < count; row += 1) {
        if (!isValid(row)) continue;
        lengths[row] = UUID;
        const out = data.take(UUID).fill(45);
        for (let i = 0; i < 16; i += 1) {
          const byte = (bytes[(from + row) * 16 + 15 - i] as number) ^ (i === 0 ? 0x80 : 0);
          const at = DIGITS[i] as number;
          out[at] = HEX[byte >> 4] as number;
          out[at + 1] = HEX[byte & 15] as number;
        }
      }
      return offsets.add(lengths);
    },
    finish: () => ({
      ...NOTHING,
      ...validity.finish(),
      offsets: offsets.finish(),
      data: data.finish(),
    }),
  };
}
