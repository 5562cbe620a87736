import { type IncomingMessage, request as sendHttp } from 'node:http';
import { request as sendHttps } from 'node:https';
import type { ResponseHeaders } from '../messages.js';
import { asWritten } from './as-written.js';
import type { Connected, Received } from './connected.js';
import type { WireRequest } from './own-fetch.js';

/**
 * Sends a request with Node's own `http` and `https`. Header fields are those that node-fetch
 * sends. Errors are those of Node; a body that is cut short makes reading it fail. An error of a
 * connection that had been idle and was closed without a response has `reusedSocket`, as the
 * request has in Node.
 */
export function byHttp(
  url: string,
  { method, headers, body, stop }: WireRequest,
  { agent, proxy }: Connected,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    stop.throwIfStopped();
    const { protocol, hostname, port, origin } = serverOf(url);
    let isReceived = false;
    const request = (protocol === 'https:' ? sendHttps : sendHttp)({
      // The agent of a proxy spells the address anew.
      agent: proxy === null ? agent : asWritten(agent, { url, method: null }, new URL(url), true),
      hostname,
      port,
      path: url.slice(origin.length),
      method,
      headers: { ...bodyHeaders(method, body, headers), ...headers },
    });
    const off = stop.onStop(() => void request.destroy(stop.reason as Error));
    request.on('error', (error: NodeJS.ErrnoException) => {
      off();
      const isLost = request.reusedSocket && !isReceived && CLOSED.test(error.code ?? '');
      reject(isLost ? Object.assign(error, { reusedSocket: true }) : error);
    });
    // Node closes a connection without an error where the server switches protocols (101).
    request.on('close', () => {
      // An error takes as long to make as a tenth of a small request.
      if (!isReceived) reject(new Error('the connection closed before a response came'));
    });
    request.on('response', (response) => {
      isReceived = true;
      response.on('close', off);
      resolve({
        status: response.statusCode ?? 0,
        headers: rawHeaders(response),
        body: response,
      });
    });
    request.end(body);
  });
}

/** The other end closed the connection. */
const CLOSED = /^(ECONNRESET|EPIPE)$/;

type Server = Pick<URL, 'protocol' | 'hostname' | 'port' | 'origin'>;

let lastServer: Server | null = null;

/** The server of an address: most requests go to that of the request before. */
function serverOf(url: string): Server {
  if (lastServer !== null && url.startsWith(`${lastServer.origin}/`)) return lastServer;
  const { protocol, hostname, port, origin } = new URL(url);
  // Node takes the address of IPv6 without its brackets.
  lastServer = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, origin };
  return lastServer;
}

/** What describes a body: Node would send that of a GET without its length. */
function bodyHeaders(
  method: string,
  body: WireRequest['body'],
  headers: WireRequest['headers'],
): Record<string, string> {
  if (body === undefined) return /^(POST|PUT)$/.test(method) ? { 'content-length': '0' } : {};
  return {
    'content-length': String(Buffer.byteLength(body)),
    ...(typeof body === 'string' &&
      headers['content-type'] === undefined && { 'content-type': 'text/plain;charset=UTF-8' }),
  };
}

/** Headers as they came; most of the standard's `Headers` would be made and never looked at. */
function rawHeaders({ rawHeaders: raw }: IncomingMessage): ResponseHeaders & {
  has(name: string): boolean;
  keys(): Iterable<string>;
  getSetCookie(): string[];
} {
  const values = new Map<string, string[]>();
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const all = values.get(name);
    if (all === undefined) values.set(name, [raw[i + 1] as string]);
    else all.push(raw[i + 1] as string);
  }
  const find = (name: string): string[] | undefined =>
    values.get(name) ?? values.get(name.toLowerCase());
  return {
    get: (name) => find(name)?.join(', ') ?? null,
    has: (name) => find(name) !== undefined,
    keys: () => values.keys(),
    getSetCookie: () => values.get('set-cookie') ?? [],
  };
}
