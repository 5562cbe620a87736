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

/** Bits and sign of DuckDB's integers that are no BIGINT. */
const INTEGERS: Readonly<Record<string, [bits: bigint, isSigned: boolean]>> = {
  TINYINT: [8n, true],
  SMALLINT: [16n, true],
  INTEGER: [32n, true],
  HUGEINT: [128n, true],
  UTINYINT: [8n, false],
  USMALLINT: [16n, false],
  UINTEGER: [32n, false],
  UBIGINT: [64n, false],
  UHUGEINT: [128n, false],
};

/** Digits of the largest BIGNUM that is worth it; more go to a variant. */
const BIGNUM = 10n ** 63n;

const DOMAINS: Readonly<Record<string, ColumnDomain>> = {
  BIGNUM: { kind: 'integer', min: -BIGNUM, max: BIGNUM, asText: true },
  FLOAT: { kind: 'float' },
  TIMESTAMP_S: { kind: 'timestamp', step: 1_000_000n },
  TIMESTAMP_MS: { kind: 'timestamp', step: 1_000n },
  TIMESTAMP_NS: { kind: 'nanoseconds' },
  DATE: { kind: 'date' },
  // Each as DuckDB prints it, so that the text can be had back.
  TIME: {
    kind: 'pattern',
    pattern: '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{0,5}[1-9])?',
  },
  UUID: { kind: 'pattern', pattern: '[\\da-f]{8}-(?:[\\da-f]{4}-){3}[\\da-f]{12}' },
  BLOB: { kind: 'pattern', pattern: '(?:(?![\\\\\'"])[ -~])*' },
};

const PLAIN_TYPES: Readonly<Record<string, DataType>> = {
  VARCHAR: 'text',
  JSON: 'json',
  BIGINT: 'bigint',
  DOUBLE: 'double',
  BOOLEAN: 'bool',
  TIMESTAMP: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
};

/**
 * The type that values for an existing column of this DuckDB type are fitted to. DuckDB casts them
 * on the way in; types without a counterpart (DATE, DECIMAL, HUGEINT …) take text, and
 * {@link domainOf} says which.
 */
export function dataTypeOf(sqlType: string): DataType {
  const domain = domainOf(sqlType);
  if (domain === undefined) return PLAIN_TYPES[sqlType] ?? 'text';
  if (domain.kind === 'integer' && !domain.asText) return 'bigint';
  if (domain.kind === 'float') return 'double';
  return domain.kind === 'timestamp' ? 'timestamp' : 'text';
}

/**
 * What an existing column of this DuckDB type holds exactly; undefined for the types that
 * `SQL_TYPE` makes, and TIMESTAMP. Nothing for types that no JSON value has (lists, structs,
 * intervals).
 */
export function domainOf(sqlType: string): ColumnDomain | undefined {
  if (sqlType in PLAIN_TYPES) return undefined;
  const integer = INTEGERS[sqlType];
  if (integer !== undefined) {
    const [bits, isSigned] = integer;
    const max = 2n ** (isSigned ? bits - 1n : bits) - 1n;
    return { kind: 'integer', min: isSigned ? -max - 1n : 0n, max, asText: bits > 32n };
  }
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(sqlType) ?? [];
  if (precision !== undefined)
    return { kind: 'decimal', precision: Number(precision), scale: Number(scale) };
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
