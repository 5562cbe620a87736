import type { ColumnValue } from '#operators/schema/lane-value.js';
import { sqlTypeOf } from '#src/destination/duckdb/column-type.js';
import type { ColumnType } from 'sluice/operators';

/** A type of columns: its values, and how they are read back without loss. */
export interface ColumnKind {
  type: ColumnType;
  /** DuckDB's type of the column. */
  sql: string;
  isText: boolean;
  /** Makes what makes the values of one column. */
  values: (next: () => number) => () => ColumnValue;
  /** What DuckDB gives for a column of the table. */
  read: (column: string) => string;
  /** What that is for a value. */
  expected: (value: ColumnValue) => unknown;
}

/** Bits of a double. */
const bits = new DataView(new ArrayBuffer(8));
const encoder = new TextEncoder();

function bytesOf(value: ColumnValue): Uint8Array {
  return typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array);
}

function hexOf(value: ColumnValue): string {
  return Buffer.from(bytesOf(value)).toString('hex').toUpperCase();
}

/** An integer of so many bits, signed: often one at the ends of its range, or near zero. */
function integer(next: () => number, size: bigint): bigint {
  const half = 2n ** (size - 1n);
  const way = next();
  if (way < 0.2) return [-half, half - 1n, 0n, -1n, 1n][Math.floor(next() * 5)] as bigint;
  let value = 0n;
  for (let words = size; words > 0n; words -= 32n)
    value = value * 2n ** 32n + BigInt(Math.floor(next() * 2 ** 32));
  return BigInt.asIntN(Number(size), value >> BigInt(Math.floor(next() * Number(size))));
}

/** A number from `least` up to `most`, often one of them. */
function between(next: () => number, least: bigint, most: bigint): bigint {
  const way = next();
  if (way < 0.1) return least;
  if (way < 0.2) return most;
  const value = BigInt.asUintN(128, integer(next, 128n));
  return least + (value % (most - least + 1n));
}

const CHARACTERS = ['a', 'é', '€', '😀', '\u0000', '\ufeff', ' ', "'", '"', 'word'] as const;

function text(next: () => number, longest: number): string {
  // Around the twelve bytes that DuckDB's strings hold in place.
  const length = next() < 0.5 ? 9 + Math.floor(next() * 7) : Math.floor(next() * longest);
  let made = '';
  while (made.length < length)
    made += next() < 0.7 ? 'x' : (CHARACTERS[Math.floor(next() * CHARACTERS.length)] as string);
  return made;
}

/** How long the texts of a column become: some fit in place all, some take a block of memory. */
function longestOf(next: () => number): number {
  return [4, 12, 40, 40, 700][Math.floor(next() * 5)] as number;
}

function double(next: () => number): number {
  bits.setBigInt64(0, integer(next, 64n));
  const value = bits.getFloat64(0);
  return Number.isFinite(value) ? value : next() - 0.5;
}

function kind(
  type: ColumnType,
  make: (next: () => number) => ColumnValue,
  read: (column: string) => string = (column) => column,
): ColumnKind {
  return {
    type,
    sql: sqlTypeOf(type),
    isText: false,
    values: (next) => () => make(next),
    read,
    expected: (value) => value,
  };
}

function texts(
  dataType: 'text' | 'json' | 'binary',
  make: (next: () => number, longest: number) => ColumnValue,
): ColumnKind {
  return {
    type: { dataType },
    sql: sqlTypeOf({ dataType }),
    isText: dataType !== 'binary',
    values(next) {
      const longest = longestOf(next);
      return () => make(next, longest);
    },
    // The driver cuts a byte order mark off texts.
    read: (column) =>
      dataType === 'binary' ? `hex(${column})` : `hex(encode(${column}::VARCHAR))`,
    expected: hexOf,
  };
}

function decimals(type: ColumnType): ColumnKind {
  const most = 10n ** BigInt(type.precision ?? 38) - 1n;
  return kind(
    type,
    (next) => between(next, -most, most),
    (column) => `CAST(replace(CAST(${column} AS VARCHAR), '.', '') AS HUGEINT)`,
  );
}

const MICROS = 1_000_000n;
/** Years 1 to 9999, in seconds since 1970. */
const FIRST = -62_135_596_800n;
const LAST = 253_402_300_799n;

/** Timestamps in microseconds, of which the column keeps each `step`. */
function timestamps(type: ColumnType, step: bigint): ColumnKind {
  return kind(
    type,
    (next) => between(next, (FIRST * MICROS) / step, (LAST * MICROS) / step) * step,
    (column) => `epoch_us(${column})`,
  );
}

/** Every type that a column can have. */
export const COLUMN_KINDS: readonly ColumnKind[] = [
  texts('text', text),
  texts('text', text),
  texts('json', (next, longest) => JSON.stringify(text(next, longest))),
  texts('binary', (next, longest) =>
    Uint8Array.from({ length: Math.floor(next() * longest) }, () => Math.floor(next() * 256)),
  ),
  ...[8, 16, 32, 64, 128].map((precision) =>
    kind(
      { dataType: 'bigint', ...(precision !== 64 && { precision }) },
      (next) => integer(next, BigInt(precision)),
      (column) => `CAST(${column} AS HUGEINT)`,
    ),
  ),
  kind({ dataType: 'double' }, double),
  kind({ dataType: 'bool' }, (next) => next() < 0.5),
  kind(
    { dataType: 'date' },
    (next) => Number(between(next, FIRST / 86_400n, LAST / 86_400n)),
    (column) => `CAST(${column} - DATE '1970-01-01' AS INTEGER)`,
  ),
  kind(
    { dataType: 'time' },
    (next) => between(next, 0n, 86_400n * MICROS - 1n),
    (column) => `epoch_us(${column})`,
  ),
  decimals({ dataType: 'wei' }),
  decimals({ dataType: 'decimal' }),
  decimals({ dataType: 'decimal', precision: 38, scale: 38 }),
  decimals({ dataType: 'decimal', precision: 18, scale: 3 }),
  decimals({ dataType: 'decimal', precision: 4, scale: 0 }),
  timestamps({ dataType: 'timestamp' }, 1n),
  timestamps({ dataType: 'timestamp', timezone: false }, 1n),
  timestamps({ dataType: 'timestamp', timezone: false, precision: 3 }, 1_000n),
  timestamps({ dataType: 'timestamp', timezone: false, precision: 0 }, MICROS),
  kind(
    { dataType: 'timestamp', timezone: false, precision: 9 },
    (next) => between(next, -(2n ** 63n) + 2n, 2n ** 63n - 2n),
    (column) => `epoch_ns(${column})`,
  ),
];
