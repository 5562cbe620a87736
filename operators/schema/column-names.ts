import type { ColumnSchema, FlatColumn, SchemaChange } from '../types.js';
import { byClaim, collision, freeName } from './names.js';

/** The names of one table's columns. */
export interface ColumnNames {
  /**
   * The columns of a page under the names that their raw keys have in the table; keys that are new
   * get theirs.
   */
  name(columns: readonly FlatColumn[]): {
    columns: readonly FlatColumn[];
    collisions: SchemaChange[];
  };
}

const SYSTEM = ['_dlt_id', '_dlt_load_id', '_dlt_parent_id', '_dlt_list_idx', '_dlt_root_id'];

/**
 * Keeps apart raw keys that normalize to one name: values of two keys never meet in a column. A
 * column that the table has belongs to the key that the schema says; where it says none, to the
 * first that comes.
 */
export function columnNames(table: string, existing: readonly ColumnSchema[]): ColumnNames {
  const names = new Map<string, string>();
  const taken = new Set(SYSTEM);
  const own = (path: readonly string[], name: string): void => {
    names.set(JSON.stringify(path), name);
    taken.add(name);
  };
  for (const { name, path } of existing) if (path !== undefined) own(path, name);

  return {
    name(columns) {
      const raw = columns.map(({ path }) => (path === null ? null : JSON.stringify(path)));
      const collisions: SchemaChange[] = [];
      const fresh = columns.flatMap(({ name, path, firstRow }, i) =>
        path === null || names.has(raw[i] as string) ? [] : [{ path, plain: name, firstRow }],
      );
      for (const column of fresh.sort(byClaim)) {
        const name = freeName(column, (candidate) => taken.has(candidate));
        own(column.path, name);
        if (name !== column.plain) collisions.push(collision(table, name, column));
      }
      return {
        columns: columns.map((column, i) =>
          named(column, raw[i] === null ? column.name : (names.get(raw[i] as string) as string)),
        ),
        collisions,
      };
    },
  };
}

function named(column: FlatColumn, name: string): FlatColumn {
  return column.name === name ? column : { ...column, name };
}
