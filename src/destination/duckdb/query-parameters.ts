import { DuckDBBlobValue, DuckDBTimestampTZValue, type DuckDBValue } from '@duckdb/node-api';
import { kindOf } from '../../../operators/settings/user-function.js';
import { ConfigError } from '../../errors.js';

/**
 * Checks what a query was called with. Parameters are null, booleans, numbers, BigInt, text, Date,
 * bytes, or a value of the binding (`DuckDBDateValue`, …).
 *
 * Errors: ConfigError with the number of the parameter for anything else, and for text with half a
 * surrogate pair, which the database would change.
 */
export function requireQuery(sql: unknown, parameters: unknown): void {
  if (typeof sql !== 'string' || sql.trim() === '')
    throw new ConfigError(
      `query() takes SQL as text; found ${sql === '' ? 'an empty text' : kindOf(sql)}.`,
    );
  if (!Array.isArray(parameters))
    throw new ConfigError(
      `query() takes its parameters as a list, such as query('… WHERE id = $1', [5]); found ${kindOf(parameters)}.`,
    );
  for (const [i, parameter] of (parameters as unknown[]).entries()) {
    const fault = faultOf(parameter);
    if (fault !== null) throw new ConfigError(`Parameter $${i + 1} of query() is ${fault}`);
  }
}

function faultOf(value: unknown): string | null {
  if (typeof value === 'string')
    return /\p{Surrogate}/u.test(value)
      ? 'text with half a surrogate pair, which no database keeps. Take it out.'
      : null;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'an invalid date. Give null for it.' : null;
  const isValue =
    value === null ||
    ['number', 'bigint', 'boolean'].includes(typeof value) ||
    value instanceof Uint8Array ||
    /^DuckDB\w+Value$/.test(Object(value).constructor?.name ?? '');
  if (isValue) return null;
  return `${value === undefined ? 'undefined' : kindOf(value)}: give null, a boolean, a number, a BigInt, text, a Date or bytes.`;
}

/** The parameters as the binding takes them: a Date is an instant (TIMESTAMP WITH TIME ZONE). */
export function boundParameters(parameters: readonly unknown[]): DuckDBValue[] {
  return parameters.map((value) => {
    if (value instanceof Date) return new DuckDBTimestampTZValue(BigInt(value.getTime()) * 1_000n);
    return value instanceof Uint8Array ? new DuckDBBlobValue(value) : (value as DuckDBValue);
  });
}
