import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it came in. */
export interface ReceivedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Path and query as they were sent. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Resolves with its body's text; with nothing where it was cut. */
  body: Promise<string>;
  /** Resolves when the connection is gone. */
  closed: Promise<void>;
}

/** A response: `json` printed, or `text` as it is. @default status 200 */
export interface ServedResponse {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string | Uint8Array;
}

export interface LocalServer {
  url: string;
  /** In the order they came. */
  requests: ReceivedRequest[];
}

/** A real HTTP server on loopback for one test; ended after it. */
export async function serve(
  respond: (request: ReceivedRequest, count: number) => ServedResponse | Promise<ServedResponse>,
): Promise<LocalServer> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://local');
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const received: ReceivedRequest = {
      method: request.method ?? '',
      path,
      query,
      url: request.url ?? '',
      headers: request.headers,
      body: textOf(request).catch(() => ''),
      closed,
    };
    requests.push(received);
    Promise.resolve(respond(received, requests.length)).then(
      ({ status = 200, headers = {}, json, text }) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(text ?? (json === undefined ? '' : JSON.stringify(json))),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
