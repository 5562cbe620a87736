import type { Readable } from 'node:stream';
import { asWritten } from './as-written.js';
import type { Connected, Received } from './connected.js';
import type { WireRequest } from './own-fetch.js';

/** Sends a request with node-fetch. Errors are those of node-fetch. */
export async function byNodeFetch(
  url: string,
  { body, stop, ...init }: WireRequest,
  { agent, proxy }: Connected,
): Promise<Received> {
  // It takes as long to load as a few requests, and few choose it.
  const { default: nodeFetch } = await import('node-fetch');
  const hidden = body !== undefined && init.method === 'GET' ? 'GET' : null;
  const own = {
    ...init,
    signal: stop.signal(),
    ...(hidden !== null && { method: 'POST' }),
    agent: (parsed: URL) => asWritten(agent, { url, method: hidden }, parsed, proxy !== null),
    // node-fetch takes a compressed body that is cut short for a whole one, so it is not to
    // decompress.
    compress: false,
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
  );
  const { status, headers } = response;
  return { status, headers, body: response.body as Readable | null };
}
