import { parseJson } from '../../../operators/json/parse-json.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { HttpError } from '../../errors.js';
import type { HttpResponse, RequestSpec } from '../http/messages.js';
import type { RenewalContext } from './auth.js';

/**
 * Sends a token request; returns the JSON of its response, and what makes the error for a response
 * without a token. HttpErrors show nothing of the bodies but the error's name and description.
 */
export async function requestToken(
  spec: RequestSpec,
  { send }: RenewalContext,
): Promise<{ content: Json; responseError: (what: string) => HttpError }> {
  const response = await send({
    ...spec,
    headers: { accept: 'application/json', ...spec.headers },
  }).catch((error: unknown) => {
    throw error instanceof HttpError && error.status !== null ? withoutBody(error) : error;
  });
  const responseError = (what: string): HttpError => tokenError(spec, response, what);
  try {
    return { content: parseJson(response.body), responseError };
  } catch {
    throw responseError('is not JSON: check the address');
  }
}

function withoutBody({ status, method, url, body, attempt }: HttpError): HttpError {
  const redirect = status !== null && status >= 300 && status < 400;
  const why = redirect
    ? 'It is a redirect, which credentials do not follow: give the address that it leads to.'
    : 'Check the address, the credentials and what they are allowed.';
  return new HttpError(
    `The token request ${method} ${url} returned status ${status}${attempt > 1 ? ` (${attempt} attempts)` : ''}.${descriptionIn(body)} ${why}`,
    { status, method, url, body: '', attempt },
  );
}

function tokenError(
  { method, url }: RequestSpec,
  { status }: HttpResponse,
  what: string,
): HttpError {
  const address = `${url.origin}${url.pathname}`;
  return new HttpError(
    `The token request ${method} ${address} returned status ${status}, but the response ${what}.`,
    { status, method, url: address, body: '', attempt: 1 },
  );
}

/** The error and its description, where RFC 6749 §5.2 and most others have them. */
function descriptionIn(body: string): string {
  try {
    const content = parseJson(body) as JsonObject | null;
    const texts = ['error', 'error_description', 'message'].flatMap((name) =>
      typeof content?.[name] === 'string' ? [content[name]] : [],
    );
    return texts.length === 0 ? '' : ` The response says: ${texts.join(': ')}.`;
  } catch {
    return '';
  }
}
