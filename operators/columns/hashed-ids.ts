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
import {
  constantWriter,
  digitsWriter,
  jsonTextWriter,
  stringWriter,
  type TextWriter,
} from './text-writers.js';
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
        write: own === undefined ? constantWriter('null') : jsonWriter(own),
      };
    })
    .sort((a, b) => compareCodePoints(a.name, b.name));
  return hashIds(rows, [
    ...members.flatMap(({ name, write }, i) => [
      constantWriter(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`),
      write,
    ]),
    constantWriter('}'),
  ]);
}

function contentIds(rows: Rows, count: number, limits: Limits): Buffers {
  const { body, span } =
    rows.page.stamp === null && rows.span.kind === 'array' ? rows : joinFields(rows.page, rows);
  const made = hashRows(body, span.start, count, limits);
  if (made !== null) return made;
  const texts = pythonRows(new TextDecoder().decode(body.subarray(span.start, span.end)));
  return hashIds(texts.length, [stringWriter((row) => texts[row] as string)]);
}

/** Writes the values of a column as JSON; null where it has none. */
function jsonWriter({ lanes, text }: WalkedColumn): TextWriter {
  const all = lanes.map(({ validity, ...lane }) => ({
    validity,
    write: laneWriter({ validity, ...lane }, text),
  }));
  const [only] = all;
  if (all.length === 1 && only?.validity === null) return only.write;
  const none = constantWriter('null');
  return (row, into, at, end) => {
    for (const { validity, write } of all)
      if (isValid(validity, row)) return write(row, into, at, end);
    return none(row, into, at, end);
  };
}

function laneWriter(lane: Lane, text: WalkedColumn['text']): TextWriter {
  const { kind } = lane;
  if (kind === 'bigint') return digitsWriter(lane);
  if (kind === 'text') return jsonTextWriter(lane);
  const read = laneReader(lane, text);
  if (kind === 'double') return stringWriter((row) => pythonDouble(read(row) as number));
  if (kind === 'json') return stringWriter((row) => pythonJson(read(row) as string));
  return stringWriter((row) =>
    kind === 'timestamp' ? JSON.stringify(read(row)) : String(read(row)),
  );
}
