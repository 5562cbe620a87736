import { DOUBLE_DIGITS } from '../decimal-value.js';
import { dltTypeOf } from './dlt-type.js';

/** What values of dlt's types are in TypeScript, where a row has them as `rowValue` gives them. */
const TYPES: Readonly<Record<string, string>> = {
  double: 'number',
  bool: 'boolean',
  timestamp: 'Date',
  date: 'Date',
  time: 'string',
  json: 'string',
  binary: 'Uint8Array',
};

/** The TypeScript type of a column's values in rows, null aside. */
export function rowType(sqlType: string): string {
  if (/^(VARCHAR|UUID|ENUM\(.*\)|INTERVAL|BIT|TIME WITH TIME ZONE|TIME_NS)$/s.test(sqlType))
    return 'string';
  if (/^U(TINYINT|SMALLINT|INTEGER)$/.test(sqlType)) return 'number';
  if (/^(UBIGINT|UHUGEINT|BIGNUM)$/.test(sqlType)) return INTEGER;
  const { data_type: type, precision } = dltTypeOf(sqlType);
  if (type === 'bigint') return precision === undefined || precision > 53 ? INTEGER : 'number';
  if (type === 'decimal' || type === 'wei')
    return precision !== undefined && precision <= DOUBLE_DIGITS ? 'number' : 'number | string';
  return TYPES[type] ?? 'unknown';
}

/** A BigInt where a number would not be exact. */
const INTEGER = 'number | bigint';
