import type { CursorValue } from '../cursor/cursor-config.js';
import { isCursorValue } from '../cursor/further.js';
import { ConfigError } from '../errors.js';
import { parseJson } from '../json/parse-json.js';
import { readings } from '../json/paths.js';
import { rowObjects } from '../json/row-objects.js';
import { selectAll } from '../json/select-all.js';
import { valueAt, valueAtPath } from '../json/value-at.js';
import { isValid, laneReader } from '../schema/lane-value.js';
import { pathKey } from '../schema/names.js';
import type { Json, JsonObject, Rows } from '../types.js';
import type { KeyMode } from './kernel.js';
import type { WalkedColumn, WalkedTable } from './walk.js';

/** Reads the values at a cursor's path out of the columns of a walk. */
export interface CursorLane {
  /** What is done with a key of the root table, where it would be done `mode` without a cursor. */
  modeOf(path: readonly string[], mode: KeyMode): KeyMode;
  /** Whether a column was walked for the cursor alone. */
  isHidden(path: readonly string[]): boolean;
  /**
   * By row; null where there is none. Errors: ConfigError for values that are no texts or numbers.
   */
  valuesOf(root: WalkedTable, rows: Pick<Rows, 'body' | 'span'>): (CursorValue | null)[];
}

/**
 * Makes the reader of a cursor's path (`readings`, of which the first counts that a row has). A
 * path through lists (an index or a wildcard) leads to no column of the root table: its rows are
 * parsed.
 */
export function cursorLane(cursorPath: string): CursorLane {
  const ways = readings(cursorPath);
  const leadsThroughLists = ways.some((keys) => keys.some((key) => /^(\d+|\*)$/.test(key)));
  const hidden = new Set<string>();
  return {
    modeOf(path, mode) {
      const leadsOn = ways.some((keys) => path.every((key, i) => key === keys[i]));
      if (mode !== 'skip' || !leadsOn) return mode;
      hidden.add(pathKey(path));
      return 'json';
    },
    isHidden: (path) => hidden.size > 0 && hidden.has(pathKey(path)),
    valuesOf(root, rows) {
      if (leadsThroughLists) return rowObjects(rows).map((row) => cursorValue(row, cursorPath));
      const values = new Array<CursorValue | null>(root.rows).fill(null);
      // The first reading that a row has counts, so it is filled in last.
      for (const keys of ways.toReversed())
        for (const column of root.columns)
          if (column.path.length <= keys.length && column.path.every((key, i) => key === keys[i]))
            fill(values, column, keys.slice(column.path.length), cursorPath);
      return values;
    },
  };
}

/**
 * The value at a cursor's path in a row, the first where there are several; null for none. Errors:
 * ConfigError for a value that is no text or number.
 */
export function cursorValue(row: JsonObject, cursorPath: string): CursorValue | null {
  return asValue(valueIn(row, cursorPath), cursorPath);
}

function valueIn(row: JsonObject, path: string): Json | undefined {
  if (!path.includes('*')) return valueAtPath(row, path);
  const [first] = selectAll(row, path).members;
  return first && (first.holder as JsonObject)[first.key];
}

/** Errors: ConfigError for what has no order. */
function asValue(value: Json | undefined, cursorPath: string): CursorValue | null {
  if (value === undefined || value === null) return null;
  if (isCursorValue(value)) return value;
  throw new ConfigError(
    `incremental.cursorPath \`${cursorPath}\` leads to ${typeof value === 'boolean' ? 'true or false' : 'an object or list'}; it must lead to a text or number that grows.`,
  );
}

function fill(
  values: (CursorValue | null)[],
  { lanes, text }: WalkedColumn,
  rest: readonly string[],
  cursorPath: string,
): void {
  for (const lane of lanes) {
    if (rest.length > 0 && lane.kind !== 'json') continue;
    const read = laneReader(lane, text);
    for (let row = 0; row < values.length; row += 1) {
      if (!isValid(lane.validity, row)) continue;
      const value = read(row);
      if (lane.kind === 'bigint') {
        const number = Number(value);
        values[row] = Number.isSafeInteger(number) ? number : (value as bigint);
      } else if (lane.kind === 'hugeint')
        values[row] = /^-?\d+$/.test(value as string) ? BigInt(value) : Number(value);
      else if (lane.kind === 'json') {
        const found = asValue(valueAt(parseJson(value as string), rest), cursorPath);
        if (found !== null) values[row] = found;
      } else values[row] = asValue(value, cursorPath);
    }
  }
}
