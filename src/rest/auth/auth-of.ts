import { configError } from '../../../operators/settings/problem.js';
import {
  checked,
  either,
  fn,
  made,
  secret,
  type Shape,
  tagged,
  words,
} from '../../../operators/settings/shape.js';
import { withoutNulls } from '../../../operators/settings/without-nulls.js';
import { problemsIn } from '../shape/problems-in.js';
import { refuseMaker } from '../shape/refuse-maker.js';
import { apiKey } from './api-key.js';
import { type AuthConfig, type AuthName, authShapes, type AuthTypes } from './auth-config.js';
import type { Auth } from './auth.js';
import { basic } from './basic.js';
import { bearer } from './bearer.js';
import { type AuthFunction, customAuth } from './custom-auth.js';
import { fromSettings } from './from-settings.js';
import { header } from './header.js';
import { oauth2ClientCredentials } from './oauth2-client-credentials.js';
import { oauth2Password } from './oauth2-password.js';
import { oauth2RefreshToken } from './oauth2-refresh-token.js';
import { sessionToken } from './session-token.js';

/**
 * All ways to say how requests are authorized: made, as data, by the type's name alone (all its
 * values from the settings), or a function.
 */
export type AuthLike = Auth | AuthConfig | AuthName | AuthFunction;

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

const FUNCTIONS = {
  apiKey,
  basic,
  bearer,
  customAuth,
  header,
  oauth2ClientCredentials,
  oauth2Password,
  oauth2RefreshToken,
  sessionToken,
};

const NAMES = Object.keys(MAKERS).filter((type) => type !== 'sessionToken') as AuthName[];

const likeShape = secret(
  either(
    made<Auth>('an authorization', 'apply'),
    words(...NAMES),
    tagged('an authorization', authShapes, 'bearer'),
    fn,
  ),
);

/** How requests are authorized: what `authOf` takes. */
export const authShape: Shape<AuthLike> = checked(likeShape, makeAuth);

/**
 * The authorization that is meant by a config, a type alone, a function, or an authorization
 * itself. ConfigError for an unknown type or key, naming those there are, for what is none of
 * these, and for what the authorizations themselves refuse.
 */
export function authOf(like: AuthLike): Auth {
  const given = withoutNulls(like, likeShape);
  const problems = problemsIn(given, likeShape);
  if (problems.length > 0) throw configError('Authorization', problems);
  return makeAuth(given);
}

function makeAuth(like: AuthLike): Auth {
  refuseMaker(like, FUNCTIONS);
  if (typeof like === 'function') return customAuth(like);
  if (typeof like === 'object' && 'apply' in like) return like;
  const { type = 'bearer', ...config } = typeof like === 'string' ? { type: like } : like;
  return (MAKERS[type] as (config: object) => Auth)(config);
}
