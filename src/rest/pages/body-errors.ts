import { JsonError, SelectError } from '../../../operators/errors.js';
import { type Format, formatAdvice } from './rows/formats.js';

/** RFC 9110 §15.3.3: the request was accepted, and what it asked for is not made yet. */
export const ACCEPTED = 202;

/** An error of a body with what to do about its status or format. */
export function withAdvice(
  error: unknown,
  body: Uint8Array,
  status: number,
  format: Format,
): unknown {
  if (!(error instanceof JsonError || error instanceof SelectError)) return error;
  const ofStatus =
    status === ACCEPTED
      ? ' The response has status 202 (accepted), so it is not made yet. Set `poll` or request it later.'
      : '';
  if (error instanceof SelectError)
    return ofStatus === ''
      ? error
      : new SelectError(`${error.message}${ofStatus}`, { cause: error });
  const advice = `${formatAdvice(body, format)}${ofStatus}`;
  const { message, offset, incomplete } = error;
  return advice === ''
    ? error
    : new JsonError(`${message}${advice}`, offset, incomplete, { cause: error });
}
