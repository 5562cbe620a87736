import type { ColumnSchema, FlatColumn, SchemaChange, TableSchema } from '../types.js';
import { columnIndex } from './column-index.js';
import type { Convention } from './convention.js';
import { byClaim, collision, freeName, pathKey } from './names.js';

/** Columns of a page under the names that they have in their table. */
export interface NamedColumns {
  columns: readonly FlatColumn[];
  collisions: readonly SchemaChange[];
}

/**
 * Names the columns of a page. Values of two raw keys never meet in a column: a column that the
 * table has belongs to the key that the schema names; where it names none, to the first key that
 * comes.
 *
 * `isDeclaredFor`: whether a hint of this very key has declared the column of its name. `reserved`:
 * names that no key may have. `fit` makes a name as short as it has to be.
 */
export function nameColumns(
  { name: table, columns: existing }: Pick<TableSchema, 'name' | 'columns'>,
  columns: readonly FlatColumn[],
  isDeclaredFor: (column: FlatColumn) => boolean = () => false,
  reserved: readonly string[] = [],
  fit?: Convention['fit'],
): NamedColumns {
  const { names } = columnIndex(existing);
  const fresh = columns.filter(({ path }) => path !== null && !names.has(pathKey(path)));
  const added =
    fresh.length === 0 ? NONE : nameFresh(table, existing, fresh, isDeclaredFor, reserved, fit);
  return {
    columns: columns.map((column) => {
      if (column.path === null) return column;
      const key = pathKey(column.path);
      const name = names.get(key) ?? added.names.get(key) ?? column.name;
      return name === column.name ? column : { ...column, name };
    }),
    collisions: added.collisions,
  };
}

const NONE = { names: new Map<string, string>(), collisions: [] as SchemaChange[] };

function nameFresh(
  table: string,
  existing: readonly ColumnSchema[],
  columns: readonly FlatColumn[],
  isDeclaredFor: (column: FlatColumn) => boolean,
  reserved: readonly string[],
  fit?: Convention['fit'],
): typeof NONE {
  const taken = new Set([
    ...columnIndex(existing).taken,
    ...reserved.map((name) => name.toLowerCase()),
  ]);
  const names = new Map<string, string>();
  const collisions: SchemaChange[] = [];
  const claims = columns.map((column) => ({
    path: column.path as readonly string[],
    plain: column.name,
    firstRow: column.firstRow,
    isDeclared: isDeclaredFor(column),
  }));
  for (const claim of claims.sort(byClaim)) {
    const name = freeName(claim, (candidate) => taken.has(candidate), fit);
    names.set(pathKey(claim.path), name);
    taken.add(name.toLowerCase());
    if (name !== claim.plain) collisions.push(collision(table, name, claim));
  }
  return { names, collisions };
}
