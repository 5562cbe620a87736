import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of pages, which fails when it is told to. */
export interface PagesServer {
  url: string;
  /** Rows of the pages, as JSON without brackets, by path. */
  pages: Readonly<Record<string, readonly string[]>>;
  /** What becomes of the response so many further on: an error, or a body that is cut. */
  fault: { kind: 'error' | 'cut'; in: number } | null;
  close(): void;
}

/** Serves pages by `?page=`, each with the number of the next one and how many there are. */
export async function pagesServer(): Promise<PagesServer> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
    const all = served.pages[pathname.slice(1)] ?? [];
    const page = Number(searchParams.get('page') ?? 0);
    const next = page + 1 < all.length ? page + 1 : null;
    const body = Buffer.from(`{"data":[${all[page] ?? ''}],"next":${next},"pages":${all.length}}`);
    if (served.fault !== null) served.fault.in -= 1;
    const fault = served.fault?.in === 0 ? served.fault.kind : null;
    response.writeHead(fault === 'error' ? 500 : 200, {
      'content-type': 'application/json',
      'content-length': body.length,
    });
    if (fault === 'cut')
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    else response.end(body);
  });
  // A process that is held up for a while would find its connection closed.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const served: PagesServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages: {},
    fault: null,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return served;
}
