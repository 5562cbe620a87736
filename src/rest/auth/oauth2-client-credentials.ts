import { checkedOptions } from '../shape/checked-options.js';
import { authShapes, type OAuth2ClientCredentialsConfig } from './auth-config.js';
import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { oauth2Token } from './oauth2-token.js';
import { required } from './required.js';

/**
 * Bearer tokens got with a client's own id and secret (OAuth 2 client credentials, RFC 6749 §4.4):
 * when the first request needs one, a margin before it expires, and once for a request that is
 * refused with 401. However many requests wait, one token is fetched.
 */
export function oauth2ClientCredentials(options: OAuth2ClientCredentialsConfig): Auth {
  const { accessTokenUrl, clientId, clientSecret, ...config } = checkedOptions(
    'oauth2ClientCredentials()',
    options,
    authShapes.oauth2ClientCredentials,
  );
  return fromSettings({ accessTokenUrl, clientId, clientSecret }, (given) =>
    oauth2Token(config, {
      accessTokenUrl: given.accessTokenUrl,
      clientId: required('client id', given.clientId),
      clientSecret: required('client secret', given.clientSecret),
      fields: () => ({ grant_type: 'client_credentials' }),
      secrets: [],
    }),
  );
}
