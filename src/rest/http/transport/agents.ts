import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import tls from 'node:tls';
import { ConfigError } from '../../../errors.js';
import { hasProxy, proxyFor } from './proxy.js';
import { watchIdle } from './watch-idle.js';

/**
 * Certificates of connections. Each is PEM as text or bytes, or the path of a file with it, which
 * is read when the client is made.
 */
export interface TlsConfig {
  /** Authorities to trust beside those of Node. @default none */
  ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** The client's own certificate; needs `key`. @default none */
  cert?: string | Uint8Array;
  /** The private key of `cert`. @default none */
  key?: string | Uint8Array;
  /** What `key` is encrypted with. @default none */
  passphrase?: string;
}

/** How connections are opened, and how many. */
export interface AgentsConfig {
  /** Connections to one host at once. */
  concurrency: number;
  proxy: string | false | undefined;
  tls: TlsConfig | undefined;
}

/** Connections that are kept open between requests. */
export interface Agents {
  /** The agent for an address where no proxy is between; null where one may be. */
  directFor(url: string): HttpAgent | null;
  /** The agent for an address, and the proxy that it goes through; null for none. */
  agentFor(url: URL): Promise<{ agent: HttpAgent; proxy: URL | null }>;
  /** Closes all connections; the next request opens new ones. */
  close(): void;
}

/**
 * Agents that keep connections, directly or through proxies (`proxyFor`). ConfigError for
 * certificates that cannot be read.
 */
export function keepAliveAgents({ concurrency, proxy: chosen, tls: config }: AgentsConfig): Agents {
  const options = { keepAlive: true, maxSockets: concurrency };
  const secured = { ...options, ...tlsOptions(config) };
  const http = watchIdle(new HttpAgent(options));
  const https = watchIdle(new HttpsAgent(secured));
  const proxied = new Map<string, HttpAgent>();
  // The environment is read once while connections are open: it takes longer than a header.
  let isDirect: boolean | null = null;

  async function throughProxy(proxy: URL, protocol: string): Promise<HttpAgent> {
    const key = `${protocol} ${proxy.href}`;
    const known = proxied.get(key);
    if (known !== undefined) return known;
    const agent =
      protocol === 'http:'
        ? new (await import('http-proxy-agent')).HttpProxyAgent(proxy, options)
        : await tunnelling(proxy);
    // Another request may have made one meanwhile.
    const first = proxied.get(key) ?? watchIdle(agent);
    proxied.set(key, first);
    return first;
  }

  async function tunnelling(proxy: URL): Promise<HttpAgent> {
    const agent = new (await import('https-proxy-agent')).HttpsProxyAgent(proxy, secured);
    // It applies its options to the connection to the proxy, but not to the one behind it.
    Object.assign((agent as unknown as { options: object }).options, tlsOptions(config));
    return agent;
  }

  return {
    directFor(url) {
      isDirect ??= chosen === false || (chosen === undefined && !hasProxy());
      if (!isDirect) return null;
      return url.startsWith('https:') ? https : http;
    },
    async agentFor(url) {
      const proxy = await proxyFor(url, chosen);
      if (proxy !== null) return { agent: await throughProxy(proxy, url.protocol), proxy };
      return { agent: url.protocol === 'http:' ? http : https, proxy: null };
    },
    close() {
      isDirect = null;
      for (const agent of [http, https, ...proxied.values()]) agent.destroy();
    },
  };
}

/** Reads the settings into Node's form. ConfigError for those that Node refuses. */
export function tlsOptions(config: TlsConfig | undefined): tls.SecureContextOptions {
  if (config === undefined) return {};
  const { ca, cert, key, passphrase } = config;
  if ((cert === undefined) !== (key === undefined))
    throw new ConfigError('client.tls takes `cert` and `key` together: one lacks the other.');
  const options = {
    ...(ca !== undefined && {
      ca: [...defaultAuthorities(), ...[ca].flat().map((one) => pem(one as string, 'ca'))],
    }),
    ...(cert !== undefined && { cert: pem(cert, 'cert') }),
    ...(key !== undefined && { key: pem(key, 'key') }),
    ...(passphrase !== undefined && { passphrase }),
  };
  try {
    tls.createSecureContext(options);
    return options;
  } catch (error) {
    throw new ConfigError(
      `client.tls cannot be used: ${(error as Error).message}. Check that \`ca\`, \`cert\` and \`key\` are PEM, that \`key\` is that of \`cert\`, and the \`passphrase\`.`,
      { cause: error },
    );
  }
}

function pem(value: string | Uint8Array, name: string): string {
  const text = typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
  if (text.includes('-----BEGIN')) return text;
  if (typeof value !== 'string' || value.includes('\n'))
    throw new ConfigError(`client.tls.${name} is not PEM: it has no \`-----BEGIN\`.`);
  try {
    return readFileSync(value, 'latin1');
  } catch (error) {
    // The value is not shown: it may be a key in another form.
    throw new ConfigError(
      `client.tls.${name} is not PEM, and no file that can be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

/**
 * An own list replaces Node's, so Node's is part of it, with NODE_EXTRA_CA_CERTS where possible.
 */
function defaultAuthorities(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => string[] };
  return getCACertificates?.('default') ?? tls.rootCertificates;
}
