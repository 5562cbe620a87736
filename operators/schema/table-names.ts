import { SchemaError } from '../errors.js';
import type { DatasetSchema, FlatTable, SchemaChange, TableSchema } from '../types.js';
import { byClaim, collision, freeName } from './names.js';

/** Tables under the names that they have in the dataset, by the ids that `tableId` gives them. */
export interface KnownTables {
  /** Those of the stream so far. */
  of(id: string): TableSchema | undefined;
  all(): Iterable<TableSchema>;
  /** Those that were there before. */
  schema: DatasetSchema;
}

/**
 * What tells a table of a page from all others: its root table, and the raw keys to the list that
 * it holds.
 */
export function tableId(root: string, path: FlatTable['path']): string {
  return JSON.stringify([root, ...path]);
}

/**
 * The tables of a page in the order in which they get their names: by first row of the root table,
 * parents before children.
 */
export function inOrderOfClaim(tables: readonly FlatTable[]): FlatTable[] {
  const places = new Map(tables.map((table) => [JSON.stringify(table.path), table]));
  const first = (table: FlatTable, row = 0): number => {
    const above =
      table.parentRow === null ? undefined : places.get(JSON.stringify(table.path.slice(0, -1)));
    return above === undefined ? row : first(above, table.parentRow?.[row]);
  };
  return tables
    .map((table) => ({
      table,
      path: rawKeys(table),
      plain: table.name,
      firstRow: first(table),
    }))
    .sort(
      (a, b) =>
        a.firstRow - b.firstRow || a.table.path.length - b.table.path.length || byClaim(a, b),
    )
    .map(({ table }) => table);
}

/**
 * The name that a table that is new to the stream has in the dataset, and its parent's. Two
 * lists never share a table: a table that is there belongs to the list that the schema says; where
 * it says none, to the first that comes.
 *
 * Errors: SchemaError where a list and a resource of its own would fill one table.
 */
export function nameTable(
  root: string,
  table: FlatTable,
  known: KnownTables,
): { name: string; parent: string | null; collisions: SchemaChange[] } {
  const { path } = table;
  const owners = new Map([
    ...Object.entries(known.schema),
    ...[...known.all()].map((own) => [own.name, own] as const),
  ]);
  const own = new Set([...known.all()].map(({ name }) => name));
  const keys = path.at(-1);
  if (keys === undefined) {
    const owner = owners.get(table.name);
    if (owner !== undefined && owner.parent !== null)
      throw twoOwners(table.name, owner.parent, owner.path);
    return { name: table.name, parent: null, collisions: [] };
  }
  const { name: parent } = known.of(tableId(root, path.slice(0, -1))) as TableSchema;
  const list = JSON.stringify(keys);
  const before = [...owners.values()].find(
    (owner) => owner.parent === parent && JSON.stringify(owner.path) === list,
  );
  const wanted = {
    path: rawKeys(table),
    plain: parent + table.name.slice(String(table.parent).length),
  };
  const name =
    before?.name ??
    freeName(wanted, (candidate) => {
      const owner = owners.get(candidate);
      if (owner?.parent === null) throw twoOwners(candidate, parent, keys);
      return owner !== undefined && (own.has(candidate) || owner.path !== undefined);
    });
  return {
    name,
    parent,
    collisions: name === wanted.plain ? [] : [collision(parent, name, wanted)],
  };
}

/** Lists in lists have no key. */
function rawKeys({ name, path }: FlatTable): string[] {
  return [name, ...path.flatMap((keys) => (keys.length === 0 ? ['[]'] : keys))];
}

function twoOwners(
  table: string,
  parent: string,
  keys: readonly string[] | undefined,
): SchemaError {
  const list =
    keys === undefined || keys.length === 0
      ? 'a list'
      : `the list \`${keys.join('.').slice(0, 200)}\``;
  return new SchemaError(
    `Table ${table} cannot hold both the rows of a resource and ${list} in the rows of table ${parent}. Give the resource that fills it another tableName.`,
  );
}
