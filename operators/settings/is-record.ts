import { isObject } from '../json/is-object.js';

/**
 * Returns true for an object whose members can be read by their keys. Maps, Headers, promises and
 * their like keep what they hold elsewhere: read by keys they would look empty.
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const made = Object.getPrototypeOf(value) as object | null;
  const isPlain = made === null || Object.getPrototypeOf(made) === null;
  return isPlain || Object.keys(value).length > 0;
}
