import { SluiceError } from '../operators/errors.js';

export { ConfigError } from '../operators/errors.js';

/** A request that failed for good. The URL and body carry no secrets; the body is cut at 2 KiB. */
export class HttpError extends SluiceError {
  /** Status of the response; null where none came. */
  readonly status: number | null;
  /** Method of the request. */
  readonly method: string;
  /** Address of the request, without secrets. */
  readonly url: string;
  /** Beginning of the body, 2 KiB at most; empty without one. */
  readonly body: string;
  /** Number of the attempt that was the last, from 1. */
  readonly attempt: number;

  constructor(
    message: string,
    about: { status: number | null; method: string; url: string; body: string; attempt: number },
    options?: ErrorOptions,
  ) {
    super('ERR_SLUICE_HTTP', message, options);
    this.status = about.status;
    this.method = about.method;
    this.url = about.url;
    this.body = about.body;
    this.attempt = about.attempt;
  }
}

/** Paging that does not end or goes in circles. What was read before stays. */
export class PaginationError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SLUICE_PAGINATION', message, options);
  }
}

/**
 * The database refused, or a table cannot take the rows. Everything uncommitted was rolled back.
 */
export class LoadError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SLUICE_LOAD', message, options);
  }
}

/**
 * Rows are missing (`run(…, { incomplete: 'fail' })`). The message says of which resource, and how
 * that is known.
 */
export class IncompleteError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SLUICE_INCOMPLETE', message, options);
  }
}
