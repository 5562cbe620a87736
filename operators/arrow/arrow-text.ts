import type { DataType, Decimal, Date_, Float, Int, Time, Timestamp } from 'apache-arrow';
import { layoutOf, scaleOf } from '../schema/column-type.js';
import type { ColumnType } from '../types.js';

/** Digits of an integer of 128 bits, as Arrow's decimals count them. */
export const WIDEST = 38;

/** Units of time, by their numbers in Arrow's format. */
const UNITS = ['SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND'];

/**
 * Returns an Arrow type as text: `Int64`, `Timestamp<MICROSECOND, UTC>`. Reads the numbers that
 * Arrow's format has for types, and so needs no copy of apache-arrow, and takes types of any copy.
 */
export function arrowText(type: DataType): string {
  switch (type.typeId as number) {
    case 2: {
      const { isSigned, bitWidth } = type as Int;
      return `${isSigned ? 'Int' : 'Uint'}${bitWidth}`;
    }
    case 3:
      return `Float${16 << (type as Float).precision}`;
    case 4:
      return 'Binary';
    case 5:
      return 'Utf8';
    case 6:
      return 'Bool';
    case 7: {
      const { bitWidth, precision, scale } = type as Decimal;
      return `Decimal${bitWidth}(${precision}, ${scale})`;
    }
    case 8:
      return `Date${32 << (type as Date_).unit}`;
    case 9: {
      const { bitWidth, unit } = type as Time;
      return `Time${bitWidth}<${UNITS[unit]}>`;
    }
    case 10: {
      const { unit, timezone } = type as Timestamp;
      return `Timestamp<${UNITS[unit]}${timezone == null ? '' : `, ${timezone}`}>`;
    }
    default:
      return String(type as unknown);
  }
}

/** Returns the text of the Arrow type that carries a column's values. */
export function carrierText(type: ColumnType): string {
  const { dataType, precision = 6, timezone } = type;
  switch (dataType) {
    case 'text':
    case 'json':
      return 'Utf8';
    case 'binary':
      return 'Binary';
    case 'bigint':
      return layoutOf(type) === 16 ? `Decimal128(${WIDEST}, 0)` : 'Int64';
    case 'decimal':
    case 'wei':
      return `Decimal128(${WIDEST}, ${scaleOf(type)})`;
    case 'double':
      return 'Float64';
    case 'bool':
      return 'Bool';
    case 'date':
      return 'Date32';
    case 'time':
      return 'Time64<MICROSECOND>';
    case 'timestamp':
      if (precision > 6) return 'Timestamp<NANOSECOND>';
      return timezone === false ? 'Timestamp<MICROSECOND>' : 'Timestamp<MICROSECOND, UTC>';
    default:
      return dataType satisfies never;
  }
}
