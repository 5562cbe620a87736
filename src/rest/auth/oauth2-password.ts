import { requireKeys } from '../../../operators/settings/require-keys.js';
import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { type OAuth2Config, oauth2Token } from './oauth2-token.js';
import { required } from './required.js';

export interface OAuth2PasswordConfig extends OAuth2Config {
  /** @default read from the source's settings by `restSource` (`username`) */
  username?: string;
  /** @default read from the source's settings by `restSource` (`password`) */
  password?: string;
  /**
   * Null where none is needed. @default read from the source's settings by `restSource`
   * (`client_id`)
   */
  clientId?: string | null;
  /**
   * Null where none is needed. @default read from the source's settings by `restSource`
   * (`client_secret`)
   */
  clientSecret?: string | null;
}

/**
 * Bearer tokens got with a user's name and password (RFC 6749 §4.3), renewed as those of
 * `oauth2ClientCredentials` are, with the password each time.
 */
export function oauth2Password(options: OAuth2PasswordConfig): Auth {
  requireKeys('oauth2Password()', options, KEYS);
  const { accessTokenUrl, username, password, clientId, clientSecret, ...config } = options;
  return fromSettings({ accessTokenUrl, username, password, clientId, clientSecret }, (given) =>
    oauth2Token(config, {
      accessTokenUrl: given.accessTokenUrl,
      clientId: given.clientId,
      clientSecret: given.clientSecret,
      fields: () => ({
        grant_type: 'password',
        username: required('username', given.username),
        password: required('password', given.password),
      }),
      secrets: [given.password],
    }),
  );
}

const KEYS: Readonly<Record<keyof OAuth2PasswordConfig, true>> = {
  accessTokenUrl: true,
  scope: true,
  accessTokenRequestData: true,
  clientAuth: true,
  accessToken: true,
  defaultTokenExpiration: true,
  marginSeconds: true,
  username: true,
  password: true,
  clientId: true,
  clientSecret: true,
};
