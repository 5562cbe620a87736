import type { DuckDBBlobValue, DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'vitest';
import type { Cell } from './cell-model.js';
import type { RowModel } from './disposition-model.js';

/** A row of a root table as it is in the database. */
export interface StoredRoot extends RowModel {
  isActive: boolean;
  /** Its id, where no load made it. */
  ownId: string | null;
  loadId: string;
}

export interface StoredTables {
  rows: StoredRoot[];
  /** Types of the columns that have a value, by table. */
  types: Record<string, Record<string, string>>;
}

interface Row {
  id: string;
  parent: string | undefined;
  index: number;
  root: string | undefined;
  loadId: string;
  isActive: boolean;
  cells: Record<string, Cell>;
}

/** What ids of rows begin with that bring theirs. */
export const OWN_ID = 'own ';

const SYSTEM = [
  '_dlt_id',
  '_dlt_parent_id',
  '_dlt_list_idx',
  '_dlt_root_id',
  '_dlt_load_id',
  '_dlt_valid_from',
  '_dlt_valid_to',
];

/**
 * Reads a root table and what is below it with DuckDB's own client, and puts the rows of lists into
 * their parents. Checks what no model knows: no table is there that none of `roots` has, ids are
 * unique, every parent is there.
 */
export async function readTables(
  connection: DuckDBConnection,
  dataset: string,
  root: string,
  { roots, isVersioned }: { roots: readonly string[]; isVersioned: boolean },
): Promise<StoredTables> {
  const names = (
    await connection.runAndReadAll(
      `SELECT table_name FROM duckdb_tables() WHERE schema_name = '${dataset}' ORDER BY 1`,
    )
  )
    .getRows()
    .map(([name]) => name as string);
  const isBelow = (name: string, one: string): boolean =>
    name === one || name.startsWith(`${one}__`);
  const own = names.filter((name) => isBelow(name, root));
  // Nothing but dlt's and sluice's own tables stands beside those of the resources.
  expect(
    names.filter(
      (name) => !roots.some((one) => isBelow(name, one)) && !/^_(?:dlt|sluice)_/.test(name),
    ),
  ).toEqual([]);
  expect(names.filter((name) => name.startsWith('_sluice_new__'))).toEqual([]);
  const types: StoredTables['types'] = {};
  const tables = new Map<string, Row[]>();
  for (const name of own) {
    const { rows, columns } = await readTable(connection, dataset, name);
    types[name] = columns;
    tables.set(name, rows);
    if (!isVersioned || name !== root)
      expect([name, new Set(rows.map(({ id }) => id)).size]).toEqual([name, rows.length]);
  }
  const ids = new Map([...tables].map(([name, rows]) => [name, new Set(rows.map(({ id }) => id))]));
  // Ids that are hashes are the same in tables whose keys have one name; the longest of the names
  // that a table's own begins with is its parent's.
  const parentTable = (name: string, parent: string): string | undefined =>
    own
      .filter((other) => name.startsWith(`${other}__`) && ids.get(other)?.has(parent) === true)
      .sort((a, b) => b.length - a.length)[0];
  const below = new Map<string, Map<string, Row[]>>();
  for (const [name, rows] of tables) {
    if (name === root) continue;
    for (const row of rows) {
      const owner = parentTable(name, row.parent as string);
      expect([name, owner]).toEqual([name, expect.any(String)]);
      const parent = `${owner} ${row.parent}`;
      const lists = below.get(parent) ?? new Map<string, Row[]>();
      below.set(parent, lists.set(name, [...(lists.get(name) ?? []), row]));
    }
  }
  const nested = (table: string, row: Row, rootId: string): RowModel => ({
    index: row.index,
    cells: row.cells,
    lists: Object.fromEntries(
      [...(below.get(`${table} ${row.id}`) ?? [])].map(([name, rows]) => {
        const list = rows.sort((a, b) => a.index - b.index);
        for (const one of list) if (one.root !== undefined) expect(one.root).toBe(rootId);
        return [name, list.map((one) => nested(name, one, rootId))];
      }),
    ),
  });
  return {
    types,
    rows: (tables.get(root) ?? []).map((row) => ({
      ...nested(root, row, row.id),
      isActive: row.isActive,
      ownId: row.id.startsWith(OWN_ID) ? row.id : null,
      loadId: row.loadId,
    })),
  };
}

async function readTable(
  connection: DuckDBConnection,
  dataset: string,
  table: string,
): Promise<{ rows: Row[]; columns: Record<string, string> }> {
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const about = await connection.runAndReadAll(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = '${dataset}' AND table_name = '${table.replaceAll("'", "''")}' ORDER BY column_index`,
  );
  const columns = about.getRows().map(([name, type]) => [name as string, type as string] as const);
  // The client cuts a byte order mark off texts.
  const selected = columns.map(([name, type]) =>
    type === 'TIMESTAMP WITH TIME ZONE'
      ? `epoch_us(${quoted(name)})`
      : type === 'VARCHAR' || type === 'JSON'
        ? `encode(CAST(${quoted(name)} AS VARCHAR))`
        : quoted(name),
  );
  const read = await connection.runAndReadAll(
    `SELECT ${selected.join(', ')} FROM ${dataset}.${quoted(table)}`,
  );
  const rows = read.getRows().map((values): Row => {
    const cells = values.map(textOf);
    const all = new Map(columns.map(([name], i) => [name, cells[i]]));
    const text = (name: string): string | undefined => all.get(name) as string | undefined;
    return {
      id: text('_dlt_id') as string,
      parent: text('_dlt_parent_id'),
      index: Number(all.get('_dlt_list_idx') ?? 0),
      root: text('_dlt_root_id'),
      loadId: text('_dlt_load_id') as string,
      isActive: (all.get('_dlt_valid_to') ?? null) === null,
      cells: Object.fromEntries(
        columns.flatMap(([name], i) =>
          SYSTEM.includes(name) || cells[i] === null ? [] : [[name, cells[i] as Cell]],
        ),
      ),
    };
  });
  return {
    rows,
    columns: Object.fromEntries(columns.filter(([name]) => !SYSTEM.includes(name))),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(value: unknown): unknown {
  const { bytes } = Object(value) as Partial<DuckDBBlobValue>;
  return bytes === undefined ? value : decoder.decode(bytes);
}
