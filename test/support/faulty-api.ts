import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { listen } from './listen.js';

/** How the list of an API is paged; `child`: three lists, one for each row of a parent. */
export type Kind = 'page' | 'parallel' | 'offset' | 'cursor' | 'child';
export const KINDS: readonly Kind[] = ['page', 'parallel', 'offset', 'cursor', 'child'];

/** Rows of a page, and pages of a list. */
const SIZE = 4;
const PAGES = 5;
/** Rows of a list. */
export const TOTAL: number = SIZE * PAGES;
/** The page that things go wrong on. */
const FAULTY = 2;

/** A page that is about to be served. */
export interface FaultyPage {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
  /** The page as it should be. */
  page: { data: object[]; meta: Record<string, unknown> };
  text: string;
  /** Path and query as they were sent. */
  url: string;
  /** The server under the name of another host. */
  other: string;
  index: number;
  /** The rows of the whole list. */
  rows: object[];
  /** Makes the token that is in use invalid. */
  expire: () => void;
  send: (content: unknown, status?: number, headers?: Record<string, string>) => void;
}

/** What goes wrong. */
export interface Fault {
  /** How the run ends: whole and exact; with an error; or with a verdict that is not `complete`. */
  outcome: 'whole' | 'error' | 'doubt';
  /** Plays it; true: the page is served as it should be. */
  play: (page: FaultyPage) => unknown;
  /** How often. @default always */
  times?: number;
  /** On every page. @default on the third one of its list */
  everywhere?: boolean;
  /** The kinds of lists that it can happen to. @default all */
  kinds?: readonly Kind[];
  /** What the error or the verdict says. */
  says?: RegExp;
  /** It lasts until the run's patience ends. */
  isStall?: boolean;
}

export interface FaultyApi {
  url: string;
  /** From now on nothing goes wrong. */
  mend: () => void;
  /** Requests to the other host that held a secret. */
  leaks: string[];
}

/** The rows that a list should have. */
function rowsOf(parent: number): object[] {
  return Array.from({ length: TOTAL }, (_row, i) => ({ id: parent * 1_000 + i, tags: [{ i }] }));
}

/** A server on loopback with a list of five pages of four rows; ended after the test. */
export async function faultyApi(kind: Kind, fault: Fault): Promise<FaultyApi> {
  const leaks: string[] = [];
  let played = 0;
  let isMended = false;
  let tokens = 1;
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const { pathname, searchParams: query } = new URL(url, 'http://local');
    const { host = '', authorization } = request.headers;
    const send: FaultyPage['send'] = (content, status = 200, headers = {}) =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(content));
    if (host.startsWith('localhost') && `${url} ${authorization}`.includes('secret'))
      leaks.push(url);
    if (pathname === '/token') return send({ access_token: `secret-${tokens}`, expires_in: 3600 });
    if (host.startsWith('127') && authorization !== `Bearer secret-${tokens}`)
      return send({ error: 'who are you?' }, 401);
    if (pathname === '/parents') return send({ data: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    const parent = Number(/^\/parents\/(\d+)\//.exec(pathname)?.[1] ?? 0);
    const rows = rowsOf(parent);
    const index =
      kind === 'offset'
        ? Number(query.get('offset')) / SIZE
        : Number(query.get('page') ?? query.get('after') ?? 0);
    const from = Math.ceil(index * SIZE);
    const meta =
      kind === 'parallel'
        ? { pages: PAGES }
        : kind === 'offset'
          ? { total: TOTAL }
          : kind === 'page'
            ? {}
            : { next: index < PAGES - 1 ? String(index + 1) : null };
    const page = { data: rows.slice(from, from + SIZE), meta };
    const isFaulty =
      !isMended &&
      played < (fault.times ?? Infinity) &&
      (fault.everywhere === true || index === FAULTY) &&
      (parent === 0 || parent === 2) &&
      host.startsWith('127');
    if (!isFaulty) return send(page);
    played += 1;
    const { socket } = request;
    const other = `http://localhost:${(server.address() as AddressInfo).port}`;
    const expire = (): void => void (tokens += 1);
    const text = JSON.stringify(page);
    const about = { request, response, socket, page, text, url, other, index, rows, expire, send };
    if (fault.play(about) === true) send(page);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    mend: () => (isMended = true),
    leaks,
  };
}

const whole = (play: Fault['play'], about: Partial<Fault> = {}): Fault => ({
  outcome: 'whole',
  times: 1,
  play,
  ...about,
});
const error = (play: Fault['play'], says: RegExp, about: Partial<Fault> = {}): Fault => ({
  outcome: 'error',
  play,
  says,
  ...about,
});
const doubt = (play: Fault['play'], says: RegExp, about: Partial<Fault> = {}): Fault => ({
  outcome: 'doubt',
  play,
  says,
  ...about,
});
const COUNTED: Partial<Fault> = { kinds: ['page', 'parallel', 'offset'] };
const BY_CURSOR: Partial<Fault> = { kinds: ['cursor', 'child'] };

/** Whichever limit is reached first: a busy machine may reach both at once. */
const STALLED = /no byte came for 0\.06 s|no complete response within 0\.12 s/;

const stall = (play: Fault['play']): Fault => error(play, STALLED, { isStall: true });

const status =
  (code: number, headers: Record<string, string> = {}, text = '{"error":"no"}'): Fault['play'] =>
  ({ response }) =>
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(text);
const redirect =
  (to: (page: FaultyPage) => string): Fault['play'] =>
  (page) =>
    page.response.writeHead(307, { location: to(page) }).end();
/** A response that is written by hand. */
const raw =
  (bytes: string): Fault['play'] =>
  ({ socket }) =>
    socket.end(bytes);
/** A part of the body under headers that promise all of it. */
const cut =
  (then: 'silence' | 'end', headers: (text: string) => Record<string, string>): Fault['play'] =>
  ({ response, text }) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers(text) });
    response.write(text.slice(0, 30), () => {
      if (then === 'end') response.destroy();
    });
  };
