import { childId } from './child-id.js';
import type { Dump } from './dump.js';
import { shownColumns } from './standard-tables.js';

/** The rows of a table in the order they are stored. */
export interface Rows {
  names: string[];
  /** Name, type and `NOT NULL`. */
  columns: string[];
  rows: (string | null)[][];
}

const IDS = ['_dlt_id', '_dlt_parent_id', '_dlt_root_id'];

/**
 * Sorts the rows of all tables by what they and their descendants hold, and names their ids after
 * their place: `items#1`. An id that is not the one that its parent's gives ends in `!`.
 */
export function nameRows(tables: ReadonlyMap<string, Rows>, exactIds: boolean): Dump['tables'] {
  const contents = contentsOf(tables);
  const names = new Map<string, string>();
  const named: Dump['tables'] = {};
  for (const [table, { names: columns, columns: shown, rows }] of rootsFirst(tables)) {
    const at = (column: string): number => columns.indexOf(column);
    const parent = at('_dlt_parent_id');
    const place = (row: (string | null)[]): string[] =>
      parent < 0
        ? []
        : [
            names.get(String(row[parent])) ?? '?',
            String(row[at('_dlt_list_idx')]).padStart(6, '0'),
          ];
    const sorted = rows
      .map((row) => ({ row, key: [...place(row), contents(table, row)] }))
      .sort((a, b) => compare(a.key, b.key))
      .map(({ row }) => row);
    sorted.forEach((row, i) => {
      const id = row[at('_dlt_id')];
      if (at('_dlt_id') < 0 || id === null || id === undefined || names.has(id)) return;
      const isRuled =
        parent < 0 || id === childId(String(row[parent]), table, String(row[at('_dlt_list_idx')]));
      names.set(id, `${table}#${i + 1}${isRuled ? '' : '!'}`);
    });
    named[table] = {
      columns: shownColumns(table, shown),
      rows: sorted.map((row) =>
        row.map((cell, i) =>
          (exactIds && table !== '_dlt_pipeline_state') ||
          cell === null ||
          !IDS.includes(columns[i] ?? '')
            ? cell
            : (names.get(cell) ?? 'no row'),
        ),
      ),
    };
  }
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => compare([a], [b])));
}

/** Parents come before their children, whose names begin with theirs. */
function rootsFirst(tables: ReadonlyMap<string, Rows>): [string, Rows][] {
  return [...tables].sort(([a], [b]) => a.length - b.length || compare([a], [b]));
}

/** The text of a row with its descendants, without ids. */
function contentsOf(
  tables: ReadonlyMap<string, Rows>,
): (table: string, row: (string | null)[]) => string {
  const children = new Map<string, string[]>();
  const own = new Map<(string | null)[], string>();
  const deepestFirst = rootsFirst(tables).reverse();
  for (const [table, { names, rows }] of deepestFirst)
    for (const row of rows) {
      const cells = row.filter((_, i) => !IDS.includes(names[i] ?? ''));
      const below = (children.get(String(row[names.indexOf('_dlt_id')])) ?? []).toSorted();
      const text = JSON.stringify([cells, below]);
      own.set(row, text);
      const parent = row[names.indexOf('_dlt_parent_id')];
      if (names.includes('_dlt_parent_id') && parent != null)
        children.set(parent, [...(children.get(parent) ?? []), `${table} ${text}`]);
    }
  return (_, row) => own.get(row) ?? '';
}

function compare(a: readonly string[], b: readonly string[]): number {
  const i = a.findIndex((part, index) => part !== b[index]);
  if (i < 0) return 0;
  return (a[i] ?? '') < (b[i] ?? '') ? -1 : 1;
}
