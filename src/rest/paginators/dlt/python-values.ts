import type { Json } from '../../../../operators/types.js';

/** Whether Python takes a value for true: not null, false, 0, and no empty text, object or list. */
export function isTruthy(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return Object.keys(value).length > 0;
}

/** A value as Python's `int()` reads it; null where that fails. */
export function pythonInt(value: Json | undefined): number | null {
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Math.trunc(value);
  const text = typeof value === 'string' ? value.trim() : '';
  return /^[+-]?\d+(_\d+)*$/.test(text) ? Number(text.replaceAll('_', '')) : null;
}

/** A flag as dlt reads it: a boolean, or one of its words; null for anything else. */
export function pythonFlag(value: Json | undefined): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (/^(yes|true|t|y|1)$/.test(word)) return true;
  return /^(no|false|f|n|0)$/.test(word) ? false : null;
}

/** A flag or null in Python's spelling (`True`, `None`); everything else as it is. */
export function pythonText<T>(value: T): T | string {
  if (value === null) return 'None';
  if (typeof value !== 'boolean') return value;
  return value ? 'True' : 'False';
}
