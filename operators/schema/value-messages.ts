import { shortened } from '../settings/shortened.js';
import type { FlatColumn } from '../types.js';
import { isValid, laneReader } from './lane-value.js';
import type { Loss } from './losses.js';

/** Returns the value in the column's first row, for people. */
export function firstValue(column: FlatColumn): string {
  return valueIn(column, column.firstRow);
}

/** Returns the value in a row of the column, for people. */
export function valueIn({ lanes, text }: FlatColumn, row: number): string {
  const lane = lanes.find(({ validity }) => isValid(validity, row));
  if (lane === undefined) return 'unknown';
  const value = laneReader(lane, text)(row);
  const isText = lane.kind === 'text' || lane.kind === 'timestamp';
  return shortened(isText ? JSON.stringify(value) : String(value), 100);
}

/** Says which value of a column is stored otherwise than it was sent, and how to keep it. */
export function lossMessage(table: string, column: string, { kind, value }: Loss): string {
  if (kind === 'replaced')
    return `A text of ${table}.${column} has half a surrogate pair, which a database cannot store: U+FFFD is stored in its place (in a key of kept JSON or of a map of rows: its escape). The first is stored as ${JSON.stringify(shortened(value, 100))}.`;
  const what =
    kind === 'rounded'
      ? `The number ${shortened(value, 100)} of ${table}.${column} has more digits than a double holds: such numbers are stored rounded.`
      : `The timestamp "${shortened(value, 100)}" of ${table}.${column} has more digits of a second than the column: they are cut.`;
  const nine = kind === 'cut' ? ' Declare a `precision` of 9 to keep nine digits, or' : ' Declare';
  return `${what}${nine} the column's \`dataType\` as "text" to keep them as they were sent.`;
}
