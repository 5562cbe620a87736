import type { CursorValue } from '../cursor/cursor-config.js';
import { isCursorValue } from '../cursor/further.js';
import { ConfigError } from '../errors.js';
import { parseJson } from '../json/parse-json.js';
import { readings } from '../json/paths.js';
import { rowObjects } from '../json/row-objects.js';
import { selectAll } from '../json/select-all.js';
import { isWholeDouble } from '../json/sent-number.js';
import { valueAt } from '../json/value-at.js';
import { isValid, laneReader } from '../schema/lane-value.js';
import { pathKey } from '../schema/names.js';
import type { Json, JsonObject, Rows } from '../types.js';
import type { KeyMode } from './kernel.js';
import type { WalkedColumn, WalkedTable } from './walk.js';

/** Values by row, and the rows whose value is a whole number that was sent as a double. */
export interface CursorValues {
  values: (CursorValue | null)[];
  doubles: Set<number>;
}

/** Reads the values at a cursor's path out of the columns of a walk. */
export interface CursorLane {
  /** What is done with a key of the root table, where it would be done `mode` without a cursor. */
  modeOf(path: readonly string[], mode: KeyMode): KeyMode;
  /** Whether a column was walked for the cursor alone. */
  isHidden(path: readonly string[]): boolean;
  /**
   * By row; null where there is none. Errors: ConfigError for values that are no texts or numbers.
   */
  valuesOf(root: WalkedTable, rows: Pick<Rows, 'body' | 'span'>): CursorValues;
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
      const doubles = new Set<number>();
      if (leadsThroughLists) {
        const values = rowObjects(rows).map((row, i) => {
          const found = memberAt(row, cursorPath);
          if (found && isWholeDouble(found.holder, found.key)) doubles.add(i);
          return asValue(found && valueOf(found), cursorPath);
        });
        return { values, doubles };
      }
      const values = new Array<CursorValue | null>(root.rows).fill(null);
      // The first reading that a row has counts, so it is filled in last.
      for (const keys of ways.toReversed())
        for (const column of root.columns)
          if (column.path.length <= keys.length && column.path.every((key, i) => key === keys[i]))
            fill({ values, doubles }, column, keys.slice(column.path.length), cursorPath);
      return { values, doubles };
    },
  };
}

/**
 * The value at a cursor's path in a row, the first where there are several; null for none. Errors:
 * ConfigError for a value that is no text or number.
 */
export function cursorValue(row: JsonObject, cursorPath: string): CursorValue | null {
  const found = memberAt(row, cursorPath);
  return asValue(found && valueOf(found), cursorPath);
}

/** Where a value is: the first where there are several; undefined for none. */
function memberAt(row: JsonObject, path: string): Place | undefined {
  if (path.includes('*')) return selectAll(row, path).members[0];
  const keys = readings(path).find((one) => valueAt(row, one) !== undefined);
  return keys && placeAt(row, keys);
}

interface Place {
  holder: object;
  key: string;
}

function placeAt(row: Json, keys: readonly string[]): Place | undefined {
  const holder = valueAt(row, keys.slice(0, -1));
  return typeof holder === 'object' && holder !== null
    ? { holder, key: keys.at(-1) as string }
    : undefined;
}

function valueOf({ holder, key }: Place): Json | undefined {
  return Object.hasOwn(holder, key) ? (holder as JsonObject)[key] : undefined;
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
  { values, doubles }: CursorValues,
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
      // Digits that are no integer are a double too, of more digits than it keeps.
      let isDouble = lane.kind === 'double' || lane.kind === 'hugeint';
      if (lane.kind === 'bigint') {
        const number = Number(value);
        values[row] = Number.isSafeInteger(number) ? number : (value as bigint);
      } else if (lane.kind === 'hugeint')
        values[row] = /^-?\d+$/.test(value as string) ? BigInt(value) : Number(value);
      else if (lane.kind === 'json') {
        // A text alone has no place of its own.
        const place = placeAt(parseJson(`[${value as string}]`), ['0', ...rest]);
        const found = asValue(place && valueOf(place), cursorPath);
        if (found === null) continue;
        values[row] = found;
        isDouble = place !== undefined && isWholeDouble(place.holder, place.key);
      } else values[row] = asValue(value, cursorPath);
      if (isDouble && Number.isInteger(values[row])) doubles.add(row);
      else if (doubles.size > 0) doubles.delete(row);
    }
  }
}
