/** Query parameters whose values never leave (dlt's list, and two that browsers and clouds use). */
const SECRET_NAMES = new Set([
  'api_key', 'token', 'key', 'access_token', 'apikey', 'api-key', 'access-token', 'secret', 'password', 'pwd', 'client_secret', 'signature', 'auth',
]);
const MASK = '***';
const BODY_BYTES = 2_048;

/** Takes secrets out of what errors, events and traces show. */
export interface Redactor {
  /** The URL without user, password and the values of secret parameters. */
  url(url: URL | string): string;
  /** At most 2 KiB of a body as text. */
  body(bytes: Uint8Array): string;
  text(text: string): string;
}

/** A redactor that also knows the secrets of one client by their values. */
export function redactor(secrets: readonly string[]): Redactor {
  // Very short values would blot out ordinary text.
  const known = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]).filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  const text = (plain: string): string => known.reduce((masked, secret) => masked.replaceAll(secret, MASK), plain);
  return {
    text,
    url(url) {
      const shown = new URL(url);
      shown.username = '';
      shown.password = '';
      for (const name of shown.searchParams.keys()) if (SECRET_NAMES.has(name.toLowerCase())) shown.searchParams.set(name, MASK);
      return text(shown.href);
    },
    body: (bytes) => text(new TextDecoder().decode(bytes.subarray(0, BODY_BYTES))),
  };
}
