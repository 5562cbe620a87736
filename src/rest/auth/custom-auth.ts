import { givenOptions, requireKind } from '../../../operators/settings/given-options.js';
import { userFunction } from '../../../operators/settings/user-function.js';
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
  requireKind('What customAuth() is called with', fn, 'function');
  const { secrets = [] } = givenOptions('customAuth()', options, { secrets: 'list' });
  const own = userFunction({ name: 'customAuth' });
  return {
    apply: (request) =>
      own.wait(
        () => fn(request),
        () => null,
      ),
    secrets,
  };
}
