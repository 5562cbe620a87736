import {
  type DataType as ArrowType,
  Binary,
  Bool,
  DateDay,
  Decimal,
  Float64,
  Int64,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  Utf8,
} from 'apache-arrow';
import { layoutOf, scaleOf } from '../schema/column-type.js';
import type { ColumnType } from '../types.js';
import { WIDEST } from './arrow-text.js';

/**
 * Returns the Arrow type that carries a column's values. Whether text is JSON is known from the
 * table's schema alone. Integers beyond 64 bits and `wei` are decimals without a fraction.
 */
export function arrowType(type: ColumnType): ArrowType {
  const { dataType, precision = 6, timezone } = type;
  switch (dataType) {
    case 'text':
    case 'json':
      return new Utf8();
    case 'binary':
      return new Binary();
    case 'bigint':
      return layoutOf(type) === 16 ? new Decimal(0, WIDEST) : new Int64();
    case 'decimal':
    case 'wei':
      return new Decimal(scaleOf(type), WIDEST);
    case 'double':
      return new Float64();
    case 'bool':
      return new Bool();
    case 'date':
      return new DateDay();
    case 'time':
      return new TimeMicrosecond();
    case 'timestamp':
      if (precision > 6) return new TimestampNanosecond(null);
      return new TimestampMicrosecond(timezone === false ? null : 'UTC');
    default:
      return dataType satisfies never;
  }
}
