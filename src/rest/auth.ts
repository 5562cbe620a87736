import { ConfigError } from '../errors.js';

/** How requests are authorized. Only ever applied to requests to hosts that are trusted. */
export interface Auth {
  /** Puts the authorization on a request; its headers have lower-case names. */
  apply(request: { url: URL; headers: Record<string, string> }): void;
  /** Values that must never be shown. */
  readonly secrets: readonly string[];
  /** The same with what was left out read from the source's settings. */
  withSettings?(setting: (key: string) => string): Auth;
}

/**
 * `Authorization: Bearer <token>` (RFC 6750). Without a token, `restSource` reads it from the source's settings
 * (`SOURCES__<NAME>__TOKEN`). ConfigError for an empty one.
 */
export function bearer(token?: string): Auth {
  if (token === undefined) return { apply: () => required('token', token), secrets: [], withSettings: (setting) => bearer(setting('token')) };
  return header('Authorization', `Bearer ${required('token', token)}`, [token]);
}

/** `Authorization: Basic <user:password>` in UTF-8 (RFC 7617); the colon is there even when the password is empty, and the user then is the secret. */
export function basic(username: string, password = ''): Auth {
  const encoded = Buffer.from(`${required('username', username)}:${password}`, 'utf8').toString('base64');
  return header('Authorization', `Basic ${encoded}`, [password === '' ? username : password, encoded]);
}

/** A complete header, for schemes of an API's own: `header('Authorization', 'COASSEMBLE:12:…')`. `secrets`: parts of the value that are secret by themselves. */
export function header(name: string, value: string, secrets: readonly string[] = []): Auth {
  required('value', value);
  // RFC 9110 §5.5: visible ASCII, spaces and tabs; the rest of Latin-1 is tolerated.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    throw new ConfigError(`The value of header ${name} has a line break or another character that no header can have. Look for one at the ends of the secret.`);
  return { apply: ({ headers }) => void (headers[name.toLowerCase()] = value), secrets: [value, ...secrets] };
}

/** An API key in a header (`X-API-Key` …) or, where the API wants it so, in the query. @default location 'header', name 'Authorization' */
export function apiKey({ key, name = 'Authorization', location = 'header' }: { key: string; name?: string; location?: 'header' | 'query' }): Auth {
  required('key', key);
  if (location === 'header') return header(name, key);
  return { apply: ({ url }) => url.searchParams.set(name, key), secrets: [key] };
}

/** Callers without types hand in undefined at times, which would be sent as that word. */
function required(what: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw new ConfigError(`Authorization needs a ${what}; it is ${value === undefined || value === null ? 'missing' : typeof value === 'string' ? 'empty' : 'no text'}.`);
  return value;
}