const promised = (text: string): Record<string, string> => ({
  'content-length': String(text.length),
});
const chunked = (): Record<string, string> => ({});
/** Writes something again and again, as long as the connection lives. */
const drip =
  (write: (page: FaultyPage) => void): Fault['play'] =>
  (page) => {
    const timer = setInterval(() => write(page), 15);
    page.socket.once('close', () => clearInterval(timer));
  };
const body =
  (text: (page: FaultyPage) => string | Uint8Array, type = 'application/json'): Fault['play'] =>
  (page) =>
    page.response.writeHead(200, { 'content-type': type }).end(text(page));
const packed =
  (change: (bytes: Buffer) => Uint8Array): Fault['play'] =>
  ({ response, text }) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(change(gzipSync(text)));
const data =
  (rows: (page: FaultyPage) => unknown): Fault['play'] =>
  (page) =>
    page.send({ ...page.page, data: rows(page) });
const meta =
  (change: (page: FaultyPage) => object): Fault['play'] =>
  (page) =>
    page.send({ ...page.page, meta: { ...page.page.meta, ...change(page) } });
const times = (text: string): Fault['play'] => status(429, { 'retry-after': text });
/** A date of a server whose clock is wrong by an hour. */
const skewed = (ms: number): Record<string, string> => ({
  date: new Date(Date.now() + ms).toUTCString(),
  'retry-after': new Date(Date.now() + ms).toUTCString(),
});
const HOUR = 3_600_000;

