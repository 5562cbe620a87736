import { compareCodePoints } from '../json/compare-code-points.js';
import { joinFields } from '../json/join-fields.js';
import { pythonDouble, pythonJson, pythonRows } from '../json/python-json.js';
import { type Convention, conventionOf } from '../schema/convention.js';
import { isValid, laneReader } from '../schema/lane-value.js';
import { pathKey } from '../schema/names.js';
import { ROW_ID, strategyOf } from '../schema/table-hints.js';
import type { Buffers, DeclaredHints, Lane, Rows } from '../types.js';
import { hashIds, hashRows } from './hash-ids.js';
import type { Limits } from './limits.js';
import type { WalkedColumn, WalkedTable } from './walk.js';

/** Makes the ids of a root table's rows. */
export type MakeIds = (table: WalkedTable) => Buffers;

/**
 * Returns how the ids of root rows are made where rows are merged by them: dlt's recipe, so that
 * each finds the rows of the other. They are hashes of the primary key (`upsert`, `insert-only`) or
 * of all that the row holds (`scd2`, where `_dlt_id` tells versions apart). Null where ids are
 * random. `keys`: for each key of the primary key the raw keys that it names, null while none came.
 *
 * Source: dlt 1.31, `get_row_hash` of its relational normalizer.
 */
export function hashedIds(
  hints: DeclaredHints,
  limits: Limits,
): ((rows: Rows, keys: readonly (readonly string[] | null)[]) => MakeIds) | null {
  const strategy = strategyOf(hints);
  if (hints.writeDisposition !== 'merge' || strategy === 'delete-insert') return null;
  const { scd2 = null } = hints.merge ?? {};
  if (scd2 === null)
    return (_, keys) => (table) =>
      keyIds(table, hints.primaryKey, keys, conventionOf(hints.naming));
  return scd2.rowVersion === ROW_ID
    ? (rows) => (table) => contentIds(rows, table.rows, limits)
    : null;
}

function keyIds(
  { columns, rows }: WalkedTable,
  primaryKey: readonly string[],
  keys: readonly (readonly string[] | null)[],
  convention: Convention,
): Buffers {
  const members = primaryKey
    .map((key, i) => {
      const path = keys[i] ?? null;
      const own =
        path === null
          ? undefined
          : columns.find((column) => pathKey(column.path) === pathKey(path));
      return {
        name: path === null ? convention.path(key) : convention.plain(path),
        read: own === undefined ? () => 'null' : jsonReader(own),
      };
    })
    .sort((a, b) => compareCodePoints(a.name, b.name));
  const spelt = members.map(({ name, read }) => ({ name: JSON.stringify(name), read }));
  return hashIds(
    Array.from(
      { length: rows },
      (_, row) => `{${spelt.map(({ name, read }) => `${name}:${read(row)}`).join(',')}}`,
    ),
  );
}

function contentIds(rows: Rows, count: number, limits: Limits): Buffers {
  const { body, span } =
    rows.page.stamp === null && rows.span.kind === 'array' ? rows : joinFields(rows.page, rows);
  return (
    hashRows(body, span.start, count, limits) ??
    hashIds(pythonRows(new TextDecoder().decode(body.subarray(span.start, span.end))))
  );
}

/** Reads the values of a column as JSON; null where it has none. */
function jsonReader({ lanes, text }: WalkedColumn): (row: number) => string {
  const readers = lanes.map((lane) => ({ lane, read: laneReader(lane, text) }));
  return (row) => {
    const found = readers.find(({ lane }) => isValid(lane.validity, row));
    return found === undefined ? 'null' : printed(found.lane.kind, found.read(row));
  };
}

function printed(kind: Lane['kind'], value: ReturnType<ReturnType<typeof laneReader>>): string {
  if (kind === 'double') return pythonDouble(value as number);
  if (kind === 'json') return pythonJson(value as string);
  return kind === 'text' || kind === 'timestamp' ? JSON.stringify(value) : String(value);
}
