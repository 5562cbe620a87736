import { FunctionError, isSluiceError } from '../errors.js';
import { markPlace } from './error-place.js';
import { shortened } from './shortened.js';

/** A function of the user's and the place it is called for. */
export interface UserFunctionPlace {
  /** The option that holds it, as the user wrote it: `processingSteps[0].map`. */
  name: string;
  resource?: string | undefined;
  /** Number of the page, from 0. */
  page?: number | undefined;
  /** Number of the row on its page, from 0. */
  row?: number | undefined;
  /** Removes secrets from what an error says. @default nothing is removed */
  redact?: ((text: string) => string) | undefined;
}

/** Calls functions of the user's at one place. */
export interface UserFunction {
  /**
   * What `run` returns. `fault` says what is wrong with it and what to do (behind "it returned …");
   * null for a value that can be used. A promise is always wrong.
   *
   * Errors: FunctionError when `run` throws (whatever it throws), or its value cannot be used.
   */
  call<T>(run: () => T, fault: (value: unknown) => string | null): T;
  /** The same for a function that may return a promise. */
  wait<T>(run: () => T | PromiseLike<T>, fault: (value: unknown) => string | null): Promise<T>;
  /** Returns the error for a thrown value; one of a function within it, and an abort, stay. */
  error(thrown: unknown): Error;
  /** Returns the error for any other fault: `fault` follows the function's name. */
  refuse(fault: string, cause?: unknown): Error;
}

/** Wraps the calls of a function of the user's, so that whatever is wrong with it names it. */
export function userFunction(place: UserFunctionPlace): UserFunction {
  const { name, resource, page, row, redact = (text) => text } = place;
  const where = [
    ...(resource === undefined ? [] : [`Resource ${resource}`]),
    ...(page === undefined ? [] : [`page ${page + 1}`]),
    ...(row === undefined ? [] : [`row ${row + 1}`]),
  ].join(', ');
  const failed = (fault: string, options?: ErrorOptions): FunctionError => {
    const failure = new FunctionError(
      `${where === '' ? '' : `${where}: `}\`${name}\` ${redact(fault)}`,
      {
        functionName: name,
        resource: resource ?? null,
        page: page === undefined ? null : page + 1,
      },
      options,
    );
    if (resource === undefined) return failure;
    return markPlace(failure, {
      resource,
      ...(page !== undefined && { page }),
      ...(row !== undefined && { row }),
    });
  };
  const error = (thrown: unknown): Error =>
    hasPlace(thrown) ? thrown : failed(`threw: ${textOf(thrown)}`, { cause: readable(thrown) });
  const used = <T>(value: T, fault: (value: unknown) => string | null): T => {
    let wrong: string | null;
    try {
      wrong = fault(value);
    } catch (thrown) {
      // A proxy or getter of the user's: looking at its value runs their code too.
      throw error(thrown);
    }
    if (wrong !== null) throw failed(`returned ${kindOf(value)}: ${wrong}`);
    return value;
  };
  return {
    error,
    refuse: (fault, cause) => failed(fault, cause === undefined ? undefined : { cause }),
    call(run, fault) {
      let value;
      let isLater;
      try {
        value = run();
        isLater = isPromise(value);
      } catch (thrown) {
        throw error(thrown);
      }
      if (!isLater) return used(value, fault);
      abandon(value);
      throw failed('returned a promise: this function must not be asynchronous.');
    },
    async wait(run, fault) {
      let value;
      try {
        value = await run();
      } catch (thrown) {
        throw error(thrown);
      }
      return used(value, fault);
    },
  };
}

/**
 * Returns true for an error of a function within this one, which says where it was, or an abort,
 * which has no place.
 */
function hasPlace(thrown: unknown): thrown is Error {
  try {
    return (
      isSluiceError(thrown) &&
      (thrown.code === 'ERR_SLUICE_FUNCTION' || thrown.code === 'ERR_SLUICE_ABORT')
    );
  } catch {
    // A proxy or getter of the user's.
    return false;
  }
}

/**
 * Lets go of what nobody waits for any more. Its rejection would be an uncaught exception of the
 * process.
 */
export function abandon(value: unknown): void {
  Promise.resolve(value).catch(() => undefined);
}

/**
 * A thrown value, where all that others look at in an error can be read: a proxy or getter of the
 * user's may throw once more, wherever the error is printed.
 */
export function readable(thrown: unknown): unknown {
  try {
    for (let one = thrown, depth = 0; one instanceof Error && depth < DEEPEST; depth += 1) {
      void [one.name, one.message, one.stack];
      one = one.cause;
    }
    return thrown;
  } catch {
    return new Error('What was thrown cannot be read: it throws where it is looked at.');
  }
}

/** Causes may be a circle. */
const DEEPEST = 16;

/** Returns true for a promise, or another object with a `then`. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** Returns the words for a value that a function should not have returned. */
export function kindOf(value: unknown): string {
  try {
    return plainKindOf(value);
  } catch {
    // A proxy or getter of the user's.
    return 'an object';
  }
}

function plainKindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text ${JSON.stringify(shortened(value, 100))}`;
  if (typeof value === 'bigint') return `the number ${value}n`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (isPromise(value)) return 'a promise';
  if (Array.isArray(value)) return 'a list';
  const made = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  const by = made === null || made === Object.prototype ? '' : (made.constructor?.name ?? '');
  return by === '' ? 'an object' : `${/^[AEIO]/.test(by) ? 'an' : 'a'} ${by}`;
}

function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return kindOf(thrown);
  }
}
