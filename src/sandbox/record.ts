import type { IncomingHttpHeaders } from 'node:http';

const HIDDEN = '***';
/** Values shorter than this are not secrets, and occur in texts by chance. */
const SHORTEST_SECRET = 9;

/**
 * Removes credentials from the record of a request: the service's own wherever they are, a user's
 * by the name of their field.
 */
export interface Masker {
  text(text: string): string;
  /** The body: parsed when it is JSON, else text; null when it is empty. */
  body(text: string): unknown;
  headers(headers: IncomingHttpHeaders): Readonly<Record<string, string>>;
}

export function masker(credentials: Readonly<Record<string, string>>): Masker {
  const secrets = Object.values(credentials).filter(({ length }) => length >= SHORTEST_SECRET);
  const text = (whole: string): string =>
    secrets.reduce((masked, secret) => masked.replaceAll(secret, HIDDEN), whole);
  return {
    text,
    body: (whole) =>
      parsedBody(text(whole), (key, value: unknown) =>
        /credentials|password|token|secret/i.test(key) ? HIDDEN : value,
      ),
    headers: (headers) =>
      Object.fromEntries(
        Object.entries(headers)
          .filter(([name]) => !/authorization|cookie/.test(name))
          .map(([name, value]) => [name, text(String(value))]),
      ),
  };
}

/** Parses a body as JSON, else returns the text itself; null when it is empty. */
export function parsedBody(
  text: string,
  revive?: (key: string, value: unknown) => unknown,
): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text, revive) as unknown;
  } catch {
    return text;
  }
}
