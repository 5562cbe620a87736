import type { Auth, AuthRequest } from '../../auth/auth.js';
import { secretFinder } from '../../secrets/find-secrets.js';
import { secretFields, secretsIn } from '../../secrets/redact.js';
import { PermanentFault } from '../http-errors.js';
import type { RequestSpec } from '../messages.js';
import { hrefOf, percentDecoded, withoutParams } from '../url.js';

/** Headers that identify no user; hosts that are not trusted are sent no others. */
const PLAIN = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'user-agent',
]);

/**
 * Decides which addresses may see credentials: those on the API's own host (and port) and on hosts
 * allowed by name, never over plain HTTP where the API itself is reached over HTTPS. Redirects and
 * next links sometimes lead elsewhere.
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
  const lower: Record<string, string> = {};
  for (const name of Object.keys(headers)) lower[name.toLowerCase()] = headers[name] as string;
  return lower;
}

/** The headers without those that could be credentials of any kind. */
export function plainHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => PLAIN.has(name)));
}

/** What a client sends with every request, and whom it trusts. */
interface Sender {
  /** Values that the request carries and no other host may see, beside those of `auth`. */
  secrets: readonly string[];
  auth: Pick<Auth, 'secrets'> | null;
  headers: Readonly<Record<string, string>>;
  trusts: (url: URL) => boolean;
}

/** The values in a request that only trusted hosts may see. */
export function ownSecrets(
  { url, headers = {} }: RequestSpec,
  { secrets, auth, headers: common, trusts }: Sender,
): string[] {
  return [
    ...secrets,
    ...(auth?.secrets ?? []),
    ...secretsIn(common),
    ...secretsIn(headers),
    // Links to other hosts may be signed: those secrets are for that host.
    ...(trusts(url) ? secretFields(url.searchParams) : []),
  ].filter((secret) => secret.length >= SHORTEST);
}

/**
 * Removes parameters and headers with secrets from a request to a host that is not trusted. Returns
 * the names of the parameters. PermanentFault where a secret would be left in its address or body.
 */
export function withhold(target: AuthRequest, secrets: readonly string[]): readonly string[] {
  const find = secretFinder(secrets, LONG);
  const holds = (text: string): boolean =>
    secrets.some((secret) => text === secret) || find(text).length > 0;
  const names: string[] = [];
  target.url = withoutParams(target.url, (name, value) => {
    if (!holds(value)) return false;
    names.push(name);
    return true;
  });
  for (const [name, value] of Object.entries(target.headers))
    if (holds(value)) delete target.headers[name];
  const { body = '' } = target;
  const part = [hrefOf(target.url), percentDecoded(hrefOf(target.url))].some(holds)
    ? 'address'
    : holds(typeof body === 'string' ? body : Buffer.from(body).toString('latin1'))
      ? 'body'
      : null;
  if (part !== null)
    throw new PermanentFault(
      `the request to ${target.url.origin} has a secret in its ${part}, and secrets go to no other host than the base URL's. Name the host in authHosts if it may see them`,
    );
  return names;
}

/** Shorter values cannot be told from values that are no secrets. */
const SHORTEST = 4;
/** Shorter secrets may be part of other values. Longer ones are found in every common spelling. */
const LONG = 8;
