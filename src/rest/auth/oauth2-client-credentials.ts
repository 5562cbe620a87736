import { requireKeys } from '../../../operators/settings/require-keys.js';
import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { type OAuth2Config, oauth2Token } from './oauth2-token.js';
import { required } from './required.js';

export interface OAuth2ClientCredentialsConfig extends OAuth2Config {
  /** @default read from the source's settings by `restSource` (`client_id`) */
  clientId?: string;
  /** @default read from the source's settings by `restSource` (`client_secret`) */
  clientSecret?: string;
}

/**
 * Bearer tokens got with a client's own id and secret (OAuth 2 client credentials, RFC 6749 §4.4):
 * when the first request needs one, a margin before it expires, and once for a request that is
 * answered 401. However many wait, one is asked for.
 */
export function oauth2ClientCredentials(options: OAuth2ClientCredentialsConfig): Auth {
  requireKeys('oauth2ClientCredentials()', options, KEYS);
  const { accessTokenUrl, clientId, clientSecret, ...config } = options;
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

const KEYS: Readonly<Record<keyof OAuth2ClientCredentialsConfig, true>> = {
  accessTokenUrl: true,
  scope: true,
  accessTokenRequestData: true,
  clientAuth: true,
  accessToken: true,
  defaultTokenExpiration: true,
  marginSeconds: true,
  clientId: true,
  clientSecret: true,
};
