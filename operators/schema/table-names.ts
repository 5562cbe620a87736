import { SchemaError } from '../errors.js';
import { ownMember } from '../json/own-member.js';
import { shortened } from '../settings/shortened.js';
import type { Compat, DatasetSchema, FlatTable, SchemaChange, TableSchema } from '../types.js';
import { conventionOf, nameBelow } from './convention.js';
import type { KnownTable, KnownTables } from './known-tables.js';
import { byClaim, collision, freeName } from './names.js';

/**
 * Returns what identifies a table of a page: its root table, and the raw keys to the list that it
 * holds; by dlt's rules its name alone, so that lists of one name share a table wherever they are.
 */
export function tableId(
  root: string,
  { name, path }: Pick<FlatTable, 'name' | 'path'>,
  compat: Compat,
): string {
  return compat === 'dlt' ? name : JSON.stringify([root, ...path]);
}

/**
 * Returns the tables of a page in the order in which they get their names: by first row of the root
 * table, parents before children.
 */
export function inOrderOfClaim(root: string, tables: readonly FlatTable[]): FlatTable[] {
  const places = new Map(tables.map((table) => [JSON.stringify(table.path), table]));
  const first = (table: FlatTable, row = 0): number => {
    const above =
      table.parentRow === null ? undefined : places.get(JSON.stringify(table.path.slice(0, -1)));
    return above === undefined ? row : first(above, table.parentRow?.[row]);
  };
  return tables
    .map((table) => ({
      table,
      path: rawKeys(root, table.path),
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
 * Returns the schema that a table that is new to the stream begins with, under its name in the
 * dataset. Two lists never share a table, but for those of one name by dlt's rules: a table that is
 * there belongs to the list that the schema says; where it says none, to the first that comes.
 *
 * Errors: SchemaError where a list and a resource of its own would fill one table.
 */
export function nameTable(
  root: string,
  table: FlatTable,
  known: KnownTables,
): { schema: TableSchema; collisions: SchemaChange[] } {
  const { path } = table;
  const ofStream = [...known.tables.values()].map(({ schema }) => schema);
  // A database may not tell names apart that differ only in case.
  const owners = new Map(
    [...Object.values(known.schema), ...ofStream].map((one) => [one.name.toLowerCase(), one]),
  );
  const own = new Set(ofStream.map(({ name }) => name.toLowerCase()));
  const keys = path.at(-1);
  if (keys === undefined) {
    const owner = owners.get(table.name.toLowerCase());
    if (owner !== undefined && owner.parent !== null)
      throw twoOwners(table.name, owner.parent, owner.path);
    return { schema: begun(known.schema, { name: table.name, parent: null }), collisions: [] };
  }
  // A list whose rows have keys of their own is a root table.
  if (table.parent === null)
    return { schema: begun(known.schema, { name: table.name, parent: null }), collisions: [] };
  const isDlt = known.compat === 'dlt';
  const above = tableId(root, { name: table.parent, path: path.slice(0, -1) }, known.compat);
  const parent = (known.tables.get(above) as KnownTable).schema.name;
  const convention = conventionOf(table.hints.naming);
  const list = isDlt ? convention.plain : JSON.stringify;
  const before = [...owners.values()].find((owner) =>
    owner.parent === parent
      ? owner.path !== undefined && list(owner.path) === list(keys)
      : isDlt && owner.parent !== null && owner.name === table.name,
  );
  const wanted = {
    path: rawKeys(root, table.path),
    plain:
      parent === table.parent
        ? table.name
        : convention.join(parent, nameBelow(table.name, table.parent) ?? convention.plain(keys)),
  };
  const name =
    before?.name ??
    freeName(
      wanted,
      (candidate) => {
        const owner = owners.get(candidate);
        if (owner?.parent === null) throw twoOwners(candidate, parent, keys);
        return owner !== undefined && (own.has(candidate) || owner.path !== undefined);
      },
      convention.fit,
    );
  if (isDlt && before === undefined && name !== wanted.plain)
    throw new SchemaError(
      `Table ${wanted.plain}: dlt fails by its name, which differs only in case from that of table ${owners.get(wanted.plain.toLowerCase())?.name}. Leave out \`compat: 'dlt'\` to keep both, use naming snake_case, or rename the list in a processing step.`,
    );
  return {
    schema: begun(known.schema, {
      name,
      parent: before?.parent ?? parent,
      path: before?.path ?? keys,
    }),
    collisions: name === wanted.plain ? [] : [collision(parent, name, wanted)],
  };
}

/**
 * Refuses a table of a page that is another one than the table of the stream with its id: by dlt's
 * rules alone, which know tables by their names. SchemaError where a list and a resource of its own
 * would fill one table.
 */
export function checkOwners(there: TableSchema, { name, parent, path }: FlatTable): void {
  if (there.parent !== null && parent === null) throw twoOwners(name, there.parent, there.path);
  if (there.parent === null && parent !== null) throw twoOwners(name, parent, path.at(-1));
}

/** Returns the table as the dataset has it, or without columns. */
function begun(schema: DatasetSchema, table: Omit<TableSchema, 'columns'>): TableSchema {
  const existing = ownMember(schema, table.name);
  return { ...table, columns: existing?.columns ?? [] };
}

/** Lists in lists have no key. */
function rawKeys(root: string, path: FlatTable['path']): string[] {
  return [root, ...path.flatMap((keys) => (keys.length === 0 ? ['[]'] : keys))];
}

function twoOwners(
  table: string,
  parent: string,
  keys: readonly string[] | undefined,
): SchemaError {
  const list =
    keys === undefined || keys.length === 0
      ? 'a list'
      : `the list \`${shortened(keys.join('.'), 200)}\``;
  return new SchemaError(
    `Table ${table} cannot hold both the rows of a resource and ${list} in the rows of table ${parent}. Give the resource that fills it another tableName.`,
  );
}
