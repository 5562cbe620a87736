import duckdb from '@duckdb/node-bindings';
import { bitBuffer } from './bit-buffer.js';
import { byteBuffer } from './byte-buffer.js';
import { type ColumnReader, NOTHING } from './reader.js';
import { validityBuffer } from './validity-buffer.js';

export function nullReader(): ColumnReader {
  let rows = 0;
  return {
    append(_, __, count) {
      rows += count;
      return 0;
    },
    finish() {
      const column = { ...NOTHING, rows, nulls: rows, validity: null };
      rows = 0;
      return column;
    },
  };
}

export function fixedReader(width: number): ColumnReader {
  const validity = validityBuffer();
  const data = byteBuffer();
  return {
    append(vector, from, count) {
      validity.append(vector, from, count);
      data
        .take(count * width)
        .set(duckdb.vector_get_data(vector, (from + count) * width).subarray(from * width));
      return 0;
    },
    finish: () => ({ ...NOTHING, ...validity.finish(), data: data.finish() }),
  };
}

export function boolReader(): ColumnReader {
  const validity = validityBuffer();
  const bits = bitBuffer();
  return {
    append(vector, from, count) {
      validity.append(vector, from, count);
      const bytes = duckdb.vector_get_data(vector, from + count);
      const packed = new Uint8Array((count + 7) >> 3);
      for (let row = 0; row < count; row += 1)
        if (bytes[from + row] === 1)
          packed[row >> 3] = (packed[row >> 3] as number) | (1 << (row & 7));
      bits.append(packed, 0, count);
      return 0;
    },
    finish: () => ({ ...NOTHING, ...validity.finish(), data: bits.finish() }),
  };
}

/** DuckDB keeps decimals in as many bytes as they need; Arrow in 16. */
export function decimalReader(digits: number): ColumnReader {
  const width = digits <= 4 ? 2 : digits <= 9 ? 4 : digits <= 18 ? 8 : 16;
  if (width === 16) return fixedReader(16);
  const validity = validityBuffer();
  const data = byteBuffer();
  return {
    append(vector, from, count) {
      validity.append(vector, from, count);
      const bytes = duckdb.vector_get_data(vector, (from + count) * width);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const taken = data.take(count * 16);
      const out = new Int32Array(taken.buffer, taken.byteOffset, count * 4);
      for (let row = 0; row < count; row += 1) {
        const at = (from + row) * width;
        const low = width === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
        const high = width === 8 ? view.getInt32(at + 4, true) : low >> 31;
        out[row * 4] = low;
        out[row * 4 + 1] = high;
        out.fill(high >> 31, row * 4 + 2, row * 4 + 4);
      }
      return 0;
    },
    finish: () => ({ ...NOTHING, ...validity.finish(), data: data.finish() }),
  };
}

/** Months, days and microseconds; Arrow has nanoseconds. */
export function intervalReader(): ColumnReader {
  const validity = validityBuffer();
  const data = byteBuffer();
  return {
    append(vector, from, count) {
      validity.append(vector, from, count);
      const out = data.take(count * 16);
      out.set(duckdb.vector_get_data(vector, (from + count) * 16).subarray(from * 16));
      const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
      for (let at = 8; at < out.length; at += 16)
        view.setBigInt64(at, view.getBigInt64(at, true) * 1_000n, true);
      return 0;
    },
    finish: () => ({ ...NOTHING, ...validity.finish(), data: data.finish() }),
  };
}
