import type { KeptCursor } from '../../operators/cursor/cursor-progress.js';
import { isCursorValue } from '../../operators/cursor/further.js';
import { isObject } from '../../operators/json/is-object.js';
import type { Json, JsonObject } from '../../operators/types.js';
import type { IncrementalState } from '../destination/messages.js';

/** The cursor in the state of a list (`Page.state`). */
export interface ListCursor {
  lastValue?: KeptCursor['lastValue'];
  uniqueHashes?: readonly string[];
  /**
   * The list was read to its end with this page: how far its cursor has come is known behind the
   * page's rows, and put in the place of what was kept.
   */
  isRead?: true;
}

/** The cursor that the state of a list keeps; null for none. */
export function keptCursor(state: Json): KeptCursor | null {
  const { lastValue = null, uniqueHashes = [] } = cursorIn(state);
  return lastValue === null
    ? null
    : { initialValue: null, lastValue, uniqueHashes, startValue: lastValue };
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
  return {
    ...rest,
    incremental: { lastValue, ...(uniqueHashes.length > 0 && { uniqueHashes: [...uniqueHashes] }) },
    ...(windowed !== undefined && { windowed }),
  };
}

/**
 * The cursor that dlt's state keeps. A text that dlt marks as a time or a decimal (a character from
 * U+F026 on before it) is the text alone.
 */
export function dltCursor(state: IncrementalState): KeptCursor {
  return {
    initialValue: valueOf(state.initial_value),
    lastValue: valueOf(state.last_value),
    uniqueHashes: state.unique_hashes,
    startValue: valueOf(state.start_value),
  };
}

function valueOf(value: Json | undefined): KeptCursor['lastValue'] {
  if (typeof value === 'string') return value.replace(/^[\uf026-\uf02f]/, '');
  return isCursorValue(value) ? value : null;
}

function cursorIn(state: Json): ListCursor {
  const cursor = isObject(state) ? state['incremental'] : undefined;
  return isObject(cursor) ? cursor : {};
}
