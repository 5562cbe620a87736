import { userFunction } from '../../../operators/settings/user-function.js';
import { checkedOptions } from '../shape/checked-options.js';
import { authShapes, type OAuth2RefreshTokenConfig } from './auth-config.js';
import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { oauth2Token } from './oauth2-token.js';
import { required } from './required.js';

/**
 * Bearer tokens got with a refresh token (RFC 6749 §6), renewed as those of
 * `oauth2ClientCredentials` are. Where a response brings a new refresh token, that one is used from
 * then on.
 */
export function oauth2RefreshToken(options: OAuth2RefreshTokenConfig): Auth {
  const { accessTokenUrl, refreshToken, clientId, clientSecret, onRefreshToken, ...config } =
    checkedOptions('oauth2RefreshToken()', options, authShapes.oauth2RefreshToken);
  return fromSettings({ accessTokenUrl, refreshToken, clientId, clientSecret }, (given) => {
    let current = required('refresh token', given.refreshToken);
    const secrets = [current];
    return oauth2Token(config, {
      accessTokenUrl: given.accessTokenUrl,
      clientId: given.clientId,
      clientSecret: given.clientSecret,
      fields: () => ({ grant_type: 'refresh_token', refresh_token: current }),
      secrets,
      async onResponse({ refresh_token: rotated }) {
        if (typeof rotated !== 'string' || rotated === '' || rotated === current) return;
        current = rotated;
        secrets.push(rotated);
        if (onRefreshToken !== undefined)
          await userFunction({ name: 'onRefreshToken' }).wait(
            () => onRefreshToken(rotated),
            () => null,
          );
      },
    });
  });
}
