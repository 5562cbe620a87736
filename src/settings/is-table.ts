import { isObject } from '../../operators/json/is-object.js';

/** Returns true for a table of TOML, or an object of JSON: no list, and no date. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !(value instanceof Date);
}
