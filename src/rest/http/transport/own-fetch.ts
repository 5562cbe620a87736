import type { Readable } from 'node:stream';
import { isPromise, kindOf, readable } from '../../../../operators/settings/user-function.js';
import { ConfigError } from '../../../errors.js';
import type { Stopper } from '../../../signals/stopper.js';
import { PermanentFault } from '../http-errors.js';
import type { ResponseHeaders } from '../messages.js';
import type { AgentsConfig } from './agents.js';

/** The shape of a `fetch`: Node's own, node-fetch or any other. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** A request as `fetch` takes it: what node-fetch, undici and browsers have in common. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  redirect: 'manual';
  signal: AbortSignal;
}

/** A response as `fetch` gives it: what is used of it. */
export interface FetchResponse {
  status: number;
  headers: ResponseHeaders;
  /** Its bytes or texts, in order. A chunk must stay as it is until the body has ended. */
  body: AsyncIterable<Uint8Array | string> | null;
}

/** A response of any transport, and the content codings that its body still has. */
export type WireResponse =
  | (FetchResponse & { codings: null })
  | (FetchResponse & { body: Readable | null; codings: string });

/** A request on its way to any transport. */
export interface WireRequest extends Omit<FetchInit, 'signal'> {
  stop: Stopper;
}

/** Sends a request by any transport. */
export type Send = (url: string, request: WireRequest) => Promise<WireResponse>;

/**
 * Sends requests with the user's own `fetch`, which removes content codings. What it throws becomes
 * an Error, and counts as a network error.
 *
 * Errors: ConfigError for settings that it would leave without effect; of the function:
 * PermanentFault for what a `fetch` returns that is no response.
 */
export function ownFetch(
  fetch: FetchLike,
  { proxy, tls }: Pick<AgentsConfig, 'proxy' | 'tls'>,
): Send {
  const idle = proxy !== undefined ? 'proxy' : tls !== undefined ? 'tls' : null;
  if (idle !== null)
    throw new ConfigError(
      `client.${idle} does nothing beside client.fetch, which makes the connections. Remove one of them.`,
    );
  return async (url, { stop, ...request }) => {
    let response: FetchResponse;
    try {
      response = await fetch(url, { ...request, signal: stop.signal() });
    } catch (error) {
      const thrown = readable(error);
      if (thrown instanceof Error) throw thrown;
      const text = typeof error === 'string' ? error : kindOf(error);
      throw new Error(`\`client.fetch\` threw: ${text}`, { cause: error });
    }
    const fault = responseFault(response);
    if (fault !== null)
      throw new PermanentFault(`\`client.fetch\` returned ${kindOf(response)}: ${fault}`);
    const { status, headers, body } = response;
    return { status, headers, body, codings: null };
  };
}

function responseFault(response: unknown): string | null {
  if (typeof response !== 'object' || response === null) return 'return a response';
  const { status, headers, body } = response as Partial<Record<keyof FetchResponse, unknown>>;
  if (!Number.isInteger(status)) return `\`status\` is ${kindOf(status)}; it must be a number`;
  if (typeof (headers as { get?: unknown } | undefined)?.get !== 'function')
    return '`headers` must have a `get`, as those of a Response';
  const isBody =
    body === null || (typeof body === 'object' && !isPromise(body) && Symbol.asyncIterator in body);
  return isBody ? null : `\`body\` is ${kindOf(body)}; it must be a stream of bytes, or null`;
}
