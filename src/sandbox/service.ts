import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Reply, SandboxRequest, ServiceDefinition } from './definition.js';
import { masker, parsedBody } from './record.js';
import { router } from './router.js';
import { send, type SendConfig } from './send.js';

/**
 * A request as it is kept for tests: credentials only as far as their scheme and whether they were
 * right.
 */
export interface RecordedRequest {
  /** In capital letters. */
  method: string;
  /** Path and query as they were sent. */
  url: string;
  /** All but those that carry credentials; names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, else text; null without one. */
  body: unknown;
  /** First word of the Authorization header; null without one. */
  scheme: string | null;
  /** Whether the credentials were right. */
  authorized: boolean;
  /** Status of the response. */
  status: number;
  /** Milliseconds since 1970. */
  at: number;
  /** The API's prefix stood twice in the path. */
  doubled: boolean;
}

/** Switches of a stand-in, to be set by tests while it runs. */
export interface Control extends SendConfig {
  /** The next `count` requests get this response, and do nothing else. */
  failNext(count: number, status: number, headers?: Record<string, string>, body?: string): void;
  /** A response waits so long; a function decides by the request. @default 0 */
  latencyMs: number | ((request: SandboxRequest) => number);
  /** Named deviations; each stand-in documents its own. @default none */
  readonly quirks: Set<string>;
}

/** A running stand-in. */
export interface Service {
  /** Root of the server, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Credentials that it takes, by the names of a source's settings. */
  readonly credentials: Readonly<Record<string, string>>;
  /** What it holds now, by resource: what a complete load has. */
  readonly data: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  /** Requests so far, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Switches, which may be set at any time. */
  readonly control: Control;
  /** Stops it; resolves when its port is free. */
  close(): Promise<void>;
}

/** Serves a stand-in on loopback. Port 0: any free one. */
export async function serve(definition: ServiceDefinition, port: number): Promise<Service> {
  const requests: RecordedRequest[] = [];
  const failures: Reply[] = [];
  const sockets = new Set<Socket>();
  const quirks = new Set<string>();
  const control: Control = {
    failNext(count, status, headers, body) {
      for (let i = 0; i < count; i += 1)
        failures.push({ status, text: body ?? '', ...(headers && { headers }) });
    },
    latencyMs: 0,
    dropAfterBytes: null,
    encoding: null,
    chunked: false,
    quirks,
  };
  const masked = masker(definition.credentials);
  const replyTo = replier(definition);

  const server: Server = createServer((incoming, response) => {
    const respond = (body: string): void => {
      const request = requestOf(incoming, body, quirks);
      const authorized = definition.isAuthorized(request);
      const doubled = request.path.startsWith(definition.prefix + definition.prefix);
      const wait = definition.wait?.(request, Date.now()) ?? 0;
      const planned = failures.shift() ?? replyTo(request, { authorized, doubled, wait });
      const reply = definition.finish?.(planned, request, requests.length + 1) ?? planned;
      requests.push({
        method: request.method,
        url: masked.text(incoming.url ?? '/'),
        headers: masked.headers(incoming.headers),
        body: masked.body(body),
        scheme: incoming.headers.authorization?.split(/[\s:]/)[0] ?? null,
        authorized,
        status: reply.status,
        at: Date.now(),
        doubled,
      });
      const latency =
        typeof control.latencyMs === 'number' ? control.latencyMs : control.latencyMs(request);
      if (latency > 0) setTimeout(() => send(incoming, response, reply, control), latency).unref();
      else send(incoming, response, reply, control);
    };
    // A body that breaks off is no request.
    text(incoming).then(respond, () => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: definition.credentials,
    data: definition.data,
    requests,
    control,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function requestOf(
  incoming: IncomingMessage,
  body: string,
  quirks: ReadonlySet<string>,
): SandboxRequest {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://sandbox');
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    params: {},
    query: searchParams,
    headers: incoming.headers,
    body: parsedBody(body),
    address: incoming.socket.remoteAddress ?? '',
    quirks,
  };
}

interface Standing {
  authorized: boolean;
  doubled: boolean;
  wait: number;
}

/**
 * Makes the function that replies to a request. Only a request within the limit, with the right
 * credentials, reaches its handler.
 */
function replier(
  definition: ServiceDefinition,
): (request: SandboxRequest, standing: Standing) => Reply {
  const route = router(definition.routes);
  return (request, { authorized, doubled, wait }) => {
    if (wait > 0) return definition.limited(Math.max(1, Math.ceil(wait / 1000)), request);
    if (!authorized) return definition.unauthorized;
    if (doubled) return { status: 404, text: 'Not Found' };
    const found = route(request);
    return found === undefined
      ? definition.notFound
      : found.handler({ ...request, params: found.params });
  };
}
