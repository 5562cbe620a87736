import { scaleOf } from '../../../operators/schema/column-type.js';
import type { ColumnDomain, ColumnType, DataType } from '../../../operators/types.js';

/** dlt's types as DuckDB's, where nothing refines them. */
export const SQL_TYPE: Readonly<Record<DataType, string>> = {
  text: 'VARCHAR',
  json: 'JSON',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  bool: 'BOOLEAN',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  decimal: 'DECIMAL(38,9)',
  wei: 'DECIMAL(38,0)',
  date: 'DATE',
  time: 'TIME',
  binary: 'BLOB',
};

/** Returns the DuckDB type that is made for a type of ours (dlt's type mapper for DuckDB). */
export function sqlTypeOf(type: ColumnType): string {
  const { dataType, precision, timezone } = type;
  if (dataType === 'bigint' && precision !== undefined) return integerType(precision);
  if (dataType === 'decimal' || dataType === 'wei')
    return `DECIMAL(${precision ?? 38},${scaleOf(type)})`;
  if (dataType === 'timestamp' && timezone === false) return plainTimestamp(precision ?? 6);
  return SQL_TYPE[dataType];
}

function integerType(bits: number): string {
  if (bits <= 8) return 'TINYINT';
  if (bits <= 16) return 'SMALLINT';
  if (bits <= 32) return 'INTEGER';
  return bits <= 64 ? 'BIGINT' : 'HUGEINT';
}

function plainTimestamp(digits: number): string {
  if (digits === 0) return 'TIMESTAMP_S';
  if (digits <= 3) return 'TIMESTAMP_MS';
  return digits <= 6 ? 'TIMESTAMP' : 'TIMESTAMP_NS';
}

/** Bits of DuckDB's unsigned integers. */
const UNSIGNED: Readonly<Record<string, bigint>> = {
  UTINYINT: 8n,
  USMALLINT: 16n,
  UINTEGER: 32n,
  UBIGINT: 64n,
  UHUGEINT: 128n,
};

/** Digits of the largest BIGNUM that is worth it; more go to a variant. */
const BIGNUM = 10n ** 63n;

const DOMAINS: Readonly<Record<string, ColumnDomain>> = {
  BIGNUM: { kind: 'integer', min: -BIGNUM, max: BIGNUM, asText: true },
  FLOAT: { kind: 'float' },
  // As DuckDB prints it, so that the text can be had back.
  UUID: { kind: 'pattern', pattern: '[\\da-f]{8}-(?:[\\da-f]{4}-){3}[\\da-f]{12}' },
};

const COLUMN_TYPES: Readonly<Record<string, ColumnType>> = {
  VARCHAR: { dataType: 'text' },
  JSON: { dataType: 'json' },
  TINYINT: { dataType: 'bigint', precision: 8 },
  SMALLINT: { dataType: 'bigint', precision: 16 },
  INTEGER: { dataType: 'bigint', precision: 32 },
  BIGINT: { dataType: 'bigint' },
  HUGEINT: { dataType: 'bigint', precision: 128 },
  DOUBLE: { dataType: 'double' },
  BOOLEAN: { dataType: 'bool' },
  DATE: { dataType: 'date' },
  TIME: { dataType: 'time' },
  BLOB: { dataType: 'binary' },
  'TIMESTAMP WITH TIME ZONE': { dataType: 'timestamp' },
  TIMESTAMP: { dataType: 'timestamp', timezone: false },
  TIMESTAMP_S: { dataType: 'timestamp', timezone: false, precision: 0 },
  TIMESTAMP_MS: { dataType: 'timestamp', timezone: false, precision: 3 },
  TIMESTAMP_NS: { dataType: 'timestamp', timezone: false, precision: 9 },
};

/**
 * Returns the type that values for an existing column of this DuckDB type are fitted to. DuckDB
 * casts them on the way in; types without a counterpart take text or integers, and
 * {@link domainOf} says which.
 */
export function columnTypeOf(sqlType: string): ColumnType {
  const type = COLUMN_TYPES[sqlType] ?? decimalType(sqlType);
  if (type !== undefined) return type;
  const domain = domainOf(sqlType);
  if (domain?.kind === 'integer' && !domain.asText) return { dataType: 'bigint' };
  return { dataType: domain?.kind === 'float' ? 'double' : 'text' };
}

/** An integer of 38 digits is dlt's `wei`. */
function decimalType(sqlType: string): ColumnType | undefined {
  const [, digits, behind] = /^DECIMAL\((\d+),(\d+)\)$/.exec(sqlType) ?? [];
  if (digits === undefined) return undefined;
  const [precision, scale] = [Number(digits), Number(behind)];
  if (precision === WIDEST && scale === 0) return { dataType: 'wei' };
  return {
    dataType: 'decimal',
    ...(precision !== WIDEST && { precision }),
    ...(scale !== SCALE && { scale }),
  };
}

/** What dlt's decimals have where nothing is said. */
const WIDEST = 38;
const SCALE = 9;

/**
 * What an existing column of this DuckDB type holds exactly; undefined for the types whose
 * {@link columnTypeOf} says it. Nothing for types that no JSON value has (lists, structs,
 * intervals).
 */
export function domainOf(sqlType: string): ColumnDomain | undefined {
  if (sqlType in COLUMN_TYPES || decimalType(sqlType) !== undefined) return undefined;
  const bits = UNSIGNED[sqlType];
  if (bits !== undefined)
    return { kind: 'integer', min: 0n, max: 2n ** bits - 1n, asText: bits > 32n };
  const words = /^ENUM\((.*)\)$/s.exec(sqlType)?.[1];
  if (words !== undefined)
    return {
      kind: 'words',
      words: [...words.matchAll(/'((?:[^']|'')*)'/g)].map(([, word = '']) =>
        word.replaceAll("''", "'"),
      ),
    };
  return DOMAINS[sqlType] ?? { kind: 'none' };
}
