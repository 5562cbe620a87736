import type { Agent as HttpAgent } from 'node:http';
import type { Readable } from 'node:stream';
import nodeFetch from 'node-fetch';
import { ACCEPTED_CODINGS, decoded, isCoded } from '../body/content-coding.js';
import { type AgentsConfig, keepAliveAgents } from './agents.js';
import { type FetchLike, ownFetch } from './own-fetch.js';

/** Sends requests, and keeps connections open between them. */
export interface Transport {
  /** Bodies come decompressed. */
  send: FetchLike;
  /** See `Client.keepOpen`. */
  keepOpen: () => () => void;
}

/** How requests reach the network. */
export interface TransportConfig extends AgentsConfig {
  /** The user's own; undefined for node-fetch. */
  fetch: FetchLike | undefined;
}

/**
 * Sends requests with the user's own `fetch`, or with node-fetch and connections that are kept
 * open, as many as requests may be in flight.
 *
 * Errors: ConfigError for certificates that cannot be used, and for `proxy` or `tls` beside
 * `fetch`; of `send`: PermanentFault for a content encoding that is not known, for a proxy that
 * cannot be used, and for what a `fetch` returns that is no response.
 */
export function transportOf({ fetch, ...agents }: TransportConfig): Transport {
  return fetch === undefined
    ? keepAliveTransport(agents)
    : { send: ownFetch(fetch, agents), keepOpen: () => () => undefined };
}

function keepAliveTransport(config: AgentsConfig): Transport {
  const agents = keepAliveAgents(config);
  const send: FetchLike = async (url, { body, headers, ...init }) => {
    const direct = agents.directFor(url);
    const { agent, proxy } =
      direct === null ? await agents.agentFor(new URL(url)) : { agent: direct, proxy: null };
    // node-fetch takes a compressed body that is cut short for a whole one, so it is not to
    // decompress.
    const hidden = body !== undefined && init.method === 'GET' ? 'GET' : null;
    const own = {
      ...init,
      ...(hidden !== null && { method: 'POST' }),
      agent: (parsed: URL) => asWritten(agent, { url, method: hidden }, parsed, proxy !== null),
      compress: false,
      headers: { 'accept-encoding': ACCEPTED_CODINGS, ...headers },
    };
    const response = await nodeFetch(
      url,
      body === undefined
        ? own
        : {
            ...own,
            body:
              typeof body === 'string'
                ? body
                : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
          },
    ).catch((error: unknown) => {
      throw proxy === null ? error : throughProxy(error as Error, proxy);
    });
    const coding = init.method === 'HEAD' ? null : response.headers.get('content-encoding');
    return {
      status: response.status,
      headers: response.headers,
      body:
        coding !== null && isCoded(coding)
          ? await decoded(response.body as Readable | null, coding)
          : response.body,
    };
  };
  return { send, keepOpen: connectionUse(() => agents.close()) };
}

/** Adds the proxy to an error, which may come from it. */
function throughProxy(error: Error, { protocol, host }: URL): Error {
  error.message = `${error.message} (through the proxy ${protocol}//${host})`;
  return error;
}

interface NodeRequest {
  method: string;
  path: string;
}

/**
 * Makes the agent send the address as it is written where `URL` spells it in another way, and the
 * method where it is given: node-fetch refuses a GET with a body.
 */
function asWritten<A extends HttpAgent>(
  agent: A,
  { url, method }: { url: string; method: string | null },
  { protocol, origin, href }: URL,
  isProxy: boolean,
): A {
  const isOther = url !== href && url.startsWith(`${origin}/`);
  if (!isOther && method === null) return agent;
  const base = agent as A & { addRequest(request: NodeRequest, options: object): void };
  return Object.create(base, {
    addRequest: {
      value: (request: NodeRequest, options: object) => {
        request.method = method ?? request.method;
        if (!isOther) {
          base.addRequest(request, options);
          return;
        }
        const path = url.slice(origin.length);
        request.path = path;
        base.addRequest(request, options);
        // A proxy is sent the whole address, which its agent spells anew before it adds the header.
        request.path = isProxy && protocol === 'http:' ? url : path;
      },
    },
  }) as A;
}

/**
 * Counts the users of connections, and calls `close` when there are none any more.
 *
 * Each call of the returned function begins a use and returns a function that ends it (once;
 * further calls do nothing). `close` is called after the current turn of the event loop and only if
 * no other use has begun by then, so that requests one after another share their connections.
 */
function connectionUse(close: () => void): () => () => void {
  let users = 0;
  return () => {
    users += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      users -= 1;
      if (users > 0) return;
      setImmediate(() => {
        if (users === 0) close();
      });
    };
  };
}
