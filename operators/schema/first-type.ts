import type { ColumnType, Compat, FlatColumn } from '../types.js';
import { TYPE_OF } from './coerce.js';
import { integerSent } from './in-domain.js';
import { isoMicros } from './iso-micros.js';
import { isValid, laneReader } from './lane-value.js';
import { isHugeint } from './own-value.js';

/**
 * Returns the type that a column begins with: that of its first value, or, for a variant, of the
 * first that was moved to it. An integer beyond 64 bits makes a column of 128 bits, and a text
 * where it needs more. A text of a datetime is one also in a lane of texts: the walk tries none
 * behind another text, which may be of a row or value that was dropped since.
 */
export function firstType(column: FlatColumn, isVariant: boolean, compat: Compat): ColumnType {
  const { lanes, firstRow, system, text } = column;
  const lane = lanes.find(({ validity }) => isValid(validity, firstRow)) ?? lanes[0];
  if (lane === undefined) return { dataType: 'text' };
  const { kind } = lane;
  const dataType = TYPE_OF[kind];
  if (kind !== 'hugeint' && kind !== 'text') return { dataType };
  const value = laneReader(lane, text)(firstRow) as string;
  if (kind === 'hugeint') {
    if (compat === 'dlt') return { dataType: 'bigint' };
    return isHugeint(integerSent(kind, value))
      ? { dataType: 'bigint', precision: 128 }
      : { dataType };
  }
  // Texts of datetimes have no kind of their own among misfits, but dlt looks at them again.
  const isTried = !system && (!isVariant || compat === 'dlt');
  return isTried && isoMicros(value) !== undefined ? { dataType: 'timestamp' } : { dataType };
}
