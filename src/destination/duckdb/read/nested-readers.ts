import duckdb from '@duckdb/node-bindings';
import { offsetBuffer } from './offset-buffer.js';
import { type ColumnReader, NOTHING } from './reader.js';
import { validityBuffer } from './validity-buffer.js';

/** Lists are an offset and a length each, 8 bytes; what lies together is copied together. */
export function listReader(values: ColumnReader): ColumnReader {
  const validity = validityBuffer();
  const offsets = offsetBuffer();
  return {
    append(vector, from, count) {
      const isValid = validity.append(vector, from, count);
      const entries = duckdb.vector_get_data(vector, (from + count) * 16);
      const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
      const child = duckdb.list_vector_get_child(vector);
      const lengths = new Int32Array(count);
      let [start, end] = [0, 0];
      let texts = 0;
      for (let row = 0; row < count; row += 1) {
        if (!isValid(row)) continue;
        const first = Number(view.getBigUint64((from + row) * 16, true));
        const length = Number(view.getBigUint64((from + row) * 16 + 8, true));
        lengths[row] = length;
        if (length === 0) continue;
        if (first !== end) {
          if (end > start) texts += values.append(child, start, end - start);
          start = first;
        }
        end = first + length;
      }
      if (end > start) texts += values.append(child, start, end - start);
      offsets.add(lengths);
      return texts;
    },
    finish: () => ({
      ...NOTHING,
      ...validity.finish(),
      offsets: offsets.finish(),
      children: [values.finish()],
    }),
  };
}

export function arrayReader(values: ColumnReader, size: number): ColumnReader {
  const validity = validityBuffer();
  return {
    append(vector, from, count) {
      validity.append(vector, from, count);
      return values.append(duckdb.array_vector_get_child(vector), from * size, count * size);
    },
    finish: () => ({ ...NOTHING, ...validity.finish(), children: [values.finish()] }),
  };
}

export function structReader(fields: readonly ColumnReader[]): ColumnReader {
  const validity = validityBuffer();
  return {
    append(vector, from, count) {
      validity.append(vector, from, count);
      let texts = 0;
      for (const [i, field] of fields.entries())
        texts += field.append(duckdb.struct_vector_get_child(vector, i), from, count);
      return texts;
    },
    finish: () => ({
      ...NOTHING,
      ...validity.finish(),
      children: fields.map((field) => field.finish()),
    }),
  };
}