/** Everything that may go wrong with a response, and how a run ends then. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  nothing: whole(() => true),
  'a reset connection': whole(({ socket }) => socket.resetAndDestroy()),
  // One that a kept connection lost does not count.
  'a reset connection, for ever': error(
    ({ socket }) => socket.resetAndDestroy(),
    /\([34] attempts\)/,
  ),
  'a connection that closes without a response': whole(({ socket }) => socket.end()),
  'a response of another protocol': error(raw('SSH-2.0-OpenSSH\r\n'), /Parse Error/),
  'headers without end': error(
    raw(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(99_999)}\r\n\r\n`),
    /Header overflow/,
  ),
  'headers that drip': stall((page) => {
    page.socket.write('HTTP/1.1 200 OK\r\n');
    drip(({ socket }) => socket.write('x: 1\r\n'))(page);
  }),
  'interim responses without end': stall(
    drip(({ socket }) => socket.write('HTTP/1.1 100 Continue\r\n\r\n')),
  ),
  'silence before the headers': whole(() => undefined),
  'silence before the headers, for ever': stall(() => undefined),
  'silence amid the body': whole(cut('silence', promised)),
  'silence amid the body, for ever': stall(cut('silence', promised)),
  'a body that drips': stall((page) => {
    page.response.writeHead(200);
    drip(({ response }) => response.write(' '))(page);
  }),
  'a body cut before its length': whole(cut('end', promised)),
  'a chunked body that is cut': whole(cut('end', chunked)),
  'a body cut in a whole message': error(
    body(({ text }) => text.slice(0, 60)),
    /The body ends at byte 60/,
  ),
  'a compressed body that is cut': whole(packed((bytes) => bytes.subarray(0, -9))),
  'a compressed body with a wrong checksum': error(
    packed((bytes) => bytes.fill(7, bytes.length - 8, bytes.length - 4)),
    /incorrect data check/,
  ),
  'a compressed body of 1 MB in 1 KB': error(
    packed(() => gzipSync(Buffer.alloc(1_000_000, ' '))),
    /the body is larger than 100,000 bytes/,
  ),
  '429 with seconds': whole(times('0.02')),
  '429 with a date': whole(status(429, skewed(0))),
  '429 without a time': whole(status(429), { times: 3 }),
  '429 with a time that is none': whole(times('soon')),
  '429 with a negative time': whole(times('-5')),
  '429 with a date long ago': whole(times('Thu, 01 Jan 1970 00:00:00 GMT')),
  '429 with a time beyond all patience': error(
    times('99999999999'),
    /demands a wait of 99999999999 s/,
  ),
  '429 for ever': error(status(429), /The rate limit is reached, and waiting did not help/),
  '429 of a clock that is fast': whole(status(429, skewed(HOUR))),
  '429 of a clock that is slow': whole(status(429, skewed(-HOUR))),
  '403 that is a rate limit': whole(status(403, { 'retry-after': '0.02' })),
  '403': error(status(403), /returned status 403( \(\d attempts\))?\. The credentials are known/),
  '500': whole(status(500)),
  '502 with a web page': whole(status(502, { 'content-type': 'text/html' }, '<html>Bad Gateway')),
  '503 with a time': whole(status(503, { 'retry-after': '0.02' })),
  '500 for ever': error(status(500), /returned status 500 \(3 attempts\)/),
  '401 of a token that expired': whole((page) => {
    page.expire();
    page.send({ error: 'expired' }, 401);
  }),
  '401 for ever': error(status(401), /New credentials were fetched after the first 401/),
  '404': error(status(404), /returned status 404/),
  '304': error(status(304), /returned status 304/),
  'a redirect': whole(redirect(({ url }) => url)),
  'a redirect in circles': error(
    redirect(({ url }) => url),
    /it is redirected more than 10 times/,
  ),
  'a redirect to another host': whole(
    redirect(({ other, url }) => `${other}${url}`),
    { times: 9 },
  ),
  'a redirect to no address': error(
    redirect(() => 'http://[::1'),
    /redirected to an address that is neither/,
  ),
  'a redirect to where nothing listens': error(
    redirect(() => 'http://127.0.0.1:1/'),
    /ECONNREFUSED/,
  ),
  '200 with a web page': error(
    body(() => '<!doctype html>', 'text/html'),
    /The response is a web page/,
  ),
  '200 with text': error(
    body(() => 'Too busy', 'text/plain'),
    /The body is not JSON/,
  ),
  'invalid JSON': error(
    body(({ text }) => text.replace('"id"', 'id')),
    /The body is not JSON/,
  ),
  'two documents': error(
    body(({ text }) => text + text),
    /The body is not JSON/,
  ),
  'a body that is not UTF-8': error(
    body(() => Buffer.from([0x22, 0xff, 0x22])),
    /not UTF-8/,
  ),
  'text in place of rows': error(
    data(() => 'closed'),
    /`data` must lead to rows and leads to "closed"/,
  ),
  'an error in place of rows': error(
    ({ send }) => send({ error: 'quota' }),
    /The response reports an error/,
  ),
  'a body without a byte': doubt(
    body(() => ''),
    /an empty body|the API declared/,
  ),
  'no content where a page was named': doubt(
    ({ response }) => response.writeHead(204).end(),
    /an empty body/,
    BY_CURSOR,
  ),
  'an empty page before the stated end': doubt(
    data(() => []),
    /the API declared/,
    {
      kinds: ['parallel', 'offset'],
    },
  ),
  'fewer rows than stated': doubt(
    data(({ page }) => page.data.slice(2)),
    /the API declared 20 rows and gave 18/,
    {
      kinds: ['offset'],
    },
  ),
  'the page before once more': doubt(
    data(({ rows }) => rows.slice(SIZE, 2 * SIZE)),
    /came again on page/,
    COUNTED,
  ),
  'the first page once more': doubt(
    data(({ rows }) => rows.slice(0, SIZE)),
    /came again on page/,
    COUNTED,
  ),
  'rows that moved to the next page': doubt(
    data(({ rows, page }) => [...rows.slice(FAULTY * SIZE - 1, FAULTY * SIZE), ...page.data]),
    /came again on page/,
    { kinds: ['page', 'offset'] },
  ),
  'a page that is longer than requested': whole(
    data(({ rows }) => rows.slice(FAULTY * SIZE, FAULTY * SIZE + 6)),
    { kinds: ['offset'] },
  ),
  'a total that is too high': doubt(
    meta(() => ({ total: 99 })),
    /the API declared 99 rows and gave 20/,
    {
      kinds: ['offset'],
      everywhere: true,
    },
  ),
  'a total that shrinks below the rows': doubt(
    meta(({ index }) => ({ total: TOTAL - index })),
    /rows may have come twice/,
    {
      kinds: ['page'],
      everywhere: true,
    },
  ),
  'a cursor that leads to its own page': error(
    meta(({ index }) => ({ next: String(index) })),
    /points to a page that was requested before/,
    BY_CURSOR,
  ),
  'a cursor that leads to the page before': error(
    meta(({ index }) => ({ next: String(index - 1) })),
    /points to a page that was requested before/,
    BY_CURSOR,
  ),
  'a cursor that is an object': error(
    meta(() => ({ next: { page: 3 } })),
    /must be a cursor and is an object/,
    BY_CURSOR,
  ),
  'quota headers that make no sense': whole(
    ({ page, send }) =>
      send(page, 200, {
        ratelimit: '%%;q=x',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '9e99',
      }),
    { times: Infinity },
  ),
};
