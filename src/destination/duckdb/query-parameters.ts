import { isObject } from '../../../operators/json/is-object.js';
import { kindOf } from '../../../operators/settings/user-function.js';
import { ConfigError } from '../../errors.js';

/** A parameter of a query as plain data, so that it can cross to a thread. */
export type QueryParameter =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | readonly QueryParameter[]
  | { duckdb: string; fields: unknown };

/**
 * Checks what a query was called with, and returns its parameters as plain data. They are null,
 * booleans, numbers, BigInt, text, Date, bytes, lists of such values of one kind, or values of the
 * binding (`DuckDBDateValue`, …).
 *
 * Errors: ConfigError with the number of the parameter for anything else, for BigInt beyond 128
 * bits, and for text with half a surrogate pair, which the database would change.
 */
export function queryParameters(sql: unknown, parameters: unknown): QueryParameter[] {
  if (typeof sql !== 'string' || sql.trim() === '')
    throw new ConfigError(
      `query() takes SQL as text; found ${sql === '' ? 'an empty text' : kindOf(sql)}.`,
    );
  if (!Array.isArray(parameters))
    throw new ConfigError(
      `query() takes its parameters as a list, such as query('… WHERE id = $1', [5]); found ${kindOf(parameters)}.`,
    );
  return (parameters as unknown[]).map((parameter, i) => {
    const fault = faultOf(parameter);
    if (fault !== null) throw new ConfigError(`Parameter $${i + 1} of the query is ${fault}`);
    return plain(parameter);
  });
}

function faultOf(value: unknown): string | null {
  if (typeof value === 'string')
    return /\p{Surrogate}/u.test(value)
      ? 'text with half a surrogate pair, which no database keeps. Take it out.'
      : null;
  if (typeof value === 'bigint')
    return value >= 2n ** 128n || value < -(2n ** 127n)
      ? 'a BigInt beyond 128 bits, which no integer of DuckDB holds. Give it as text.'
      : null;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'an invalid date. Give null for it.' : null;
  if (Array.isArray(value)) return listFault(value);
  const isValue =
    value === null ||
    ['number', 'boolean'].includes(typeof value) ||
    value instanceof Uint8Array ||
    isDuckdbValue(value);
  if (isValue) return null;
  return `${value === undefined ? 'undefined' : kindOf(value)}: give null, a boolean, a number, a BigInt, text, a Date, bytes, or a list of these.`;
}

function listFault(values: readonly unknown[]): string | null {
  const fault = values.map(faultOf).find((one) => one !== null);
  if (fault !== undefined && fault !== null) return `a list with ${fault}`;
  const kinds = new Set(values.filter((value) => value !== null).map(kindIn));
  if (values.some(isBeyondHugeint) && values.some((value) => Number(value) < 0))
    return 'a list of BigInt that no integer type holds together. Give them as text.';
  if (kinds.has('bigint') && kinds.has('fraction'))
    return 'a list of BigInt and fractions, which no type holds exactly. Give numbers or text.';
  for (const number of ['bigint', 'fraction']) if (kinds.delete(number)) kinds.add('integer');
  return kinds.size > 1
    ? `a list of ${[...kinds].join(' and ')} values. Give values of one kind.`
    : null;
}

function kindIn(value: unknown): string {
  if (typeof value === 'number') return isWholeNumber(value) ? 'integer' : 'fraction';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return 'list';
  return value?.constructor.name ?? 'null';
}

/** A number that a BIGINT holds. Minus zero is a double alone. */
export function isWholeNumber(value: number): boolean {
  const isBigint = value >= -(2 ** 63) && value < 2 ** 63;
  return Number.isInteger(value) && isBigint && !Object.is(value, -0);
}

/** A BigInt that only an integer without a sign holds. */
export function isBeyondHugeint(value: unknown): boolean {
  return typeof value === 'bigint' && value >= 2n ** 127n;
}

function isDuckdbValue(value: unknown): value is object {
  return /^DuckDB\w+Value$/.test(Object(value).constructor?.name ?? '');
}

/** Values of the binding lose their class where they cross to a thread, also those within. */
function plain(value: unknown): QueryParameter {
  if (Array.isArray(value)) return value.map(plain);
  return isDuckdbValue(value)
    ? { duckdb: value.constructor.name, fields: fieldsOf({ ...value }) }
    : (value as QueryParameter);
}

function fieldsOf(value: unknown): unknown {
  if (isDuckdbValue(value)) return plain(value);
  if (Array.isArray(value)) return value.map(fieldsOf);
  if (!isObject(value) || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, fieldsOf(own)]));
}
