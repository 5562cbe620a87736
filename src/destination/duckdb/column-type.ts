import type { DataType } from '../../../operators/types.js';

/** dlt's types as DuckDB's (dlt's type mapper for DuckDB). */
export const SQL_TYPE: Readonly<Record<DataType, string>> = {
  text: 'VARCHAR',
  json: 'JSON',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  bool: 'BOOLEAN',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
};

const INTEGERS = new Set([
  'BIGINT',
  'INTEGER',
  'SMALLINT',
  'TINYINT',
  'UINTEGER',
  'USMALLINT',
  'UTINYINT',
]);

/**
 * The type that values for an existing column of this DuckDB type are fitted to. DuckDB casts them
 * on the way in; types without a counterpart (DATE, DECIMAL, HUGEINT …) take text, which DuckDB
 * reads exactly or refuses.
 */
export function dataTypeOf(sqlType: string): DataType {
  if (INTEGERS.has(sqlType)) return 'bigint';
  if (sqlType === 'DOUBLE' || sqlType === 'FLOAT') return 'double';
  if (sqlType === 'BOOLEAN') return 'bool';
  if (sqlType.startsWith('TIMESTAMP')) return 'timestamp';
  return sqlType === 'JSON' ? 'json' : 'text';
}
