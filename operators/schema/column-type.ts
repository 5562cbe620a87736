import type { ColumnHint, ColumnType, Compat } from '../types.js';

/** Layout of a column's values: bits, texts behind offsets, or so many bytes each. */
export type Layout = 'bits' | 'texts' | 4 | 8 | 16;

/** Returns how the buffers of a column of this type hold its values. */
export function layoutOf({ dataType, precision }: ColumnType): Layout {
  switch (dataType) {
    case 'text':
    case 'json':
    case 'binary':
      return 'texts';
    case 'bool':
      return 'bits';
    case 'date':
      return 4;
    case 'decimal':
    case 'wei':
      return 16;
    case 'bigint':
      return (precision ?? 64) > 64 ? 16 : 8;
    case 'double':
    case 'timestamp':
    case 'time':
      return 8;
    default:
      return dataType satisfies never;
  }
}

/** Digits behind the point of a decimal column, wherever it says nothing else: as in dlt. */
const SCALE = 9;

/** Returns the digits behind the point of a column's numbers; 0 where it holds integers. */
export function scaleOf({ dataType, scale }: ColumnType): number {
  return scale ?? (dataType === 'decimal' ? SCALE : 0);
}

/** Returns the type alone of a column or a hint. */
export function columnType({ dataType, precision, scale, timezone }: ColumnType): ColumnType {
  return {
    dataType,
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
    ...(timezone !== undefined && { timezone }),
  };
}

/** Returns a type for people, with what refines it. */
export function typeText({ dataType, precision, scale, timezone }: ColumnType): string {
  const refined = [
    ...(precision === undefined ? [] : [`precision ${precision}`]),
    ...(scale === undefined ? [] : [`scale ${scale}`]),
    ...(timezone === false ? ['without a time zone'] : []),
  ];
  return refined.length === 0 ? dataType : `${dataType} (${refined.join(', ')})`;
}

/** Returns whether two columns hold the same values in the same buffers. */
export function isSameType(one: ColumnType, other: ColumnType): boolean {
  return (
    one.dataType === other.dataType &&
    one.precision === other.precision &&
    scaleOf(one) === scaleOf(other) &&
    one.timezone === other.timezone
  );
}

/**
 * Returns the type that a hint declares, without what is the default; undefined for none. Digits of
 * a second beyond six make a column without a time zone; dlt keeps the zone and cuts them.
 */
export function hintedType(hint: ColumnHint, compat: Compat): ColumnType | undefined {
  const { dataType, precision, scale, timezone } = hint;
  if (dataType === undefined) return undefined;
  if (dataType === 'decimal' || dataType === 'wei')
    return columnType({
      dataType,
      ...(precision !== undefined && { precision }),
      ...(scale !== undefined && { scale }),
    });
  if (dataType === 'bigint') {
    const bits = bitsOf({ precision });
    return { dataType, ...(bits !== 64 && { precision: bits }) };
  }
  if (dataType !== 'timestamp') return { dataType };
  const isPlain = timezone === false || (compat === 'sluice' && (precision ?? 6) > 6);
  if (!isPlain) return { dataType };
  const digits = DIGITS.find((most) => (precision ?? 6) <= most);
  return {
    dataType,
    timezone: false,
    ...(digits !== 6 && digits !== undefined && { precision: digits }),
  };
}

/** Returns the bits of a column's integers. */
export function bitsOf({ precision = 64 }: { precision?: number | undefined }): number {
  return BITS.find((most) => precision <= most) ?? 128;
}

/** Returns whether the integers of a column, which are signed, reach so far. */
export function isInBits(value: bigint, type: { precision?: number }): boolean {
  const most = 2n ** BigInt(bitsOf(type) - 1);
  return value < most && value >= -most;
}

/** Bits of integers, and digits of a second, that columns have: those of DuckDB's types. */
const BITS = [8, 16, 32, 64, 128];
const DIGITS = [0, 3, 6, 9];
