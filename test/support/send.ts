import { expect } from 'vitest';
import type { HttpError } from '#src/errors.js';
import {
  type Client,
  type ClientConfig,
  httpClient,
  type RequestSpec,
  type SendOptions,
  type SentResponse,
} from '#src/rest/http/http-client.js';
import { parseUrl } from '#src/rest/http/url.js';
import type { SourceEvent } from '#src/run/source.js';

/** One request of a test: its response, and the events of it. */
export interface Sent {
  response: Promise<SentResponse<unknown>>;
  events: SourceEvent[];
}

/** A client that repeats requests almost at once. */
export function quickClient(config: ClientConfig): Client {
  return httpClient({ ...config, retry: { baseMs: 1, ...config.retry } });
}

/** Sends one request to an address of the client's API, a GET unless said otherwise. */
export function sendWith(
  client: Client,
  { url = client.baseUrl, ...spec }: Partial<Omit<RequestSpec, 'url'>> & { url?: string } = {},
  options: Partial<SendOptions<unknown>> = {},
): Sent {
  const events: SourceEvent[] = [];
  const response = client.send<unknown>(
    { method: 'GET', ...spec, url: parseUrl(url) },
    {
      resource: 'orders',
      signal: new AbortController().signal,
      observe: (event) => events.push(event),
      ...options,
    },
  );
  return { response, events };
}

/** Sends one request with a client of its own. */
export function send(
  config: ClientConfig,
  spec: Parameters<typeof sendWith>[1] = {},
  options: Partial<SendOptions<unknown>> = {},
): Sent {
  return sendWith(quickClient(config), spec, options);
}

/** The error that a request ends with. */
export async function failure({ response }: Sent): Promise<HttpError> {
  return response.then(
    () => expect.fail('it should fail'),
    (error: unknown) => error as HttpError,
  );
}

/** The statuses of the `request` events; null where there was no response. */
export function statuses(events: readonly SourceEvent[]): (number | null)[] {
  return events.flatMap((event) => (event.kind === 'request' ? [event.status] : []));
}
