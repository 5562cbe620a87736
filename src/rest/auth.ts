import { ConfigError } from '../errors.js';

/** How requests are authorized. Only ever applied to requests to the client's own host. */
export interface Auth {
  /** Puts the authorization on a request. */
  apply(request: { url: URL; headers: Record<string, string> }): void;
  /** Values that must never be shown. */
  readonly secrets: readonly string[];
}

/** `Authorization: Bearer <token>` (RFC 6750). ConfigError for an empty token. */
export function bearer(token: string): Auth {
  return header('Authorization', `Bearer ${required('token', token)}`, [token]);
}

/** `Authorization: Basic <user:password>` in UTF-8 (RFC 7617); the colon is there even when the password is empty. */
export function basic(username: string, password = ''): Auth {
  const encoded = Buffer.from(`${required('username', username)}:${password}`, 'utf8').toString('base64');
  return header('Authorization', `Basic ${encoded}`, [username, password, encoded]);
}

/** A complete header, for schemes of an API's own: `header('Authorization', 'COASSEMBLE:12:…')`. */
export function header(name: string, value: string, secrets: readonly string[] = [value]): Auth {
  required('value', value);
  if (/[\r\n\0]/.test(value)) throw new ConfigError(`The value of header ${name} has a line break in it. Look for one at the end of the secret.`);
  return { apply: ({ headers }) => void (headers[name] = value), secrets: [value, ...secrets] };
}

/** An API key in a header (`X-API-Key` …) or, where the API wants it so, in the query. @default location 'header', name 'Authorization' */
export function apiKey({ key, name = 'Authorization', location = 'header' }: { key: string; name?: string; location?: 'header' | 'query' }): Auth {
  if (location === 'header') return header(name, required('key', key));
  return { apply: ({ url }) => url.searchParams.set(name, required('key', key)), secrets: [key] };
}

function required(what: string, value: string): string {
  if (value === '') throw new ConfigError(`Authorization needs a ${what}; it is empty.`);
  return value;
}
