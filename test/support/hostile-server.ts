import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { JsonObject } from 'sluice';
import type { Ending } from './hostile/endings.js';
import type { Fault } from './hostile/faults.js';
import type { Guard, Guarded } from './hostile/guards.js';
import type { PageRequest, Paging, Place, Shape } from './hostile/pagings.js';
import type { Wrapper } from './hostile/wrappers.js';

/** A service with one list at `/orders`, as bad as its config. */
export interface Service {
  rows: readonly JsonObject[];
  shape: Shape;
  paging: Paging;
  wrapper: Wrapper;
  guard: Guard;
  /** What goes wrong when the page with this number is requested. */
  fault: Fault;
  faultyPage: number;
  /** What comes behind the last page. @default pages without rows */
  ending?: Ending;
  /** A server of another host with the same list. */
  other?: string;
}

export interface HostileServer extends AsyncDisposable {
  url: string;
  /**
   * Numbers of the pages that were served as they should be, in order; those behind the list
   * among them.
   */
  served: number[];
  /** Requests that were not let in. */
  denied: Guarded[];
  /** Times that something went wrong. */
  faults: number;
}

/** A real HTTP server on loopback for a service. */
export async function hostileServer(service: Service): Promise<HostileServer> {
  const { guard, fault } = service;
  const log = { served: [] as number[], denied: [] as Guarded[], faults: 0 };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  guard.at?.(url);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const guarded: Guarded = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', url),
      header: (name) => request.headers[name]?.toString(),
    };
    const json = (status: number, content: unknown): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(content));
    const granted = guard.grants?.(guarded, body) ?? null;
    if (granted !== null) return json(granted.status, granted.json);
    if (!guard.admits(guarded)) {
      log.denied.push(guarded);
      return json(401, { error: 'who are you?' });
    }
    const pageRequest: PageRequest = {
      query: guarded.url.searchParams,
      json: body === '' ? {} : (JSON.parse(body) as JsonObject),
      headers: request.headers,
    };
    const place = placeOf(service, pageRequest);
    const page = pageOf(service, place, pageRequest);
    const isMoved = guarded.url.pathname.startsWith('/moved');
    if (place.index === service.faultyPage && log.faults < fault.times && !isMoved) {
      log.faults += 1;
      fault.play({
        response,
        ...page,
        url: request.url ?? '',
        other: service.other ?? '',
        expire: () => guard.expire?.(),
      });
      return;
    }
    log.served.push(place.index);
    const { ending, shape } = service;
    if (ending?.status != null && place.index >= shape.pages.length) {
      response.writeHead(ending.status).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', ...page.headers }).end(page.body);
  }

  return Object.assign(log, {
    url,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  });
}

function placeOf({ shape: { pages, size, total }, paging }: Service, request: PageRequest): Place {
  const at = paging.at(request, size);
  const starts = pages.map((_rows, i) => pages.slice(0, i).reduce((sum, rows) => sum + rows, 0));
  const from = Math.min(total, Math.max(0, paging.isCounted ? at : (starts[at] ?? total)));
  const index = paging.isCounted ? Math.ceil(Math.max(0, at) / size) : at;
  const to = paging.isCounted ? Math.min(total, from + size) : from + (pages[at] ?? 0);
  return { index, pages: pages.length, from, to, total, isLast: index >= pages.length - 1 };
}

function pageOf(
  { rows, paging, wrapper }: Service,
  place: Place,
  request: PageRequest,
): { body: string; headers: Record<string, string> } {
  const { said = {}, headers = {} } = paging.say(place, request);
  return { body: wrapper.body(rows.slice(place.from, place.to), said), headers };
}
