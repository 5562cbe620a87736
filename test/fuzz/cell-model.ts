import { isNumber, type NumberTree, type Tree } from './tree.js';

/** Types that columns of the model have; `hugeint`: integers of 128 bits. */
export type CellType = 'bigint' | 'hugeint' | 'double' | 'bool' | 'text' | 'timestamp' | 'json';

/** A value as DuckDB gives it; timestamps in microseconds. */
export type Cell = bigint | number | boolean | string;

/** What a column has seen. */
export interface ColumnModel {
  type: CellType;
  /** Every integer so far is exact as a double. */
  isExact: boolean;
  /** A contract keeps it from becoming wider. */
  isFixed?: boolean;
}

/** A scalar of a document; kept JSON comes as text. */
export type Sent = Exclude<Tree, null | object> | NumberTree | { json: string };

type Kind = 'bigint' | 'huge' | 'double' | 'bool' | 'text' | 'timestamp' | 'json';

const VARIANT: Readonly<Record<Kind, CellType>> = {
  bigint: 'bigint',
  huge: 'text',
  double: 'double',
  bool: 'bool',
  text: 'text',
  timestamp: 'text',
  json: 'json',
};

/** Texts of datetimes that generated documents have, and their microseconds since 1970. */
export const MOMENTS: Readonly<Record<string, bigint>> = {
  '2024-01-02T03:04:05Z': 1_704_164_645_000_000n,
  '2024-01-02T03:04:05.123456+02:00': 1_704_157_445_123_456n,
  '2024-01-02 03:04': 1_704_164_640_000_000n,
  '1969-12-31T23:59:59.999999Z': -1n,
  '0001-01-01T00:00:00Z': -62_135_596_800_000_000n,
  '9999-12-31T23:59:59.999999Z': 253_402_300_799_999_999n,
};

/** The type of a column whose first value this is. */
export function firstType(sent: Sent): CellType {
  const kind = kindOf(sent);
  if (kind !== 'huge') return kind;
  return hugeOf(sent) === undefined ? 'text' : 'hugeint';
}

/**
 * Takes a value into a column, which may become wider by it; undefined where it belongs in the
 * variant that `variantOf` names.
 */
export function take(column: ColumnModel, sent: Sent): Cell | undefined {
  const kind = kindOf(sent);
  const cell = fit(column.type, kind, sent);
  if (cell !== undefined) {
    if (column.type === 'bigint' && !isExact(cell as bigint)) column.isExact = false;
    return cell;
  }
  if (column.type !== 'bigint' || column.isFixed === true) return undefined;
  if (kind === 'double' && column.isExact) {
    column.type = 'double';
    return Number((sent as NumberTree).number);
  }
  const huge = kind === 'huge' ? hugeOf(sent) : undefined;
  if (huge === undefined) return undefined;
  column.type = 'hugeint';
  return huge;
}

/** The type of the variant column that a value goes to, which also names it. */
export function variantOf(sent: Sent): CellType {
  return VARIANT[kindOf(sent)];
}

/** A value that a variant column is given: a time arrives there as text, as in dlt. */
export function asMoved(sent: Sent): Sent {
  return kindOf(sent) === 'huge' ? digits(sent) : sent;
}

/** A value as its column has it now. */
export function asStored(cell: Cell, type: CellType): Cell {
  return type === 'double' && typeof cell === 'bigint' ? Number(cell) : cell;
}

export function isExact(value: bigint): boolean {
  return value >= -(2n ** 53n) && value <= 2n ** 53n;
}

function kindOf(sent: Sent): Kind {
  if (typeof sent === 'boolean') return 'bool';
  if (typeof sent === 'string') return sent in MOMENTS ? 'timestamp' : 'text';
  if ('json' in sent) return 'json';
  if (!isNumber(sent)) return 'text';
  const { number } = sent;
  if (!Number.isFinite(Number(number))) return 'huge';
  if (/[.eE]/.test(number)) return 'double';
  return inBits(BigInt(number), 64n) ? 'bigint' : 'huge';
}

function fit(type: CellType, kind: Kind, sent: Sent): Cell | undefined {
  if (type === 'json') return kind === 'json' ? (sent as { json: string }).json : undefined;
  if (kind === 'json') return undefined;
  if (type === 'text') return wellFormed(typeof sent === 'object' ? digits(sent) : String(sent));
  if (type === 'bool') {
    if (kind === 'bool') return sent as boolean;
    return sent === 'true' ? true : sent === 'false' ? false : undefined;
  }
  if (type === 'timestamp') return kind === 'timestamp' ? MOMENTS[sent as string] : undefined;
  if (kind === 'bool' || kind === 'timestamp') return undefined;
  if (type === 'double') return asDouble(kind, sent);
  const integer = asInteger(kind, sent);
  return integer !== undefined && inBits(integer, type === 'bigint' ? 64n : 128n)
    ? integer
    : undefined;
}

function asDouble(kind: Kind, sent: Sent): number | undefined {
  if (kind === 'double') return Number(digits(sent));
  if (kind === 'bigint')
    return isExact(BigInt(digits(sent))) ? Number(BigInt(digits(sent))) : undefined;
  // Texts that are printed alike by JavaScript and Python.
  if (kind !== 'text' || !/^-?(?:0|[1-9]\d*)\.\d+$/.test(sent as string)) return undefined;
  const number = Number(sent);
  const magnitude = Math.abs(number);
  return String(number) === sent && magnitude >= 1e-4 && magnitude < 1e16 ? number : undefined;
}

function asInteger(kind: Kind, sent: Sent): bigint | undefined {
  if (kind === 'text')
    return /^(?:0|-?[1-9]\d*)$/.test(sent as string) ? BigInt(sent as string) : undefined;
  return exactInteger(digits(sent));
}

/** The integer that a number is, however written. */
function exactInteger(number: string): bigint | undefined {
  const [, sign = '', whole = '', part = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const all = (whole + part).replace(/^0+/, '');
  if (all === '') return 0n;
  const shift = Number(exponent) - part.length;
  if (shift > 400) return undefined;
  const kept = shift >= 0 ? all + '0'.repeat(shift) : all.slice(0, shift);
  if (shift < 0 && (/[^0]/.test(all.slice(shift)) || all.length <= -shift)) return undefined;
  return BigInt(sign + kept);
}

function hugeOf(sent: Sent): bigint | undefined {
  const integer = exactInteger(digits(sent));
  return integer !== undefined && inBits(integer, 128n) ? integer : undefined;
}

function digits(sent: Sent): string {
  return (sent as NumberTree).number;
}

function inBits(value: bigint, bits: bigint): boolean {
  return value >= -(2n ** (bits - 1n)) && value < 2n ** (bits - 1n);
}

/** Half characters as UTF-8 has them: U+FFFD. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
