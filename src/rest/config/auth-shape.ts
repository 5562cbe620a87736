import type { ApiKeyConfig } from '../auth/api-key.js';
import { type AuthName, authOf, type AuthTypes } from '../auth/auth-of.js';
import type { OAuth2ClientCredentialsConfig } from '../auth/oauth2-client-credentials.js';
import type { OAuth2PasswordConfig } from '../auth/oauth2-password.js';
import type { OAuth2RefreshTokenConfig } from '../auth/oauth2-refresh-token.js';
import type { OAuth2Config } from '../auth/oauth2-token.js';
import type { LoginConfig, SessionTokenConfig } from '../auth/session-token.js';
import {
  above0,
  anything,
  checked,
  either,
  fn,
  made,
  map,
  name,
  nothing,
  number,
  record,
  type RecordShape,
  required,
  type Shape,
  tagged,
  text,
  words,
} from './shape.js';

const secret = either(text, nothing);
const oauth2: { readonly [Key in keyof Required<OAuth2Config>]: Shape } = {
  accessTokenUrl: required(name),
  scope: text,
  accessTokenRequestData: map(text),
  clientAuth: words('body', 'basic'),
  accessToken: text,
  defaultTokenExpiration: above0,
  marginSeconds: number,
};

const login: Shape = record<LoginConfig>('a login', {
  url: text,
  path: text,
  method: text,
  json: map(anything),
  data: map(secret),
  headers: map(text),
});

const TYPES: { readonly [Type in keyof AuthTypes]: RecordShape } = {
  bearer: record<AuthTypes['bearer']>('auth bearer', { token: text }),
  apiKey: record<ApiKeyConfig & { apiKey?: string }>('auth apiKey', {
    key: text,
    apiKey: text,
    name,
    location: words('header', 'query', 'cookie'),
  }),
  httpBasic: record<AuthTypes['httpBasic']>('auth httpBasic', { username: text, password: text }),
  oauth2ClientCredentials: record<OAuth2ClientCredentialsConfig>('auth oauth2ClientCredentials', {
    ...oauth2,
    clientId: text,
    clientSecret: text,
  }),
  oauth2RefreshToken: record<OAuth2RefreshTokenConfig>('auth oauth2RefreshToken', {
    ...oauth2,
    refreshToken: text,
    clientId: secret,
    clientSecret: secret,
    onRefreshToken: fn,
  }),
  oauth2Password: record<OAuth2PasswordConfig>('auth oauth2Password', {
    ...oauth2,
    username: text,
    password: text,
    clientId: secret,
    clientSecret: secret,
  }),
  sessionToken: record<SessionTokenConfig>('auth sessionToken', {
    login: required(login),
    tokenPath: required(name),
    header: name,
    template: text,
    expiresPath: text,
    marginSeconds: number,
  }),
};

const NAMES: readonly AuthName[] = ['bearer', 'apiKey', 'httpBasic'];

/**
 * How requests are authorized: made, as data (a bearer token where no type is said), a type's name
 * or a function.
 */
export const authShape: Shape = checked(
  either(made('an authorization', 'apply'), words(...NAMES), tagged('auth', TYPES, 'bearer'), fn),
  authOf,
);
