import { SluiceError } from '../operators/errors.js';

export { ConfigError } from '../operators/errors.js';

/** A request that failed for good. The URL and body carry no secrets; the body is cut at 2 KiB. */
export class HttpError extends SluiceError {
  readonly status: number | null;
  readonly method: string;
  readonly url: string;
  readonly body: string;
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
