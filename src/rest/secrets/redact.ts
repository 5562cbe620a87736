import { parseJson } from '../../../operators/json/parse-json.js';
import type { RequestSpec } from '../http/messages.js';
import { type Found, secretFinder } from './find-secrets.js';
import { redactError } from './redact-error.js';
import { isSecretField, isSecretName } from './secret-names.js';
import { asWritten, unescaped } from './unescaped.js';

/** JSON members with text in them; the name and the value as written. */
const MEMBER = /"([^"\\]{1,64})"(\s*:\s*)"((?:[^"\\]|\\.)*)("|$)/gs;
/** The same in JSON that is a text of other JSON: quotes have backslashes in front of them. */
const NESTED = /(?<!\\)(\\+)"([^"\\]{1,64})\1"(\s*:\s*)\1"(.*?)(\1"|$)/gs;
/** A parameter in an address: what is in front of it, its name, its value. */
const PARAMETER = /([?&])([^=&#?]+)=([^&#]*)/g;
/** A field of a form, also in the middle of text. */
const FIELD = /(^|[?&;\s])([\w.-]{1,64})=([^&\s"'<>]*)/g;
/**
 * JSON Web Tokens (RFC 7519) are recognised by how they begin: `{"` in base64url. Their header is
 * short.
 */
const JWT = /\beyJ[\w-]{8,2048}\.[\w-]{8,}(\.[\w-]*)?/g;
/** User and password in an address. */
const USER = /^(\w+:\/\/)[^/?#]*@/;
const MASK = '***';
const BODY_CHARACTERS = 2_048;
/**
 * Bytes of a body that are searched: many more than are shown, so that no secret is cut in two
 * before it is found.
 */
const BODY_BYTES = 65_536;
/** Shorter secrets are not replaced: they are part of ordinary text. */
const SHORTEST_SECRET = 4;
/** What stands where a value is cut in a message. */
const CUT = '…';
/** Shorter beginnings of a secret tell nothing of it. */
const SHORTEST_BEGINNING = 8;

/** Tokens that are renewed for days must not make each error slower: the latest count. */
const MOST_LEARNED = 256;

/** Removes secrets from the texts of errors, events and traces. */
export interface Redactor {
  /** The URL as it is written, without user, password and the values of secret parameters. */
  url(url: URL | string): string;
  /** An address as it was written, be it relative, without the values of secret parameters. */
  link(link: string): string;
  /** The first 2,048 characters of a body. */
  body(bytes: Uint8Array): string;
  text(text: string): string;
  /** The same error without secrets, as `redactError` removes them. */
  error<E extends Error>(error: E): E;
  /** Adds values that are secrets from now on; of those that are added, the latest 256 count. */
  know(secrets: readonly string[]): void;
  /**
   * A redactor for one request, with further values. `inAddress` are removed from everything;
   * `others` is called when a text, a body or an error is redacted.
   */
  within(inAddress: readonly string[], others: () => readonly string[]): Redactor;
}

/**
 * A redactor for the secrets of one client, in every common spelling. The secrets of single
 * requests are added by `within`, so that nothing grows with the number of requests.
 */
export function redactor(secrets: readonly string[]): Redactor {
  const known = knownValues(secrets);
  return redactorOf(known, known);
}

/** Secret values; what is looked for is made when it is first needed. */
interface KnownValues {
  add(secrets: readonly string[]): void;
  masked(text: string): string;
}

function redactorOf(inAddress: KnownValues, inText: KnownValues): Redactor {
  const text = (plain: string): string => inText.masked(plain.replace(JWT, MASK));
  const address = (plain: string): string =>
    inAddress.masked(withoutParameters(plain).replace(JWT, MASK));
  return {
    text,
    know: (more) => inText.add(more),
    link: address,
    url: (url) => address(String(url).replace(USER, '$1')),
    body(bytes) {
      const plain = new TextDecoder().decode(bytes.subarray(0, BODY_BYTES));
      return text(withoutMembers(plain)).slice(0, BODY_CHARACTERS);
    },
    error: (error) => redactError(error, text),
    within(near, others) {
      const own = knownValues(near);
      let all: KnownValues | null = null;
      const further = (): KnownValues => (all ??= knownValues([...near, ...others()]));
      return redactorOf(
        { ...inAddress, masked: (plain) => inAddress.masked(own.masked(plain)) },
        { ...inText, masked: (plain) => inText.masked(further().masked(plain)) },
      );
    },
  };
}

function knownValues(secrets: readonly string[]): KnownValues {
  const values = new Set(secrets);
  /** In the order in which they came. */
  const learned = new Set<string>();
  let find: ((text: string) => Found[]) | null = null;
  return {
    add(more) {
      if (more.every((secret) => values.has(secret))) return;
      for (const secret of more) {
        if (values.has(secret)) continue;
        values.add(secret);
        learned.add(secret);
      }
      for (const oldest of learned) {
        if (learned.size <= MOST_LEARNED) break;
        learned.delete(oldest);
        values.delete(oldest);
      }
      find = null;
    },
    masked(text) {
      find ??= secretFinder(values, SHORTEST_SECRET);
      const found = find(text);
      if (found.length === 0) return withoutCut(text, values);
      const between = found.map(({ start }, i) => text.slice(found[i - 1]?.end ?? 0, start));
      return withoutCut([...between, text.slice(found.at(-1)?.end)].join(MASK), values);
    },
  };
}

/**
 * A text without the beginnings of secrets that were cut off at an ellipsis, in every spelling that
 * `unescaped` reads.
 */
function withoutCut(text: string, secrets: Iterable<string>): string {
  if (!text.includes(CUT)) return text;
  const sought = [...secrets].map(asWritten);
  const [first = '', ...more] = text.split(CUT).toReversed();
  const parts = more.map((part) => {
    for (const whole of new Set([part, part.replace(CUT_ESCAPE, '')])) {
      const { bytes, start } = unescaped(whole);
      for (const secret of sought)
        // Bodies may have thousands of cuts, and secrets thousands of characters.
        if (bytes.includes(secret.slice(0, SHORTEST_BEGINNING)))
          for (let length = secret.length; length >= SHORTEST_BEGINNING; length -= 1)
            if (bytes.endsWith(secret.slice(0, length)))
              return `${part.slice(0, start(bytes.length - length))}${MASK}`;
    }
    return part;
  });
  return [first, ...parts].toReversed().join(CUT);
}

/** An escape that was cut in two. */
const CUT_ESCAPE = /(?:%[\da-f]?|\\+(?:u[\da-f]{0,3}|x[\da-f]?)?|&#?\w{0,7})$/i;

/** Called with each field that is removed. */
type OnRemoved = (name: string, value: string) => void;

function withoutParameters(address: string, onRemoved?: OnRemoved): string {
  return address.replaceAll(PARAMETER, (whole, separator: string, name: string, value: string) => {
    if (!isSecretField(name, value)) return whole;
    onRemoved?.(name, value);
    return `${separator}${name}=${MASK}`;
  });
}

function withoutMembers(body: string, onRemoved?: OnRemoved): string {
  return body
    .replaceAll(MEMBER, (member, name: string, colon: string, value: string) => {
      if (!isSecretName(name)) return member;
      onRemoved?.(name, value);
      return `"${name}"${colon}"${MASK}"`;
    })
    .replaceAll(NESTED, (member, escape: string, name: string, colon: string, value: string) => {
      if (!isSecretName(name)) return member;
      onRemoved?.(name, value);
      return `${escape}"${name}${escape}"${colon}${escape}"${MASK}${escape}"`;
    })
    .replaceAll(FIELD, (field, separator: string, name: string, value: string) => {
      if (value === MASK || !isSecretField(name, value)) return field;
      onRemoved?.(name, value);
      return `${separator}${name}=${MASK}`;
    });
}

/**
 * A text without the values of parameters, members and fields whose names say that they are secret,
 * and without user and password where it is an address. `onRemoved` is called with each of them.
 */
export function withoutSecretFields(text: string, onRemoved?: OnRemoved): string {
  const plain = withoutMembers(withoutParameters(text.replace(USER, '$1'), onRemoved), onRemoved);
  return plain.replace(JWT, MASK);
}

/**
 * The secrets among headers: the values of those with secret names, and the words in them.
 */
export function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    isSecretName(name) ? [value, ...value.split(/\s+/).slice(1)] : [],
  );
}

/**
 * The secrets that a request carries by itself: in its headers, and in query parameters and members
 * of its body with secret names. Some APIs repeat them in their responses.
 */
export function secretsOf({
  url,
  headers = {},
  body,
}: Pick<RequestSpec, 'url' | 'headers'> & { body?: RequestSpec['body'] | undefined }): string[] {
  return [
    ...secretsIn(headers),
    ...secretFields(url.searchParams),
    ...(body === undefined
      ? []
      : secretsInBody(typeof body === 'string' ? body : new TextDecoder().decode(body))),
  ];
}

/** The secrets in a JSON body or a form; none in any other text. */
function secretsInBody(body: string): string[] {
  try {
    return secretMembers(parseJson(new TextEncoder().encode(body)));
  } catch {
    return secretFields(new URLSearchParams(body));
  }
}

/** The texts and numbers in members whose names say that they are secret, at any depth. */
function secretMembers(value: unknown, isSecret = false): string[] {
  if (['string', 'number', 'bigint'].includes(typeof value)) return isSecret ? [String(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    secretMembers(one, isSecret || isSecretName(name)),
  );
}

/** The values of a query or form that are secret by their names. */
export function secretFields(fields: URLSearchParams): string[] {
  return [...fields].flatMap(([name, value]) => (isSecretField(name, value) ? [value] : []));
}
