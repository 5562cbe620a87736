import { checkedOptions } from '../shape/checked-options.js';
import { authShapes, type OAuth2PasswordConfig } from './auth-config.js';
import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { oauth2Token } from './oauth2-token.js';
import { required } from './required.js';

/**
 * Bearer tokens got with a user's name and password (RFC 6749 §4.3), renewed as those of
 * `oauth2ClientCredentials` are, with the password each time.
 */
export function oauth2Password(options: OAuth2PasswordConfig): Auth {
  const { accessTokenUrl, username, password, clientId, clientSecret, ...config } = checkedOptions(
    'oauth2Password()',
    options,
    authShapes.oauth2Password,
  );
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
