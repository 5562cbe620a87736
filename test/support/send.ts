import { expect } from 'vitest';
import type { HttpError } from '#src/errors.js';
import {
  type Answer,
  type Client,
  type ClientConfig,
  httpClient,
  type RequestSpec,
  type SendOptions,
} from '#src/rest/http/http-client.js';
import { parseUrl } from '#src/rest/http/url.js';
import type { SourceEvent } from '#src/run/source.js';

/** One request of a test: what comes of it, and what was told of it. */
export interface Sent {
  answer: Promise<Answer>;
  events: SourceEvent[];
}

/** A client that waits next to nothing before it tries again. */
export function quickClient(config: ClientConfig): Client {
  return httpClient({ ...config, retry: { baseMs: 1, ...config.retry } });
}

/** Sends one request to an address of the client's API, a GET unless said otherwise. */
export function sendWith(
  client: Client,
  { url = client.baseUrl, ...spec }: Partial<Omit<RequestSpec, 'url'>> & { url?: string } = {},
  options: Partial<SendOptions> = {},
): Sent {
  const events: SourceEvent[] = [];
  const answer = client.send(
    { method: 'GET', ...spec, url: parseUrl(url) },
    {
      resource: 'orders',
      signal: new AbortController().signal,
      observe: (event) => events.push(event),
      ...options,
    },
  );
  return { answer, events };
}

/** Sends one request with a client of its own. */
export function send(
  config: ClientConfig,
  spec: Parameters<typeof sendWith>[1] = {},
  options: Partial<SendOptions> = {},
): Sent {
  return sendWith(quickClient(config), spec, options);
}

/** The error that a request ends with. */
export async function failure({ answer }: Sent): Promise<HttpError> {
  return answer.then(
    () => expect.fail('it should fail'),
    (error: unknown) => error as HttpError,
  );
}

/** The statuses of the answers that were told of; null for none. */
export function statuses(events: readonly SourceEvent[]): (number | null)[] {
  return events.flatMap((event) => (event.kind === 'request' ? [event.status] : []));
}
