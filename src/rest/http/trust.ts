/** Headers that say nothing about who asks; the only ones that a stranger is sent. */
const PLAIN = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'user-agent',
]);

/**
 * Which addresses may see credentials: those on the API's own host (and port) and on hosts allowed
 * by name, never over plain HTTP where the API itself is asked over HTTPS. Redirects and next links
 * lead elsewhere at times.
 */
export function trust(base: URL, authHosts: readonly string[]): (url: URL) => boolean {
  const hosts = new Set([base.host, ...authHosts.map((host) => host.toLowerCase())]);
  return ({ protocol, host }) =>
    hosts.has(host) && (protocol === 'https:' || protocol === base.protocol);
}

/**
 * Headers with lower-case names, so that a later one replaces an earlier one whatever its spelling.
 */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** The headers without those that could be credentials of any kind. */
export function plainHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => PLAIN.has(name)));
}
