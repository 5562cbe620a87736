import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { header } from './header.js';
import { required } from './required.js';

/**
 * `Authorization: Bearer <token>` (RFC 6750). Without a token, `restSource` reads it from the
 * source's settings (`SOURCES__<NAME>__TOKEN`). ConfigError for an empty one.
 */
export function bearer(token?: string): Auth {
  return fromSettings({ token }, ({ token }) =>
    header('Authorization', `Bearer ${required('token', token)}`, [token]),
  );
}
