import type { ResponseHeaders } from './http/messages.js';

/**
 * The names of a response's headers, in lower case; null where they cannot be listed, since a
 * `fetch` of the user's own need only have `get`.
 */
export function headerNames(headers: ResponseHeaders): ReadonlySet<string> | null {
  const { keys } = headers as { keys?: () => Iterable<string> };
  if (keys === undefined) return null;
  const names = new Set<string>();
  for (const name of keys.call(headers)) names.add(name.toLowerCase());
  return names;
}
