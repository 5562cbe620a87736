import {
  Bool,
  type DataType as ArrowType,
  Float64,
  Int64,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import type { DataType } from '../types.js';

/**
 * Returns the Arrow type that carries a data type. Whether text is JSON is known from the table's
 * schema alone.
 */
export function arrowType(dataType: DataType): ArrowType {
  switch (dataType) {
    case 'text':
    case 'json':
      return new Utf8();
    case 'bigint':
      return new Int64();
    case 'double':
      return new Float64();
    case 'bool':
      return new Bool();
    case 'timestamp':
      return new TimestampMicrosecond('UTC');
    default:
      return dataType satisfies never;
  }
}
