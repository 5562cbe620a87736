import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Limiter } from './limiter.js';

/** What a stand-in answers. `json` is sent as JSON, `text` as it is. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
}

export interface SandboxRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
}

/** A request as it is kept for tests: credentials only as far as their scheme and whether they were right. */
export interface RecordedRequest {
  method: string;
  /** Path and query as they were sent. */
  url: string;
  /** First word of the Authorization header; null without one. */
  scheme: string | null;
  authorized: boolean;
  status: number;
  /** Milliseconds since 1970. */
  at: number;
  /** The API's prefix stood twice in the path. */
  doubled: boolean;
}

/** Switches of a stand-in, to be set by tests while it runs. */
export interface Control {
  /** The next `count` requests get this answer. */
  failNext(count: number, status: number, headers?: Record<string, string>, body?: string): void;
  /** Every answer waits so long. @default 0 */
  latencyMs: number;
  /** The connection is cut after so many bytes of a body. @default null */
  dropAfterBytes: number | null;
  /** Named deviations; which there are is said by each stand-in. @default none */
  readonly quirks: Set<string>;
}

/** A running stand-in. */
export interface Service {
  /** Root of the server, `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly credentials: Readonly<Record<string, string>>;
  /** What it holds, by resource: what a complete load has. */
  readonly data: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  readonly requests: readonly RecordedRequest[];
  readonly control: Control;
  close(): Promise<void>;
}

/** What makes a stand-in one of a certain service. */
export interface ServiceDefinition {
  credentials: Service['credentials'];
  data: Service['data'];
  /** Prefix that stands twice when a client joins addresses badly. */
  prefix: string;
  isAuthorized(request: SandboxRequest, quirks: ReadonlySet<string>): boolean;
  unauthorized: Reply;
  /** Answer of a request over the limit. */
  limited(retryAfterSeconds: number, quirks: ReadonlySet<string>): Reply;
  limiter: Limiter;
  answer(request: SandboxRequest, quirks: ReadonlySet<string>): Reply;
}

/** Serves a stand-in on loopback. Port 0: any free one. */
export async function serve(definition: ServiceDefinition, port: number): Promise<Service> {
  const requests: RecordedRequest[] = [];
  const failures: Reply[] = [];
  const sockets = new Set<Socket>();
  const control: Control = {
    failNext(count, status, headers, body) {
      for (let i = 0; i < count; i += 1) failures.push({ status, text: body ?? '', ...(headers && { headers }) });
    },
    latencyMs: 0,
    dropAfterBytes: null,
    quirks: new Set(),
  };

  const server: Server = createServer((incoming, response) => {
    incoming.resume();
    const url = new URL(incoming.url ?? '/', 'http://sandbox');
    const request: SandboxRequest = { method: incoming.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: incoming.headers };
    const authorized = definition.isAuthorized(request, control.quirks);
    const doubled = request.path.startsWith(definition.prefix + definition.prefix);
    const wait = definition.limiter.take(Date.now());
    const reply = failures.shift() ?? replyTo(definition, request, { authorized, doubled, wait, quirks: control.quirks });
    const scheme = incoming.headers.authorization?.split(/[\s:]/)[0] ?? null;
    requests.push({ method: request.method, url: incoming.url ?? '/', scheme, authorized, status: reply.status, at: Date.now(), doubled });
    const send = (): void => write(response, reply, control.dropAfterBytes);
    if (control.latencyMs > 0) setTimeout(send, control.latencyMs);
    else send();
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

function replyTo(
  definition: ServiceDefinition,
  request: SandboxRequest,
  { authorized, doubled, wait, quirks }: { authorized: boolean; doubled: boolean; wait: number; quirks: ReadonlySet<string> },
): Reply {
  if (wait > 0) return definition.limited(Math.max(1, Math.ceil(wait / 1000)), quirks);
  if (!authorized) return definition.unauthorized;
  if (doubled) return { status: 404, text: 'Not Found' };
  return definition.answer(request, quirks);
}

function write(response: ServerResponse, { status, headers = {}, json, text }: Reply, dropAfterBytes: number | null): void {
  const body = Buffer.from(json === undefined ? (text ?? '') : JSON.stringify(json));
  const type = json === undefined ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': String(body.length), ...headers });
  if (dropAfterBytes === null || dropAfterBytes >= body.length) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, dropAfterBytes), () => response.destroy());
}
