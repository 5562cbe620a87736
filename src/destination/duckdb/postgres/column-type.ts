import { scaleOf } from '../../../../operators/schema/column-type.js';
import type { DltType } from '../../../../operators/schema/dlt-tables.js';
import type { ColumnDomain, ColumnType, DataType } from '../../../../operators/types.js';
import { ConfigError } from '../../../errors.js';

/** dlt's types as Postgres spells them, where nothing refines them. */
export const SQL_TYPE: Readonly<Record<DataType, string>> = {
  text: 'character varying',
  json: 'jsonb',
  bigint: 'bigint',
  double: 'double precision',
  bool: 'boolean',
  timestamp: 'timestamp with time zone',
  decimal: 'numeric(38,9)',
  wei: 'numeric(38,0)',
  date: 'date',
  time: 'time without time zone',
  binary: 'bytea',
};

/**
 * Returns the Postgres type that is made for a type of ours. Errors: ConfigError for timestamps of
 * nanoseconds, which Postgres does not have.
 */
export function sqlTypeOf(type: ColumnType): string {
  const { dataType, precision, timezone } = type;
  if (dataType === 'bigint' && precision !== undefined) return integerType(precision);
  if (dataType === 'decimal' || dataType === 'wei')
    return `numeric(${precision ?? WIDEST},${scaleOf(type)})`;
  if (dataType === 'timestamp' && timezone === false) return plainTimestamp(precision);
  return SQL_TYPE[dataType];
}

function integerType(bits: number): string {
  if (bits <= 16) return 'smallint';
  if (bits <= 32) return 'integer';
  return bits <= 64 ? 'bigint' : SQL_TYPE.wei;
}

function plainTimestamp(digits = 6): string {
  if (digits > 6)
    throw new ConfigError(
      `Timestamps of Postgres have six digits of a second at most; found \`precision: ${digits}\`. Give 6, or declare \`dataType: 'text'\`.`,
    );
  return `timestamp${digits === 6 ? '' : `(${digits})`} without time zone`;
}

const COLUMN_TYPES: Readonly<Record<string, ColumnType>> = {
  'character varying': { dataType: 'text' },
  text: { dataType: 'text' },
  json: { dataType: 'json' },
  jsonb: { dataType: 'json' },
  smallint: { dataType: 'bigint', precision: 16 },
  integer: { dataType: 'bigint', precision: 32 },
  bigint: { dataType: 'bigint' },
  'double precision': { dataType: 'double' },
  boolean: { dataType: 'bool' },
  date: { dataType: 'date' },
  'time without time zone': { dataType: 'time' },
  'time(6) without time zone': { dataType: 'time' },
  bytea: { dataType: 'binary' },
  'timestamp with time zone': { dataType: 'timestamp' },
  'timestamp(6) with time zone': { dataType: 'timestamp' },
  'timestamp without time zone': { dataType: 'timestamp', timezone: false },
  'timestamp(6) without time zone': { dataType: 'timestamp', timezone: false },
  'timestamp(3) without time zone': { dataType: 'timestamp', timezone: false, precision: 3 },
  'timestamp(0) without time zone': { dataType: 'timestamp', timezone: false, precision: 0 },
};

/** Returns the type that values for an existing column of this Postgres type are fitted to. */
export function columnTypeOf(sqlType: string): ColumnType {
  const type = COLUMN_TYPES[sqlType] ?? decimalType(sqlType);
  if (type !== undefined) return type;
  return { dataType: domainOf(sqlType)?.kind === 'float' ? 'double' : 'text' };
}

/** An integer of 38 digits is dlt's `wei`. DuckDB has no wider decimals. */
function decimalType(sqlType: string): ColumnType | undefined {
  const [precision = Number.NaN, scale] = digitsOf(sqlType);
  if (!(precision <= WIDEST)) return undefined;
  if (precision === WIDEST && scale === 0) return { dataType: 'wei' };
  return {
    dataType: 'decimal',
    ...(precision !== WIDEST && { precision }),
    ...(scale !== SCALE && { scale: scale as number }),
  };
}

function digitsOf(sqlType: string): number[] {
  const [, ...digits] = /^numeric\((\d+),(-?\d+)\)$/.exec(sqlType) ?? [];
  return digits.map(Number);
}

/** What dlt's decimals have where nothing is said. */
const WIDEST = 38;
const SCALE = 9;

const DOMAINS: Readonly<Record<string, ColumnDomain>> = {
  real: { kind: 'float' },
  // As Postgres prints it, so that the text can be had back.
  uuid: { kind: 'pattern', pattern: '[\\da-f]{8}-(?:[\\da-f]{4}-){3}[\\da-f]{12}' },
};

/**
 * What an existing column of this Postgres type holds exactly; undefined for the types whose
 * {@link columnTypeOf} says it. Nothing for types that would change values (`char(n)`, `numeric`
 * without digits) or that no JSON value has.
 */
export function domainOf(sqlType: string): ColumnDomain | undefined {
  if (sqlType in COLUMN_TYPES || decimalType(sqlType) !== undefined) return undefined;
  return DOMAINS[sqlType] ?? { kind: 'none' };
}

/** Returns what dlt calls a Postgres type in a schema document; text for others. */
export function dltTypeOf(sqlType: string): DltType {
  const [precision, scale] = digitsOf(sqlType);
  if (precision !== undefined)
    return { data_type: 'decimal', precision, ...(scale !== undefined && { scale }) };
  if (sqlType === 'real') return { data_type: 'double' };
  if (domainOf(sqlType) !== undefined) return { data_type: 'text' };
  const { dataType, ...refined } = columnTypeOf(sqlType);
  return { data_type: dataType, ...refined };
}

const ROW_TYPES: Readonly<Partial<Record<DataType, string>>> = {
  bigint: 'number | bigint',
  decimal: 'number | string',
  wei: 'number | string',
  double: 'number',
  bool: 'boolean',
  timestamp: 'Date',
  date: 'Date',
  binary: 'Uint8Array',
};

/** The TypeScript type of a column's values in rows that are read, null aside. */
export function rowTypeOf(sqlType: string): string {
  if (domainOf(sqlType)?.kind === 'none') return 'unknown';
  const { dataType, precision = 64 } = columnTypeOf(sqlType);
  if (dataType === 'bigint' && precision <= 32) return 'number';
  return ROW_TYPES[dataType] ?? 'string';
}
