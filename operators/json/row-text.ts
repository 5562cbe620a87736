import { shortened } from '../settings/shortened.js';
import { kindOf, type UserFunction } from '../settings/user-function.js';
import { printJson } from './print-json.js';

/** Returns what is wrong with a value that is to be a row, and what to do; null for an object. */
export function rowFault(value: unknown): string | null {
  const isRow =
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Date) &&
    typeof (value as { then?: unknown }).then !== 'function' &&
    !(Symbol.iterator in value || Symbol.asyncIterator in value);
  return isRow ? null : 'return the row, an object.';
}

/**
 * Returns whether a value is rows and not a row: a list, a set, or what a generator yields. A map
 * of rows is none, since its keys would be lost, nor are bytes.
 */
export function isRowList(value: unknown): value is Iterable<object> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.iterator in value &&
    !(value instanceof Map || ArrayBuffer.isView(value))
  );
}

/**
 * Returns a row as JSON text. FunctionError of the function that made it, where it is no object or
 * holds what JSON cannot hold.
 */
export function rowText(by: UserFunction, row: unknown): string {
  try {
    const fault = rowFault(row);
    if (fault !== null) throw by.refuse(`returned ${kindOf(row)} for a row: ${fault}`);
    const text = printJson(row);
    if (!text.startsWith('{'))
      throw by.refuse(
        `returned for a row an object whose \`toJSON\` returns ${shortened(text, 40)}: return an object that is one in JSON too.`,
      );
    return text;
  } catch (error) {
    throw error instanceof TypeError
      ? by.refuse(`returned a row that cannot be stored: ${error.message}`, error)
      : by.error(error);
  }
}
