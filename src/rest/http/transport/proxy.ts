import { BlockList, isIP } from 'node:net';
import { PermanentFault } from '../http-errors.js';
import { percentDecoded } from '../url.js';

/** Each is read in lower case (`http_proxy`), then in upper case. */
const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const;

/**
 * The proxy that requests to an address go through; null for none. `chosen` is the client's
 * setting: an address for all hosts, false for none, undefined for the environment's
 * (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case).
 *
 * Errors: PermanentFault for a proxy that is not an http or https address.
 */
export async function proxyFor(url: URL, chosen: string | false | undefined): Promise<URL | null> {
  if (chosen === false || (chosen === undefined && !hasProxy())) return null;
  const proxy = chosen ?? (await proxyOfEnvironment(url));
  if (chosen === undefined && proxy === '') return null;
  const parsed = URL.canParse(proxy) ? new URL(proxy) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new PermanentFault(
      `the proxy for it, \`${withoutPassword(proxy)}\`, is not an http or https address. Correct ${chosen === undefined ? VARIABLES.join(' or ') : '`client.proxy`'}, or set \`client.proxy\` to false`,
    );
  return parsed;
}

/** True where the environment names a proxy. */
export function hasProxy(): boolean {
  return VARIABLES.some((name) => valueOf(name) !== '');
}

/** The passwords of proxies that requests may go through, for the redactor. */
export function proxyPasswords(chosen: string | false | undefined): string[] {
  if (chosen === false) return [];
  return (chosen === undefined ? VARIABLES.map(valueOf) : [chosen]).flatMap((proxy) => {
    const text = /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
    const { password = '' } = URL.canParse(text) ? new URL(text) : {};
    return password === '' ? [] : [password, percentDecoded(password)];
  });
}

async function proxyOfEnvironment(url: URL): Promise<string> {
  if (['no_proxy', 'NO_PROXY'].some((name) => isExcepted(url, process.env[name] ?? ''))) return '';
  const { getProxyForUrl } = await import('proxy-from-env');
  return getProxyForUrl(url.href);
}

/**
 * Applies the rules of NO_PROXY that `proxy-from-env` lacks: a domain includes its subdomains, and
 * a network (`10.0.0.0/8`) its addresses, as in curl.
 */
function isExcepted({ hostname }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(host);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [network = '', bits] = entry.split('/');
      if (version === 0)
        return network !== '' && `.${host}`.endsWith(`.${network.replace(/^\*?\./, '')}`);
      if (bits === undefined) return entry.replace(/^\[|\]$/g, '') === host;
      if (isIP(network) !== version || !(Number(bits) >= 0 && Number(bits) <= 128)) return false;
      const family = version === 4 ? 'ipv4' : 'ipv6';
      const block = new BlockList();
      block.addSubnet(network, Math.min(Number(bits), version === 4 ? 32 : 128), family);
      return block.check(host, family);
    });
}

function valueOf(name: string): string {
  return process.env[name.toLowerCase()] || process.env[name] || '';
}

function withoutPassword(proxy: string): string {
  return proxy.replace(/^(\w+:\/\/)?.*@/s, '$1***@');
}
