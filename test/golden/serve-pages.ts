import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GoldenResponse, GoldenRun } from './golden-case.js';

/** A server of a run's pages and responses on loopback. */
export interface PageServer {
  url: string;
  requests: string[];
  close(): Promise<void>;
}

/** What a request has, as the keys of `responses` spell it. */
interface Asked {
  name: string;
  place: string;
}

/** The server of `serve_pages.py`. `watched`: headers of requests that are listed. */
export async function servePages(
  run: GoldenRun,
  watched: readonly string[] = [],
): Promise<PageServer> {
  const pages = (Array.isArray(run.pages) ? { items: run.pages } : (run.pages ?? {})) as Record<
    string,
    readonly unknown[]
  >;
  const responses =
    run.responses && structuredClone(run.responses as Record<string, GoldenResponse[]>);
  const requests: string[] = [];
  let url = '';
  const server = createServer((request, response) => {
    const address = new URL(request.url ?? '/', url);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const asked = askedFor(request.method, address, String(Buffer.concat(parts)));
      const seen = watched.flatMap((header) =>
        request.headers[header] === undefined
          ? []
          : [`${header}: ${String(request.headers[header])}`],
      );
      requests.push(
        responses === undefined ? (request.url ?? '') : [`/${asked.place}`, ...seen].join(' '),
      );
      const {
        status = 200,
        headers,
        body = '',
      } = responses === undefined ? pageOf(pages, address) : responseTo(responses, asked);
      response.writeHead(status, {
        'content-type': 'application/json',
        ...Object.fromEntries(
          Object.entries(headers ?? {}).map(([header, value]) => [
            header,
            value.replaceAll('{url}', url),
          ]),
        ),
      });
      response.end(
        (typeof body === 'string' ? body : JSON.stringify(body)).replaceAll('{url}', url),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function askedFor(
  method: string | undefined,
  { pathname, searchParams }: URL,
  sent: string,
): Asked {
  const sorted = new URLSearchParams(
    [...searchParams].toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1)),
  );
  const path = pathname.slice(1);
  const name = method === 'POST' ? `POST ${path}` : path;
  const query = decodeURIComponent(String(sorted));
  const place = query === '' ? name : `${name}?${query}`;
  return { name, place: sent === '' ? place : `${place} ${compact(sent)}` };
}

/** A JSON body in one spelling; another one as it is. */
function compact(sent: string): string {
  try {
    return JSON.stringify(inOrder(JSON.parse(sent)));
  } catch {
    return sent;
  }
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const members = Object.entries(value).map(([key, inner]) => [key, inOrder(inner)]);
  return Object.fromEntries(
    members.toSorted(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
  );
}

function responseTo(
  responses: Record<string, GoldenResponse[]>,
  { name, place }: Asked,
): GoldenResponse {
  const listed = responses[place] ?? responses[name] ?? [{ status: 404, body: {} }];
  return (listed.length > 1 ? listed.shift() : listed[0]) as GoldenResponse;
}

function pageOf(
  pages: Readonly<Record<string, readonly unknown[]>>,
  { origin, pathname, searchParams }: URL,
): GoldenResponse {
  const name = pathname.slice(1);
  searchParams.sort();
  const exact = pages[`${name}?${decodeURIComponent(String(searchParams))}`];
  const own = exact ?? pages[name] ?? [];
  const number = exact === undefined ? Number(searchParams.get('page') ?? 0) : 0;
  if (own[number] === undefined) return { status: 404, body: {} };
  const link = `<${origin}/${name}?page=${number + 1}>; rel="next"`;
  return {
    body: own[number],
    ...(number + 1 < own.length && { headers: { link } }),
  };
}
