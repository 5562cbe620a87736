import type { DltType } from '../../../operators/schema/dlt-tables.js';
import { columnTypeOf, domainOf } from './column-type.js';

/**
 * Returns what dlt calls a DuckDB type in a schema document; text for types that it does not know.
 *
 * Source: dlt 1.31, its type mapper for DuckDB.
 */
export function dltTypeOf(sqlType: string): DltType {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(sqlType) ?? [];
  if (precision !== undefined)
    return { data_type: 'decimal', precision: Number(precision), scale: Number(scale) };
  if (sqlType !== 'FLOAT' && domainOf(sqlType) !== undefined) return { data_type: 'text' };
  const { dataType, ...refined } = columnTypeOf(sqlType);
  return { data_type: dataType, ...refined };
}
