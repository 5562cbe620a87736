import {
  DuckDBDateValue,
  type DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  type DuckDBValue,
  type DuckDBValueConverter,
  type JS,
  JSDuckDBValueConverter,
} from '@duckdb/node-api';
import { decimalValue } from '../../decimal-value.js';
import { floored } from '../../floored.js';

/**
 * A value of a row as JavaScript has it, within lists and structs too: integers as numbers where
 * they are safe, else BigInt; decimals as numbers where these have all their digits, else text;
 * timestamps and dates as Date (the millisecond that they are in), or as text where it has none for
 * them (`infinity`); times, intervals and bits as text, bytes as Uint8Array, JSON as text.
 */
export const rowValue: DuckDBValueConverter<unknown> = (value, type, converter) => {
  if (value === null) return null;
  if (type.typeId === DuckDBTypeId.DECIMAL) {
    const { value: integer, scale } = value as DuckDBDecimalValue;
    return decimalValue(integer, scale);
  }
  if (TEXTS.has(type.typeId)) return String(value);
  const micros = microsOf(value);
  if (micros !== null) return moment(micros, value);
  const own = JSDuckDBValueConverter(value, type, converter as DuckDBValueConverter<JS>);
  // Where the loader has a thread of its own no Buffer comes out of it.
  if (own instanceof Uint8Array) return Uint8Array.from(own);
  if (typeof own === 'bigint') return Number.isSafeInteger(Number(own)) ? Number(own) : own;
  return own;
};

const TEXTS: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIME,
  DuckDBTypeId.TIME_NS,
  DuckDBTypeId.TIME_TZ,
  DuckDBTypeId.INTERVAL,
  DuckDBTypeId.BIT,
]);

/** Microseconds since 1970 of a timestamp or date, cut; null for other values. */
function microsOf(value: DuckDBValue): bigint | null {
  if (typeof value !== 'object') return null;
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue)
    return value.micros;
  if (value instanceof DuckDBDateValue) return BigInt(value.days) * 86_400_000_000n;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1_000n;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000n;
  return value instanceof DuckDBTimestampNanosecondsValue ? floored(value.nanos, 1_000n) : null;
}

function moment(micros: bigint, value: DuckDBValue): Date | string {
  const own = new Date(Number(floored(micros, 1_000n)));
  if (!Number.isNaN(own.getTime())) return own;
  if (!(value instanceof DuckDBDateValue) || value.isFinite) return String(value);
  return value.days > 0 ? 'infinity' : '-infinity';
}
