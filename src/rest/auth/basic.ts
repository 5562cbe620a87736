import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { header } from './header.js';
import { required } from './required.js';

/**
 * `Authorization: Basic <user:password>` in UTF-8 (RFC 7617); the colon is there even when the
 * password is empty, and the user then is the secret. Without a user, `restSource` reads it, and a
 * password that is not given, from the source's settings (`username`, `password`).
 */
export function basic(username?: string, password?: string): Auth {
  const given = { username, password: username === undefined ? password : (password ?? '') };
  return fromSettings(given, ({ username, password }) => {
    const encoded = Buffer.from(`${required('username', username)}:${password}`, 'utf8').toString(
      'base64',
    );
    return header('Authorization', `Basic ${encoded}`, [
      password === '' ? username : password,
      encoded,
    ]);
  });
}
