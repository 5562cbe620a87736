import type { ShapedTable } from '../../../../operators/types.js';
import { LoadError } from '../../../errors.js';
import type { ColumnSource } from './chunk-writer.js';

/** Numbers the root rows of each root table in a load, batch after batch. */
export interface RowNumbers {
  /**
   * Begins a batch. Gives the numbers of a table's rows: of a child table those of their root rows.
   * Errors of that: LoadError for a child table whose rows do not say which they are.
   */
  next(tables: readonly ShapedTable[]): (table: ShapedTable) => ColumnSource;
}

/** @param from the numbers of the next root rows by root table. @default 0 */
export function rowNumbers(from: ReadonlyMap<string, number> = new Map()): RowNumbers {
  const counts = new Map(from);
  return {
    next(tables) {
      const before = new Map(counts);
      const parents = new Map(tables.map(({ schema }) => [schema.name, schema.parent]));
      for (const { schema, rows } of tables)
        if (schema.parent === null) counts.set(schema.name, (counts.get(schema.name) ?? 0) + rows);
      return ({ schema, rows, rootRows }) => {
        if (schema.parent !== null && rootRows === undefined)
          throw new LoadError(
            'its rows do not say which root rows they belong to. Use batches as evolve() and batch() make them.',
          );
        let root = schema.name;
        for (let at: string | null = root; at !== null; at = parents.get(at) ?? null) root = at;
        return numbered(rows, before.get(root) ?? 0, rootRows);
      };
    },
  };
}

function numbered(rows: number, from: number, of: Int32Array | undefined): ColumnSource {
  const words = new Uint32Array(rows * 2);
  for (let row = 0; row < rows; row += 1) {
    const value = from + (of?.[row] ?? row);
    words[row * 2] = value;
    words[row * 2 + 1] = value / 2 ** 32;
  }
  return {
    dataType: 'bigint',
    rows,
    nulls: 0,
    validity: null,
    offsets: null,
    data: new Uint8Array(words.buffer),
  };
}
