import { printable } from './settings/printable.js';

/**
 * Stable machine-readable names of everything that can go wrong; compare these, not messages or
 * classes.
 */
export type SluiceErrorCode =
  | 'ERR_SLUICE_CONFIG'
  | 'ERR_SLUICE_JSON'
  | 'ERR_SLUICE_SELECT'
  | 'ERR_SLUICE_LIMIT'
  | 'ERR_SLUICE_FUNCTION'
  | 'ERR_SLUICE_SCHEMA'
  | 'ERR_SLUICE_HTTP'
  | 'ERR_SLUICE_PAGINATION'
  | 'ERR_SLUICE_LOAD'
  | 'ERR_SLUICE_INCOMPLETE'
  | 'ERR_SLUICE_ABORT'
  | 'ERR_SLUICE_BATCH_SPENT'
  | 'ERR_SLUICE_RUNTIME';

/**
 * Base of every error that sluice raises.
 *
 * `message` says what failed, where (resource, page, table, column), what was found and what to do.
 * `code` is stable; two copies of the package recognise each other's errors by it. `cause` keeps
 * the error beneath. Control characters stand in the message as their escapes.
 */
export class SluiceError extends Error {
  /** Which error it is. */
  readonly code: SluiceErrorCode;

  constructor(code: SluiceErrorCode, message: string, options?: ErrorOptions) {
    super(printable(message), options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Returns true for an error of this family, whichever copy of the package raised it. */
export function isSluiceError(error: unknown): error is SluiceError {
  return (
    error instanceof Error && String((error as Partial<SluiceError>).code).startsWith('ERR_SLUICE_')
  );
}

/**
 * A setting, option or secret that is missing or wrong: raised before the first request. Also
 * raised by an operator that stands behind the wrong one.
 */
export class ConfigError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SLUICE_CONFIG', message, options);
  }
}

/**
 * A body that is not JSON: broken (`incomplete` false) or cut short (`incomplete` true, worth
 * another request).
 */
export class JsonError extends SluiceError {
  /** Byte offset in the body at which reading stopped. */
  readonly offset: number;
  /** The body ended before the document did. */
  readonly incomplete: boolean;

  constructor(message: string, offset: number, incomplete: boolean, options?: ErrorOptions) {
    super('ERR_SLUICE_JSON', message, options);
    this.offset = offset;
    this.incomplete = incomplete;
  }
}

/** A data selector that leads nowhere, or to something that cannot be rows. */
export class SelectError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SLUICE_SELECT', message, options);
  }
}

/** A limit on tables, columns, depth or bytes was reached; raised before the memory is taken. */
export class LimitError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SLUICE_LIMIT', message, options);
  }
}

/**
 * Values that cannot be fitted to a table's schema (a null key, a hinted column that never came).
 */
export class SchemaError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SLUICE_SCHEMA', message, options);
  }
}

/**
 * A function of the user's threw, or returned something that cannot be used. The message begins
 * with resource, page and row, as far as they are known; `cause` is what was thrown.
 */
export class FunctionError extends SluiceError {
  /** The option that holds the function, such as `processingSteps[0].map`. */
  readonly functionName: string;
  /** The resource that the function is of; null where it is not known. */
  readonly resource: string | null;
  /** Number of the page, from 1. */
  readonly page: number | null;

  constructor(
    message: string,
    about: { functionName: string; resource: string | null; page: number | null },
    options?: ErrorOptions,
  ) {
    super('ERR_SLUICE_FUNCTION', message, options);
    this.functionName = about.functionName;
    this.resource = about.resource;
    this.page = about.page;
  }
}

/** The run was stopped by its caller (signal or unsubscribe). */
export class AbortError extends SluiceError {
  constructor(message = 'The run was aborted. What was committed stays.', options?: ErrorOptions) {
    super('ERR_SLUICE_ABORT', message, options);
  }
}
