import type { Agent as HttpAgent } from 'node:http';
import type { Readable } from 'node:stream';
import nodeFetch from 'node-fetch';
import { ACCEPTED_CODINGS, decoded, isCoded } from '../body/content-coding.js';
import { type AgentsConfig, keepAliveAgents } from './agents.js';
import { type FetchLike, ownFetch } from './own-fetch.js';

/** What sends requests, and the connections that it keeps open between them. */
export interface Transport {
  /** Bodies come decompressed. */
  send: FetchLike;
  /** See `Client.keepOpen`. */
  keepOpen: () => () => void;
}

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
    const { agent, proxy } = await agents.agentFor(new URL(url));
    // node-fetch takes a compressed body that is cut short for a whole one: it is told to leave
    // them alone.
    const own = {
      ...init,
      agent: (parsed: URL) => asWritten(agent, url, parsed, proxy !== null),
      compress: false,
      headers: { 'accept-encoding': ACCEPTED_CODINGS, ...headers },
    };
    const answer = await nodeFetch(
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
    const coding = init.method === 'HEAD' ? null : answer.headers.get('content-encoding');
    return {
      status: answer.status,
      headers: answer.headers,
      body:
        coding !== null && isCoded(coding)
          ? await decoded(answer.body as Readable | null, coding)
          : answer.body,
    };
  };
  return { send, keepOpen: connectionUse(() => agents.close()) };
}

/** Says that it may be the proxy that is at fault. */
function throughProxy(error: Error, { protocol, host }: URL): Error {
  error.message = `${error.message} (through the proxy ${protocol}//${host})`;
  return error;
}

/** The agent, made to send the address as it is written where `URL` spells it in another way. */
function asWritten<A extends HttpAgent>(
  agent: A,
  url: string,
  { protocol, origin, href }: URL,
  isProxy: boolean,
): A {
  if (url === href || !url.startsWith(`${origin}/`)) return agent;
  const base = agent as A & { addRequest(request: { path: string }, options: object): void };
  return Object.create(base, {
    addRequest: {
      value: (request: { path: string }, options: object) => {
        const path = url.slice(origin.length);
        request.path = path;
        base.addRequest(request, options);
        // Sent to a proxy is the whole address, which its agent spells anew; its header is later.
        request.path = isProxy && protocol === 'http:' ? url : path;
      },
    },
  }) as A;
}

/**
 * Counts who uses connections, and calls `close` when nobody does any more.
 *
 * Each call of the function that it gives begins a use and gives what ends it (once; further calls
 * do nothing). `close` is called after the current turn of the event loop and only if no other use
 * has begun by then, so that requests one after another share their connections.
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
