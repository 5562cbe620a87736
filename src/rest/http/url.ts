/** Values of a query; lists become repeated parameters, null and undefined are left out. */
export type QueryValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly (string | number | bigint | boolean)[];

/** Query parameters by name, in their order. An empty object adds none. */
export type Query = Readonly<Record<string, QueryValue>>;

/**
 * Builds a request's URL from the client's base, an endpoint's path and its query.
 *
 * An absolute path is taken as it is. A path that begins with a slash and repeats the base's own
 * path is not doubled (base `…/v0`, path `/v0/people`); every other path is put behind the base. An
 * empty path is the base as it is written, its last slash included. Queries of base and path stay
 * as they are written (signatures and OData depend on it), but for parameters that `query` has
 * too: those give way to it. `written` is the path before values were put into it: whether it
 * repeats the base is decided by that, so that a value that equals the base's path leads nowhere
 * else.
 */
export function joinUrl(
  base: string,
  path: string,
  query: Query = {},
  written: string = path,
): URL {
  const url = isAbsolute(path) ? parseUrl(path) : underBase(base, path, written);
  return isEmpty(query) ? url : withParams(url, query);
}

/** The same address as an object of its own. */
export function copyOf(url: URL): URL {
  return remember(new URL(url), queryOf(url));
}

/** True for a whole address. */
export function isAbsolute(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** Parses an address, and remembers its query as it is written. TypeError for no address. */
export function parseUrl(text: string, page?: URL): URL {
  const url = new URL(text, page);
  const [, query = ''] = text.includes('?') ? (/^[^?#]*\?([^#]*)/.exec(text.trim()) ?? []) : [];
  return remember(url, query);
}

/** The URL with parameters set; the rest of its query stays as it is written. */
export function withParams(url: URL, params: Query = {}): URL {
  if (isEmpty(params)) return copyOf(url);
  const names = new Set(Object.keys(params));
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const one of [value].flat())
      if (one !== null && one !== undefined) added.append(name, String(one));
  const kept = partsWithout(url, (name) => names.has(name));
  return withQuery(url, added.size === 0 ? kept : [...kept, String(added)]);
}

/** The URL without some parameters; the rest of its query stays as it is written. */
export function withoutParams(url: URL, isLeftOut: (name: string, value: string) => boolean): URL {
  return withQuery(url, partsWithout(url, isLeftOut));
}

/** The parts of a query that stay; the whole one where none is left out. */
function partsWithout(
  url: URL,
  isLeftOut: (name: string, value: string) => boolean,
): readonly string[] {
  const query = queryOf(url);
  if (query === '') return [];
  const parts = query.split('&');
  const kept = parts.filter(
    (part) =>
      part === '' ||
      ![...new URLSearchParams(part)].some(([name, value]) => isLeftOut(name, value)),
  );
  return kept.length === parts.length ? [query] : kept;
}

/** A link, be it relative, without some parameters; the rest stays as it is written. */
export function linkWithout(
  link: string,
  isLeftOut: (name: string, value: string) => boolean,
): string {
  const [, address = '', query, fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(link) ?? [];
  if (query === undefined) return link;
  const parts = query.split('&');
  const kept = parts.filter(
    (part) => ![...new URLSearchParams(part)].some(([name, value]) => isLeftOut(name, value)),
  );
  if (kept.length === parts.length) return link;
  return `${address}${kept.length === 0 ? '' : `?${kept.join('&')}`}${fragment}`;
}

/**
 * The address as it goes out: `URL` spells an apostrophe in a query as `%27`, which others do not.
 */
export function hrefOf(url: URL): string {
  const query = queryOf(url);
  return query === url.search.slice(1)
    ? url.href.slice(0, url.href.length - url.hash.length)
    : `${url.origin}${url.pathname}?${query}`;
}

/** A text with its percent escapes resolved; as it is where one of them is wrong. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Queries with apostrophes, by the URL that spells them its own way. */
const writtenQueries = new WeakMap<URL, { search: string; query: string }>();

function remember(url: URL, query: string): URL {
  if (query.includes("'"))
    writtenQueries.set(url, {
      search: url.search,
      query: query.replaceAll(/[^\x21-\x7e]|["<>#]/gu, encodeURIComponent),
    });
  return url;
}

/** The query as it is written, without its question mark; what was appended since is at its end. */
function queryOf(url: URL): string {
  const { search } = url;
  const kept = writtenQueries.get(url);
  return kept !== undefined && search.startsWith(kept.search)
    ? kept.query + search.slice(kept.search.length)
    : search.slice(1);
}

function withQuery(url: URL, parts: readonly string[]): URL {
  const changed = new URL(url);
  const query = parts.filter((part) => part !== '').join('&');
  // An empty query is kept as it is: with or without a question mark.
  if (query !== queryOf(url)) changed.search = query;
  return remember(changed, query);
}

function isEmpty(params: Query): boolean {
  for (const _ in params) return false;
  return true;
}

function underBase(base: string, path: string, written: string): URL {
  const [own, literal = ''] = split(path);
  const [described] = split(written);
  const { root, prefix, plain } = baseOf(base);
  const repeats = prefix !== '' && (described === prefix || described.startsWith(`${prefix}/`));
  if (plain !== null && literal === '' && !repeats && PLAIN_PATH.test(own))
    return new URL(`${plain}/${own.replace(/^\/+/, '')}`);
  const url = withQuery(root, [queryOf(root), literal]);
  if (repeats) url.pathname = own;
  else if (own !== '') url.pathname = `${prefix}/${own.replace(/^\/+/, '')}`;
  return url;
}

interface Base {
  text: string;
  root: URL;
  /** Its path without a slash at the end. */
  prefix: string;
  /** What a path is put behind; null where that takes more, as with a query. */
  plain: string | null;
}

/** A path that parts of an address can be joined with as text. */
const PLAIN_PATH = /^[\w\-.~!$&()*+,;=:@%/]+$/;

let lastBase: Base | null = null;

/** The base of a client, parsed: the same one again and again. */
function baseOf(text: string): Base {
  if (lastBase?.text === text) return lastBase;
  const root = parseUrl(text);
  const prefix = root.pathname.replace(/\/+$/, '');
  const isPlain = root.href === `${root.origin}${root.pathname}`;
  lastBase = { text, root, prefix, plain: isPlain ? `${root.origin}${prefix}` : null };
  return lastBase;
}

function split(path: string): [string, string | undefined] {
  const at = path.indexOf('?');
  return at < 0 ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}
