import { ConfigError } from '../../errors.js';
import { apiKey, type ApiKeyConfig } from './api-key.js';
import type { Auth } from './auth.js';
import { basic } from './basic.js';
import { bearer } from './bearer.js';
import { type AuthFunction, customAuth } from './custom-auth.js';
import { fromSettings } from './from-settings.js';
import {
  oauth2ClientCredentials,
  type OAuth2ClientCredentialsConfig,
} from './oauth2-client-credentials.js';
import { oauth2Password, type OAuth2PasswordConfig } from './oauth2-password.js';
import { oauth2RefreshToken, type OAuth2RefreshTokenConfig } from './oauth2-refresh-token.js';
import { sessionToken, type SessionTokenConfig } from './session-token.js';

/**
 * What each type of authorization is told, as plain data. Secrets left out are read from the
 * source's settings.
 */
export interface AuthTypes {
  bearer: { token?: string };
  /** `apiKey` is another word for `key`. */
  apiKey: ApiKeyConfig & { apiKey?: string };
  httpBasic: { username?: string; password?: string };
  oauth2ClientCredentials: OAuth2ClientCredentialsConfig;
  oauth2RefreshToken: OAuth2RefreshTokenConfig;
  oauth2Password: OAuth2PasswordConfig;
  sessionToken: SessionTokenConfig;
}

/** Authorization as data; without a type it is a bearer token, as in dlt. */
export type AuthConfig =
  | ({ type?: 'bearer' } & AuthTypes['bearer'])
  | { [Type in keyof AuthTypes]: { type: Type } & AuthTypes[Type] }[keyof AuthTypes];

/**
 * All ways to say how requests are authorized: made, as data, by the type's name alone (all its
 * values from the settings), or a function.
 */
export type AuthLike = Auth | AuthConfig | AuthName | AuthFunction;

/** Types whose values can all be in the settings. */
export type AuthName = Exclude<keyof AuthTypes, 'sessionToken'>;

/**
 * The authorization that is meant. ConfigError for a type that does not exist, naming those that
 * do.
 */
export function authOf(auth: AuthLike): Auth {
  if (typeof auth === 'function') return customAuth(auth);
  if (typeof auth === 'object' && auth !== null && 'apply' in auth) return auth;
  const { type = 'bearer', ...config } = typeof auth === 'string' ? { type: auth } : auth;
  const make = Object.hasOwn(MAKERS, type) ? (MAKERS[type] as (config: object) => Auth) : undefined;
  if (make === undefined)
    throw new ConfigError(
      `There is no authorization of type ${JSON.stringify(type)}. Types: ${Object.keys(MAKERS).join(', ')}.`,
    );
  return make(config);
}

const MAKERS: { readonly [Type in keyof AuthTypes]: (config: AuthTypes[Type]) => Auth } = {
  bearer: ({ token }) => bearer(token),
  apiKey: ({ apiKey: key, ...config }) => apiKey({ ...(key !== undefined && { key }), ...config }),
  // As in dlt, a password that is not given is in the settings; `password: ''` says that there is
  // none.
  httpBasic: ({ username, password }) =>
    fromSettings({ username, password }, (given) => basic(given.username, given.password)),
  oauth2ClientCredentials,
  oauth2RefreshToken,
  oauth2Password,
  sessionToken,
};
