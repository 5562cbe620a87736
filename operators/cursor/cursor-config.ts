import {
  bigint,
  either,
  type Fields,
  fn,
  list,
  name,
  number,
  text,
  words,
} from '../settings/shape.js';
import type { Compat } from '../types.js';

/** Values that a cursor can have. */
export type CursorValue = string | number | bigint;

/**
 * Loads only what is new: where the last run ended, the next one begins. In dlt's words, with its
 * meaning.
 */
export interface CursorConfig {
  /**
   * Path in each row to the value that grows: a time, a number, an id. Times are compared by their
   * moment, however they are written, other texts by their characters; with `compat: 'dlt'` times
   * are texts too, as in dlt, and must have one form.
   */
  cursorPath: string;
  /** Where the first run begins. @default none: everything */
  initialValue?: CursorValue;
  /**
   * Where the run ends: a run with an end is a backfill, which keeps nothing and looks at nothing
   * that was kept. @default none
   */
  endValue?: CursorValue;
  /**
   * The run begins so much before the last value, never before `initialValue`: seconds where values
   * are times, days where they are dates, else the number itself. Rows come again then: merge them
   * by key. @default 0
   */
  lag?: number;
  /**
   * `min` where values fall: newest first. A function is called with one value, or with a row's
   * value and the furthest so far, and returns the further one. @default 'max'
   */
  lastValueFunc?: 'max' | 'min' | ((values: readonly CursorValue[]) => CursorValue);
  /**
   * Raw key or keys that tell rows at the border of two runs apart: a row whose value is where the
   * run begins is left out when a run before had it. An empty list: rows at the border are not told
   * apart. @default the resource's `primaryKey`, else the whole row
   */
  primaryKey?: string | readonly string[];
  /**
   * How the rows of a list are ordered: the list ends with the page that has a row beyond
   * `endValue` (`asc`) or before the beginning (`desc`). Not the lists of children. @default
   * unknown: lists are read to their ends
   */
  rowOrder?: 'asc' | 'desc';
  /**
   * What becomes of a row without a value, or null: `raise` an error, `include` loads it, `exclude`
   * drops it. @default 'raise'
   */
  onCursorValueMissing?: 'raise' | 'include' | 'exclude';
  /** `open`: a row whose value is where the run begins is left out. @default 'closed' */
  rangeStart?: 'open' | 'closed';
  /** `closed`: a row whose value is `endValue` is loaded. @default 'open' */
  rangeEnd?: 'open' | 'closed';
}

/** A cursor, and whose order its values have. */
export interface CursorRules extends CursorConfig {
  /** @default 'sluice' */
  compat?: Compat;
}

const value = either(text, number, bigint);
const range = words('open', 'closed');

/** What a cursor takes, key by key. */
export const cursorFields: Fields<Omit<CursorConfig, 'cursorPath'>> = {
  initialValue: value,
  endValue: value,
  lag: number,
  lastValueFunc: either(words('max', 'min'), fn),
  primaryKey: either(name, list(name)),
  rowOrder: words('asc', 'desc'),
  onCursorValueMissing: words('raise', 'include', 'exclude'),
  rangeStart: range,
  rangeEnd: range,
};
