import { isValid } from '../schema/lane-value.js';
import type { Buffers } from '../types.js';

/** Returns the first row that has a value in one of these buffers. */
export function firstRowOf(lanes: readonly Buffers[]): number {
  const first = ({ rows, validity }: Buffers): number => {
    let row = 0;
    while (row < rows && !isValid(validity, row)) row += 1;
    return row;
  };
  return Math.min(...lanes.map(first));
}
