import { ACCEPTED_CODINGS, isCoded } from '../body/content-coding.js';
import { type AgentsConfig, keepAliveAgents } from './agents.js';
import { byHttp } from './by-http.js';
import { byNodeFetch } from './by-node-fetch.js';
import type { SendOver } from './connected.js';
import { type FetchLike, ownFetch, type Send } from './own-fetch.js';

/** Sends requests, and keeps connections open between them. */
export interface Transport {
  send: Send;
  /** See `Client.keepOpen`. */
  keepOpen: () => () => void;
}

/** How requests reach the network. */
export interface TransportConfig extends AgentsConfig {
  /** The user's own; undefined for Node's `http`. */
  fetch: FetchLike | 'node-fetch' | undefined;
}

/**
 * Sends requests with the user's own `fetch`, or with Node's `http` or node-fetch and connections
 * that are kept open, as many as requests may be in flight.
 *
 * Errors: ConfigError for certificates that cannot be used, and for `proxy` or `tls` beside
 * `fetch`; of `send`: PermanentFault for a proxy that cannot be used, and for what a `fetch`
 * returns that is no response.
 */
export function transportOf({ fetch, ...agents }: TransportConfig): Transport {
  return typeof fetch === 'function'
    ? { send: ownFetch(fetch, agents), keepOpen: () => () => undefined }
    : keepAliveTransport(agents, fetch === 'node-fetch' ? byNodeFetch : byHttp);
}

function keepAliveTransport(config: AgentsConfig, sendOver: SendOver): Transport {
  const agents = keepAliveAgents(config);
  const send: Send = async (url, { method, headers, redirect, stop, body }) => {
    const direct = agents.directFor(url);
    const through =
      direct === null ? await agents.agentFor(new URL(url)) : { agent: direct, proxy: null };
    const own = {
      method,
      headers: { 'accept-encoding': ACCEPTED_CODINGS, ...headers },
      redirect,
      stop,
      ...(body !== undefined && { body }),
    };
    const response = await sendOver(url, own, through).catch((error: unknown) => {
      throw through.proxy === null ? error : throughProxy(error as Error, through.proxy);
    });
    const coding = method === 'HEAD' ? null : response.headers.get('content-encoding');
    return {
      status: response.status,
      headers: response.headers,
      body: response.body,
      codings: isCoded(coding) ? coding : null,
    };
  };
  return { send, keepOpen: connectionUse(() => agents.close()) };
}

/** Adds the proxy to an error, which may come from it. */
function throughProxy(error: Error, { protocol, host }: URL): Error {
  error.message = `${error.message} (through the proxy ${protocol}//${host})`;
  return error;
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
