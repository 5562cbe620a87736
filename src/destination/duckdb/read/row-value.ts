import {
  type DuckDBDecimalValue,
  DuckDBTypeId,
  type DuckDBValueConverter,
  type JS,
  JSDuckDBValueConverter,
} from '@duckdb/node-api';

/** Digits that every double keeps. */
const DOUBLE_DIGITS = 15;

/**
 * A value of a row as JavaScript has it, within lists and structs too: integers as numbers where
 * they are safe, else BigInt; decimals as numbers where these have all their digits, else text;
 * timestamps and dates as Date (milliseconds), times as text, bytes as Uint8Array, JSON as text.
 */
export const rowValue: DuckDBValueConverter<unknown> = (value, type, converter) => {
  if (value === null) return null;
  if (type.typeId === DuckDBTypeId.DECIMAL) return decimal(value as DuckDBDecimalValue);
  if (type.typeId === DuckDBTypeId.TIME) return String(value);
  const own = JSDuckDBValueConverter(value, type, converter as DuckDBValueConverter<JS>);
  // Where the loader has a thread of its own no Buffer comes out of it.
  if (own instanceof Uint8Array) return Uint8Array.from(own);
  if (typeof own === 'bigint') return Number.isSafeInteger(Number(own)) ? Number(own) : own;
  return own;
};

function decimal(value: DuckDBDecimalValue): number | string {
  const text = String(value);
  const digits = value.value < 0n ? -value.value : value.value;
  return digits < 10n ** BigInt(DOUBLE_DIGITS) ? Number(text) : text;
}
