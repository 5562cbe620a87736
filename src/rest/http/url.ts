/** Values of a query; lists become repeated parameters, null and undefined are left out. */
export type QueryValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly (string | number | bigint | boolean)[];
export type Query = Readonly<Record<string, QueryValue>>;

/**
 * A request's URL from the client's base, an endpoint's path and its query.
 *
 * An absolute path is taken as it is. A path that begins with a slash and repeats the base's own
 * path is not doubled (base `…/v0`, path `/v0/people`); every other path is put behind the base. A
 * query inside the path is kept, and `query` wins over it. `written` is the path before values were
 * put into it: whether it repeats the base is told by that, so that a value which happens to be the
 * base's path leads nowhere else.
 */
export function joinUrl(
  base: string,
  path: string,
  query: Query = {},
  written: string = path,
): URL {
  const url = /^https?:\/\//.test(path) ? new URL(path) : underBase(base, path, written);
  for (const [name, value] of Object.entries(query)) {
    url.searchParams.delete(name);
    for (const one of [value].flat())
      if (one !== null && one !== undefined) url.searchParams.append(name, String(one));
  }
  return url;
}

function underBase(base: string, path: string, written: string): URL {
  const root = new URL(base);
  const [own, literal] = split(path);
  const prefix = root.pathname.replace(/\/+$/, '');
  const [described] = split(written);
  const repeats = prefix !== '' && (described === prefix || described.startsWith(`${prefix}/`));
  const url = new URL(root);
  url.pathname = repeats ? own : own === '' ? prefix : `${prefix}/${own.replace(/^\/+/, '')}`;
  for (const [name, value] of new URLSearchParams(literal ?? ''))
    url.searchParams.append(name, value);
  return url;
}

function split(path: string): [string, string | undefined] {
  const at = path.indexOf('?');
  return at < 0 ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}
