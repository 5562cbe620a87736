import { SchemaError } from '../errors.js';
import { buildBuffers } from '../schema/build-buffers.js';
import { TYPE_OF } from '../schema/coerce.js';
import { conventionOf } from '../schema/convention.js';
import { isValid, laneReader, type LaneValue } from '../schema/lane-value.js';
import type { FlatColumn, FlatTable, Lane } from '../types.js';
import { dropValues } from './drop-values.js';
import { inPageOrder, pathsKey } from './take-rows.js';

/**
 * Gives the columns of a page the names that dlt gives them, whatever keys they come from: of two
 * keys of a row with one name the one that dlt writes later counts, and a key that is named like
 * one of dlt's own columns is written over by it. Columns have no path then, so that no key owns
 * them, and lists are known by their names.
 *
 * Source of the rule: dlt's relational normalizer writes the values of a row into one dict by their
 * names: objects after what stands beside them, the last of several first.
 *
 * Errors: SchemaError for a key for which dlt has no name: nothing but separators and blanks.
 */
export function withDltNames(tables: readonly FlatTable[]): FlatTable[] {
  const { plain, separator } = conventionOf(tables[0]?.hints.naming);
  const paths = tables.map(({ path }) =>
    path.map((keys) => (keys.length === 0 ? keys : [plain(keys)])),
  );
  const isOne = new Set(paths.map(pathsKey)).size === paths.length;
  return tables.map((table, i) => {
    const own = new Set(table.columns.filter(({ system }) => system).map(({ name }) => name));
    if (table.parentRow === null) own.add('_dlt_load_id');
    const nameless = table.columns
      .flatMap(({ path }) => path ?? [])
      .find((key) => isNameless(key, separator));
    if (nameless !== undefined)
      throw new SchemaError(
        `Table ${table.name}: dlt fails by the key ${JSON.stringify(nameless)}, which gives no name. Leave out \`compat: 'dlt'\` to keep it, or rename it in a processing step.`,
      );
    const byName = new Map<string, FlatColumn[]>();
    for (const column of table.columns)
      if (!column.system && !own.has(column.name))
        byName.set(column.name, [...(byName.get(column.name) ?? []), column]);
    const columns = [...byName.values()].map((same) =>
      same.length === 1 ? (same[0] as FlatColumn) : merged(table, same),
    );
    const named = columns.map((column) => ({ ...column, path: null }));
    return {
      ...table,
      path: isOne ? (paths[i] as FlatTable['path']) : table.path,
      columns: inPageOrder([...named, ...table.columns.filter(({ system }) => system)]),
    };
  });
}

/** An empty key is `_empty`. */
function isNameless(key: string, separator: string): boolean {
  return key.includes(separator) && key.split(separator).every((part) => part.trim() === '');
}

/** Returns one column of several with one name. */
function merged(table: FlatTable, columns: readonly FlatColumn[]): FlatColumn {
  const dropped = new Map<FlatColumn, number[]>(columns.map((column) => [column, []]));
  for (let row = 0; row < table.rows; row += 1) {
    const there = columns.filter(({ lanes }) =>
      lanes.some(({ validity }) => isValid(validity, row)),
    );
    if (there.length < 2) continue;
    const winner = there.reduce((one, other) =>
      table.isBefore?.(row, one, other) === true ? other : one,
    );
    for (const column of there) if (column !== winner) dropped.get(column)?.push(row);
  }
  const rest = columns.flatMap(
    (column) =>
      dropValues({ ...table, columns: [column] }, column, dropped.get(column) ?? []).columns,
  );
  const [first] = inPageOrder([...rest]);
  if (first === undefined) return columns[0] as FlatColumn;
  return { ...first, lanes: inOne(rest), text: null };
}

/** Joins the lanes of columns that have no value in the same row, in the order of their rows. */
function inOne(columns: readonly FlatColumn[]): Lane[] {
  const byKind = new Map<Lane['kind'], (LaneValue | undefined)[]>();
  for (const { lanes, text } of columns)
    for (const lane of lanes) {
      const kind = lane.kind === 'timestamp' ? 'text' : lane.kind;
      const read = laneReader(lane, text);
      const values =
        byKind.get(kind) ?? new Array<LaneValue | undefined>(lane.rows).fill(undefined);
      for (let row = 0; row < lane.rows; row += 1)
        if (isValid(lane.validity, row)) values[row] = read(row);
      byKind.set(kind, values);
    }
  return [...byKind]
    .sort(([, a], [, b]) => firstOf(a) - firstOf(b))
    .map(([kind, values]) => ({
      ...buildBuffers({ dataType: TYPE_OF[kind] }, values),
      kind,
      hasUnsafeValues: kind === 'bigint',
      source: null,
    }));
}

function firstOf(values: readonly unknown[]): number {
  return values.findIndex((value) => value !== undefined);
}
