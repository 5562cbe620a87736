import { givenOptions } from '../../../operators/settings/given-options.js';
import { requireShape } from '../../../operators/settings/require-shape.js';
import { fn as aFunction, list, record, text } from '../../../operators/settings/shape.js';
import { kindOf, userFunction } from '../../../operators/settings/user-function.js';
import type { Auth, AuthRequest } from './auth.js';

/**
 * Puts an authorization of its own kind on a request: changes its URL, headers (names in lower
 * case) or body in place.
 */
export type AuthFunction = (request: AuthRequest) => void | Promise<void>;

/**
 * Authorization by a function, for whatever else there is: signatures over the method, URL and body
 * among them. It runs for every attempt and redirect to a trusted host; what it throws ends the
 * run. `secrets`: values that must never be shown; the list may grow while it works.
 *
 * @example customAuth(({ method, url, headers }) => { headers['x-signature'] = hmac(`${method}
 * ${url.pathname}`); })
 */
export function customAuth(
  fn: AuthFunction,
  options?: { secrets?: readonly string[] } | null,
): Auth {
  requireShape('The function of customAuth()', fn, aFunction);
  const { secrets = [] } = givenOptions('customAuth()', options, SHAPE);
  const own = userFunction({ name: 'customAuth' });
  const params: string[] = [];
  return {
    async apply(request) {
      const before = new URLSearchParams(request.url.search);
      await own.wait(
        () => fn(request),
        (value) =>
          value === undefined || value === null || value === request
            ? null
            : 'change the request in place (`request.url`, `request.headers`, `request.body`) and return nothing.',
      );
      const fault = requestFault(request);
      if (fault !== null) throw own.refuse(fault);
      for (const [name, value] of request.url.searchParams)
        if (!params.includes(name) && !before.getAll(name).includes(value)) params.push(name);
    },
    secrets,
    params,
  };
}

const SHAPE = record<{ secrets?: readonly string[] }>('customAuth()', { secrets: list(text) });

/** What a function made of a request that cannot be sent. Values are not shown: they are secret. */
function requestFault({ url, headers, body }: Partial<AuthRequest>): string | null {
  if (!(url instanceof URL)) return `set \`url\` to ${sortOf(url)}: it must stay a URL.`;
  if (typeof headers !== 'object' || headers === null)
    return `set \`headers\` to ${sortOf(headers)}: it must stay an object.`;
  const wrong = Object.entries(headers as Record<string, unknown>).find(
    ([, value]) => typeof value !== 'string' && typeof value !== 'number',
  );
  if (wrong !== undefined)
    return `set the header \`${wrong[0].slice(0, 60)}\` to ${sortOf(wrong[1])}: it must be text.`;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return null;
  return `set \`body\` to ${sortOf(body)}: it must be text or bytes.`;
}

function sortOf(value: unknown): string {
  return typeof value === 'string' ? 'text' : kindOf(value);
}
