import type { Cell, ColumnModel, Sent } from './cell-model.js';
import { isNumber, type NumberTree } from './tree.js';

/** Numbers with fractions or exponents, and how Python prints them. */
export const PRINTED: Readonly<Record<string, string>> = {
  '1.0': '1.0',
  '1e2': '100.0',
  '1e-7': '1e-07',
  '-0.5': '-0.5',
  '123.456': '123.456',
  '5e-324': '5e-324',
  '9007199254740993.0': '9007199254740992.0',
};

const BOOLS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  Y: true,
  '1': true,
  false: false,
  no: false,
  F: false,
  '0': false,
};

/**
 * Takes a value into a column as dlt does; undefined where it belongs in the variant. Columns are
 * of texts, integers of 64 bits, doubles and booleans.
 */
export function takeAsDlt({ type }: ColumnModel, sent: Sent): Cell | undefined {
  if (type === 'text') return asText(sent);
  if (type === 'bool') return asBool(sent);
  if (typeof sent === 'boolean') return undefined;
  const digits = typeof sent === 'string' ? sent.trim() : (sent as NumberTree).number;
  if (typeof sent === 'string' ? !isPython(digits, type) : false) return undefined;
  // A negative zero is an integer in Python, or a decimal in the SQL that dlt writes: it is lost.
  if (type === 'double') return Number(digits) + 0;
  return /[.eE]/.test(digits) ? whole(Number(digits)) : BigInt(digits.replace('+', ''));
}

function isPython(text: string, type: string): boolean {
  return (type === 'double' ? /^[+-]?\d+(?:\.\d+)?(?:e\d+)?$/ : /^[+-]?\d+$/).test(text);
}

function whole(number: number): bigint | undefined {
  return Number.isInteger(number) ? BigInt(number) : undefined;
}

function asText(sent: Sent): string {
  if (typeof sent === 'boolean') return sent ? 'True' : 'False';
  if (typeof sent === 'string') return sent;
  const { number } = sent as NumberTree;
  return PRINTED[number] ?? String(BigInt(number));
}

function asBool(sent: Sent): boolean | undefined {
  if (typeof sent === 'boolean') return sent;
  if (typeof sent === 'string') return BOOLS[sent];
  return isNumber(sent as NumberTree) && Number((sent as NumberTree).number) !== 0;
}
