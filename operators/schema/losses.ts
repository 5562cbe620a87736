import type { FlatColumn, Lane } from '../types.js';
import { isRounded } from './decimal-text.js';
import { isCut } from './iso-micros.js';
import { digitsReader, isValid, laneReader } from './lane-value.js';

/** A value that is stored as another: the first of its sort in a page's column. */
export interface Loss {
  /**
   * `rounded`: a number with more digits than a double has; `cut`: digits of a second; `replaced`:
   * half a surrogate pair.
   */
  kind: 'rounded' | 'cut' | 'replaced';
  /** What was sent; for `replaced` what is stored. */
  value: string;
}

const NO_LOSSES: readonly Loss[] = [];

/** The replacements of half a surrogate pair: in a value, and in a key. */
export const REPLACED: RegExp = /\ufffd|\\ud[89a-f]/;

/** Returns the first values of these lanes that are stored otherwise than they were sent. */
export function lossesIn(lanes: readonly Lane[], text: FlatColumn['text']): readonly Loss[] {
  const found = lanes.flatMap((lane) => lossIn(lane, text) ?? []);
  return found.length === 0 ? NO_LOSSES : found;
}

function lossIn(lane: Lane, text: FlatColumn['text']): Loss | undefined {
  if (!lane.hasUnsafeValues || lane.kind === 'bigint') return undefined;
  const read = laneReader(lane, text);
  const digits = digitsReader(lane, text);
  for (let row = 0; row < lane.rows; row += 1) {
    if (!isValid(lane.validity, row)) continue;
    if (lane.kind === 'timestamp') {
      const sent = read(row) as string;
      if (isCut(sent)) return { kind: 'cut', value: sent };
    } else if (lane.kind !== 'double') {
      const stored = read(row) as string;
      if (REPLACED.test(stored)) return { kind: 'replaced', value: stored };
    } else {
      const sent = digits?.(row) ?? '';
      if (isRounded(sent, read(row) as number)) return { kind: 'rounded', value: sent };
    }
  }
  return undefined;
}
