import type { RequestSpec } from './messages.js';

/**
 * Query parameters, headers and JSON members whose values never leave (dlt's list, and what clouds
 * and sessions use); page tokens are none.
 */
const SECRET_NAME =
  /^(?!.*(page|next|continuation|cursor))(key|auth|authorization|sig|pwd|jwt|cookie|.*(api[-_]?key|apikey|token|secret|password|passwd|credentials?|signature).*)$/i;
/** JSON members with text in them; the name and the value as written. */
const MEMBER = /"([^"\\]{1,64})"(\s*:\s*)"((?:[^"\\]|\\.)*)("|$)/gs;
/** A parameter in an address: what is in front of it, its name, its value. */
const PARAMETER = /([?&])([^=&#]+)=([^&#]*)/g;
/** JSON Web Tokens (RFC 7519) are recognised by how they begin: `{"` in base64url. */
const JWT = /\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?/g;
const MASK = '***';
const BODY_CHARACTERS = 2_048;
/**
 * Bytes of a body that are looked at: many more than are shown, so that no secret is cut in two
 * before it is seen.
 */
const BODY_BYTES = 65_536;
/** Shorter secrets are not replaced: they would blot out ordinary text. */
const SHORTEST_SECRET = 4;

/** True for the name of a parameter, header or member whose value is secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Takes secrets out of what errors, events and traces show. */
export interface Redactor {
  /** The URL without user, password and the values of secret parameters. */
  url(url: URL | string): string;
  /** An address as it was written, be it relative, without the values of secret parameters. */
  link(link: string): string;
  /** The first 2,048 characters of a body. */
  body(bytes: Uint8Array): string;
  text(text: string): string;
  /** The same error, message and stack cleaned, and those of its causes. */
  error<E extends Error>(error: E): E;
  /** Further values that are secrets from now on. */
  know(secrets: readonly string[]): void;
}

/** A redactor that also knows the secrets of one client by their values. */
export function redactor(secrets: readonly string[]): Redactor {
  const values = new Set<string>();
  let known: string[] = [];
  const text = (plain: string): string =>
    known.reduce((masked, secret) => masked.replaceAll(secret, MASK), plain.replace(JWT, MASK));
  function know(more: readonly string[]): void {
    if (more.every((secret) => values.has(secret))) return;
    for (const secret of more) values.add(secret);
    known = [...new Set([...values].flatMap(spellings))]
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .sort((a, b) => b.length - a.length);
  }
  know(secrets);
  return {
    text,
    know,
    url(url) {
      const shown = new URL(url);
      shown.username = '';
      shown.password = '';
      for (const name of new Set(shown.searchParams.keys()))
        if (SECRET_NAME.test(name)) shown.searchParams.set(name, MASK);
      return text(shown.href);
    },
    link: (link) =>
      text(
        link.replaceAll(PARAMETER, (whole, separator: string, name: string) =>
          SECRET_NAME.test(name) ? `${separator}${name}=${MASK}` : whole,
        ),
      ),
    body(bytes) {
      const plain = new TextDecoder().decode(bytes.subarray(0, BODY_BYTES));
      const named = plain.replace(MEMBER, (member, name: string, colon: string) =>
        SECRET_NAME.test(name) ? `"${name}"${colon}"${MASK}"` : member,
      );
      return text(named).slice(0, BODY_CHARACTERS);
    },
    error(error) {
      // Some errors of the platform have messages that cannot be assigned to.
      Object.defineProperty(error, 'message', {
        value: text(error.message),
        configurable: true,
        writable: true,
      });
      if (error.stack !== undefined) error.stack = text(error.stack);
      if (error.cause instanceof Error) this.error(error.cause);
      return error;
    },
  };
}

/**
 * The secrets that are among headers: the values of those whose name says so, and the words in
 * them.
 */
export function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    SECRET_NAME.test(name) ? [value, ...value.split(/\s+/).slice(1)] : [],
  );
}

/**
 * The secrets that a request carries by itself: in its headers, and in query parameters and members
 * of its body whose name says so. Some APIs repeat them in what they answer.
 */
export function secretsOf({
  url,
  headers = {},
  body,
}: Pick<RequestSpec, 'url' | 'headers' | 'body'>): string[] {
  return [
    ...secretsIn(headers),
    ...secretFields(url.searchParams),
    ...(body === undefined
      ? []
      : secretsInBody(typeof body === 'string' ? body : new TextDecoder().decode(body))),
  ];
}

/** Those of a JSON body, or of a form; of any other text there is nothing to tell. */
function secretsInBody(body: string): string[] {
  try {
    return secretMembers(JSON.parse(body));
  } catch {
    return secretFields(new URLSearchParams(body));
  }
}

/**
 * The texts in members whose names say that they are secret, at any depth. Numbers are none:
 * `max_tokens` is a limit.
 */
function secretMembers(value: unknown, isSecret = false): string[] {
  if (typeof value === 'string') return isSecret ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    secretMembers(one, isSecret || SECRET_NAME.test(name)),
  );
}

function secretFields(fields: URLSearchParams): string[] {
  return [...fields].flatMap(([name, value]) => (SECRET_NAME.test(name) ? [value] : []));
}

/** A secret as URLs, forms and JSON write it (some escape the slash). */
function spellings(secret: string): string[] {
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, encodeURIComponent(secret), form, json, json.replaceAll('/', '\\/')];
}
