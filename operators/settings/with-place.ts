import type { SluiceError } from '../errors.js';
import { shortParent } from './short-parent.js';

/**
 * Gives an error of the same class and fields whose message begins with a place, and `error` as its
 * cause. `error` itself stays as it is: several requests may fail with the same one.
 *
 * @param message of `error`, where it is not to be shown as it is
 */
export function withPlace<E extends SluiceError>(
  place: string,
  error: E,
  message: string = error.message,
): E {
  const { message: _, stack: __, cause: ___, ...fields } = Object.getOwnPropertyDescriptors(error);
  const other = new Error(`${place}: ${message}`, { cause: error });
  Object.setPrototypeOf(other, Object.getPrototypeOf(error) as object);
  return Object.defineProperties(other, fields) as E;
}

/**
 * Names a list, or one page of it, in messages: `Resource refunds of parent 42, page 3`. A long
 * parent is cut.
 *
 * @param index number of the page, from 0
 */
export function placeOf(resource: string, parent: string | null, index?: number): string {
  const of = parent === null ? '' : ` of parent ${shortParent(parent)}`;
  return `Resource ${resource}${of}${index === undefined ? '' : `, page ${index + 1}`}`;
}
