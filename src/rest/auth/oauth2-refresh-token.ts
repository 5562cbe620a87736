import { requireKeys } from '../../../operators/settings/require-keys.js';
import { userFunction } from '../../../operators/settings/user-function.js';
import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { type OAuth2Config, oauth2Token } from './oauth2-token.js';
import { required } from './required.js';

export interface OAuth2RefreshTokenConfig extends OAuth2Config {
  /** @default read from the source's settings by `restSource` (`refresh_token`) */
  refreshToken?: string;
  /**
   * Null where none is needed. @default read from the source's settings by `restSource`
   * (`client_id`)
   */
  clientId?: string | null;
  /**
   * Null for a public client. @default read from the source's settings by `restSource`
   * (`client_secret`)
   */
  clientSecret?: string | null;
  /**
   * Told of a new refresh token before it is used, so that it can be kept for the next run: the old
   * one may be spent. @default nobody
   */
  onRefreshToken?: (refreshToken: string) => void | Promise<void>;
}

/**
 * Bearer tokens got with a refresh token (RFC 6749 §6), renewed as those of
 * `oauth2ClientCredentials` are. Where an answer brings a new refresh token, that one is used from
 * then on.
 */
export function oauth2RefreshToken(options: OAuth2RefreshTokenConfig): Auth {
  requireKeys('oauth2RefreshToken()', options, KEYS);
  const { accessTokenUrl, refreshToken, clientId, clientSecret, onRefreshToken, ...config } =
    options;
  return fromSettings({ accessTokenUrl, refreshToken, clientId, clientSecret }, (given) => {
    let current = required('refresh token', given.refreshToken);
    const secrets = [current];
    return oauth2Token(config, {
      accessTokenUrl: given.accessTokenUrl,
      clientId: given.clientId,
      clientSecret: given.clientSecret,
      fields: () => ({ grant_type: 'refresh_token', refresh_token: current }),
      secrets,
      async answered({ refresh_token: rotated }) {
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

const KEYS: Readonly<Record<keyof OAuth2RefreshTokenConfig, true>> = {
  accessTokenUrl: true,
  scope: true,
  accessTokenRequestData: true,
  clientAuth: true,
  accessToken: true,
  defaultTokenExpiration: true,
  marginSeconds: true,
  refreshToken: true,
  clientId: true,
  clientSecret: true,
  onRefreshToken: true,
};
