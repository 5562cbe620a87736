import { parseJson } from '../../../operators/json/parse-json.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { HttpError } from '../../errors.js';
import type { Answer, RequestSpec } from '../http/messages.js';
import type { RenewalContext } from './auth.js';

/**
 * The JSON that a token request is answered with. Its errors are HttpErrors that show nothing of
 * the bodies but the error's name and description.
 */
export async function askToken(
  spec: RequestSpec,
  { ask }: RenewalContext,
): Promise<{ content: Json; refuse: (what: string) => HttpError }> {
  const answer = await ask({
    ...spec,
    headers: { accept: 'application/json', ...spec.headers },
  }).catch((error: unknown) => {
    throw error instanceof HttpError && error.status !== null ? hushed(error) : error;
  });
  const refuse = (what: string): HttpError => badAnswer(spec, answer, what);
  try {
    return { content: parseJson(answer.body), refuse };
  } catch {
    throw refuse('is no JSON: check the address');
  }
}

function hushed({ status, method, url, body, attempt }: HttpError): HttpError {
  const redirect = status !== null && status >= 300 && status < 400;
  const why = redirect
    ? 'It is a redirect, which credentials do not follow: give the address that it leads to.'
    : 'Check the address, the credentials and what they are allowed.';
  return new HttpError(
    `Getting a token with ${method} ${url} was answered ${status}${attempt > 1 ? ` (${attempt} attempts)` : ''}.${saidIn(body)} ${why}`,
    { status, method, url, body: '', attempt },
  );
}

function badAnswer({ method, url }: RequestSpec, { status }: Answer, what: string): HttpError {
  const shown = `${url.origin}${url.pathname}`;
  return new HttpError(
    `Getting a token with ${method} ${shown} was answered ${status}, but the answer ${what}.`,
    { status, method, url: shown, body: '', attempt: 1 },
  );
}

/** What RFC 6749 §5.2 and most others have in such an answer. */
function saidIn(body: string): string {
  try {
    const content = parseJson(body) as JsonObject | null;
    const said = ['error', 'error_description', 'message'].flatMap((name) =>
      typeof content?.[name] === 'string' ? [content[name]] : [],
    );
    return said.length === 0 ? '' : ` It says: ${said.join(': ')}.`;
  } catch {
    return '';
  }
}
