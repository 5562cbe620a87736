import type { KeptCursor } from '../../operators/cursor/cursor-progress.js';
import { isCursorValue } from '../../operators/cursor/further.js';
import { isObject } from '../../operators/json/is-object.js';
import { pythonDouble } from '../../operators/json/python-json.js';
import { isWholeDouble } from '../../operators/json/sent-number.js';
import { keepSentText } from '../../operators/json/sent-numbers.js';
import type { Json, JsonObject } from '../../operators/types.js';
import type { IncrementalState } from '../destination/messages.js';

/** The cursor in the state of a list (`Page.state`). */
export interface ListCursor {
  lastValue?: KeptCursor['lastValue'];
  uniqueHashes?: readonly string[];
  /** The value is a whole number that rows have as a double (`2.0`). */
  isDouble?: true;
  /**
   * The list was read to its end with this page: how far its cursor has come is known behind the
   * page's rows, and put in the place of what was kept.
   */
  isRead?: true;
}

/** The cursor that the state of a list keeps; null for none. */
export function keptCursor(state: Json): KeptCursor | null {
  const { lastValue = null, uniqueHashes = [], isDouble } = cursorIn(state);
  if (lastValue === null) return null;
  return {
    initialValue: null,
    lastValue,
    uniqueHashes,
    startValue: lastValue,
    ...(isDouble === true && { doubles: ['lastValue', 'startValue'] }),
  };
}

/** A state whose cursor is to be put in behind the rows of its page. */
export function readState(state: Json): Json {
  const cursor: ListCursor = { ...cursorIn(state), isRead: true };
  return { ...(state as JsonObject | null), incremental: cursor as unknown as Json };
}

/** Whether the cursor of a list is to be put into its state. */
export function isRead(state: Json): boolean {
  return cursorIn(state).isRead === true;
}

/**
 * The state of a list with a cursor in the place of the one that it has; null where it is empty.
 */
export function withCursor(state: Json, cursor: KeptCursor | null): Json {
  const { incremental: _, windowed, ...rest } = (state ?? {}) as JsonObject;
  const { lastValue = null, uniqueHashes = [] } = cursor ?? {};
  if (lastValue === null) return Object.keys(rest).length === 0 ? null : rest;
  const incremental = {
    lastValue,
    ...(uniqueHashes.length > 0 && { uniqueHashes: [...uniqueHashes] }),
    ...(cursor?.doubles?.includes('lastValue') === true && { isDouble: true }),
  };
  return {
    ...rest,
    incremental,
    ...(windowed !== undefined && { windowed }),
  };
}

/**
 * The cursor that dlt's state keeps. A text that dlt marks as a time or a decimal (a character from
 * U+F026 on before it) is the text alone, a decimal of few digits its number.
 */
export function dltCursor(state: IncrementalState): KeptCursor {
  const doubles = MEMBERS.filter(([, member]) => isWholeDouble(state, member));
  return {
    initialValue: valueOf(state.initial_value),
    lastValue: valueOf(state.last_value),
    uniqueHashes: state.unique_hashes,
    startValue: valueOf(state.start_value),
    ...(doubles.length > 0 && { doubles: doubles.map(([name]) => name) }),
  };
}

/**
 * A cursor as dlt's state keeps it. A value that is the same as in `before` keeps dlt's mark: dlt
 * reads a time or a decimal then, as it wrote it.
 */
export function dltState(
  { uniqueHashes, doubles, ...cursor }: KeptCursor,
  before: IncrementalState | undefined,
): IncrementalState {
  const marked = MEMBERS.flatMap(([, member]) => {
    const value = before?.[member];
    return isMarked(value) ? [value] : [];
  });
  const written = (value: KeptCursor['lastValue']): KeptCursor['lastValue'] =>
    marked.find((own) => valueOf(own) === value) ?? value;
  const state = {
    initial_value: written(cursor.initialValue),
    last_value: written(cursor.lastValue),
    unique_hashes: [...uniqueHashes],
    start_value: written(cursor.startValue),
  };
  for (const [name, member] of MEMBERS) {
    const value = cursor[name];
    if (doubles?.includes(name) === true && typeof value === 'number')
      keepSentText(state, member, value, pythonDouble(value));
  }
  return state;
}

const MEMBERS = [
  ['initialValue', 'initial_value'],
  ['lastValue', 'last_value'],
  ['startValue', 'start_value'],
] as const;

function isMarked(value: Json | undefined): value is string {
  return typeof value === 'string' && /^[\uf026-\uf02f]/.test(value);
}

function valueOf(value: Json | undefined): KeptCursor['lastValue'] {
  if (typeof value === 'string') {
    // Rows have numbers for a decimal, as long as a double holds it.
    const isNumber = /^\uf026-?(?=[\d.]{1,16}$)\d+(\.\d+)?$/.test(value);
    return isNumber ? Number(value.slice(1)) : isMarked(value) ? value.slice(1) : value;
  }
  return isCursorValue(value) ? value : null;
}

function cursorIn(state: Json): ListCursor {
  const cursor = isObject(state) ? state['incremental'] : undefined;
  return isObject(cursor) ? cursor : {};
}
