import type { SluiceError } from '../../operators/errors.js';

/**
 * Gives an error of the same class and fields with another message, and `error` as its cause.
 * `error` itself stays as it is: several requests may fail with the same one.
 */
export function withMessage<E extends SluiceError>(error: E, message: string): E {
  const { message: _, stack: __, cause: ___, ...fields } = Object.getOwnPropertyDescriptors(error);
  const other = new Error(message, { cause: error });
  Object.setPrototypeOf(other, Object.getPrototypeOf(error) as object);
  return Object.defineProperties(other, fields) as E;
}
