import type { Limits } from '../columns/limits.js';
import { openShape, type WalkedColumn, type WalkedTable } from '../columns/walk.js';
import { isValid, laneReader, type LaneValue } from '../schema/lane-value.js';
import type { Json, JsonObject, Lane, Span } from '../types.js';
import { parseJson } from './parse-json.js';
import { readings } from './paths.js';

/** Reads a few fields of rows. Close it when no more pages come. */
export interface FieldReader {
  /**
   * One object a row, holding under each path the value found there; paths without a value (or
   * null) are left out.
   */
  read(body: Uint8Array, span: Span): JsonObject[];
  /** The same; null where one of the values is a number that JavaScript would print otherwise. */
  readExact(body: Uint8Array, span: Span): JsonObject[] | null;
  close(): void;
}

/**
 * Makes a reader of the fields at paths (`readings`); all else in the rows is skipped. Objects and
 * arrays come parsed, integers beyond 2^53 as BigInt, timestamps and numbers beyond double as the
 * text they were.
 *
 * Errors: those of walking a page.
 */
export function fieldReader(paths: readonly string[], limits: Partial<Limits> = {}): FieldReader {
  const wanted = paths.flatMap((path) => readings(path).map((keys) => ({ path, keys })));
  const shape = openShape(
    (table, path) => {
      if (table.length > 0) return 'skip';
      if (wanted.some(({ keys }) => keys.length === path.length && startsWith(keys, path)))
        return 'json';
      return wanted.some(({ keys }) => startsWith(keys, path)) ? 'flatten' : 'skip';
    },
    { limits },
  );
  const columnsIn = (root: WalkedTable | undefined): { path: string; column: WalkedColumn }[] =>
    // The first reading that a row has counts, so it is filled in last.
    wanted.toReversed().flatMap(({ path, keys }) => {
      const column = root?.columns.find(
        (candidate) => candidate.path.length === keys.length && startsWith(keys, candidate.path),
      );
      return column === undefined ? [] : [{ path, column }];
    });
  const filled = (root: WalkedTable | undefined, columns: ReturnType<typeof columnsIn>) => {
    const rows: JsonObject[] = Array.from({ length: root?.rows ?? 0 }, () => ({}));
    for (const { path, column } of columns) fill(rows, path, column);
    return rows;
  };
  return {
    read(body, span) {
      const [root] = shape.walk(body, span, null);
      return filled(root, columnsIn(root));
    },
    readExact(body, span) {
      const [root] = shape.walk(body, span, null);
      const columns = columnsIn(root);
      const isExact = columns.every(({ column: { lanes } }) =>
        lanes.every(
          ({ kind, source }) =>
            kind !== 'double' && kind !== 'hugeint' && (kind !== 'bigint' || source === null),
        ),
      );
      return isExact ? filled(root, columns) : null;
    },
    close: () => shape.close(),
  };
}

function startsWith(keys: readonly string[], path: readonly string[]): boolean {
  return path.every((key, i) => key === keys[i]);
}

function fill(rows: JsonObject[], path: string, { lanes, text }: WalkedColumn): void {
  for (const lane of lanes) {
    const read = laneReader(lane, text);
    for (const [row, into] of rows.entries())
      if (isValid(lane.validity, row)) into[path] = plain(lane.kind, read(row));
  }
}

/**
 * Returns the value as JavaScript programs want it: integers as numbers where they are safe, kept
 * JSON parsed.
 */
function plain(kind: Lane['kind'], value: LaneValue): Json {
  if (kind === 'json') return parseJson(value as string);
  if (kind === 'hugeint') return /^-?\d+$/.test(value as string) ? BigInt(value) : value;
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
