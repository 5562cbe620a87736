import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** A page that is about to be served. */
export interface FaultyPage {
  response: ServerResponse;
  body: string;
  headers: Record<string, string>;
  /** Path and query as they were sent. */
  url: string;
  /** Address of a server of another host that has the same list. */
  other: string;
  /** Makes credentials expire. */
  expire: () => void;
}

/** What goes wrong on a page. */
export interface Fault {
  name: string;
  /** How often, before the page is served as it should be. */
  times: number;
  play: (page: FaultyPage) => void;
  /** What the run ends with; null: it goes on, and nothing is lost. */
  error: { code: string; message: RegExp } | null;
  /** What is told of it. */
  told?: RegExp;
  /** It needs credentials that can be got anew. */
  needsRenewal?: boolean;
  /** It is for requests with a body, or for those without. */
  hasBody?: boolean;
}

const HTTP = 'ERR_SLUICE_HTTP';
const refuse =
  (status: number, headers: Record<string, string> = {}, text = '{"error":"no"}') =>
  ({ response }: FaultyPage): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
const mended = (name: string, play: Fault['play'], told?: RegExp, times = 1): Fault => ({
  name,
  times,
  play,
  error: null,
  ...(told && { told }),
});
const fatal = (name: string, play: Fault['play'], message: RegExp, code = HTTP): Fault => ({
  name,
  times: Number.POSITIVE_INFINITY,
  play,
  error: { code, message },
});

/** The first half of a body, under headers that promise all of it. */
function half(
  { response, headers }: FaultyPage,
  body: Uint8Array,
  promised: Record<string, string>,
  then: () => void,
): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers, ...promised });
  response.write(body.subarray(0, Math.ceil(body.length / 2)), then);
}

function elsewhere({ response, url, other }: FaultyPage): void {
  response.writeHead(307, { location: `${other}${url}` }).end();
}

export const noFault: Fault = { name: 'nothing', times: 0, play: () => undefined, error: null };

export const faults: readonly Fault[] = [
  noFault,
  mended('429 with seconds', refuse(429, { 'retry-after': '0.02' })),
  mended('429 with a date', ({ response }) => {
    const now = Date.now();
    response
      .writeHead(429, {
        date: new Date(now).toUTCString(),
        'retry-after': new Date(now).toUTCString(),
      })
      .end('slower');
  }),
  mended('429 without a time, twice', refuse(429), undefined, 2),
  fatal(
    '429 for a day',
    refuse(429, { 'retry-after': '86400' }),
    /returned status 429\. .*demands a wait of 86400 s \(Retry-After\), longer than `retry\.maxRetryAfterMs` allows/s,
  ),
  mended('500 once', refuse(500), /trying again after status 500/),
  fatal(
    '503 for ever',
    refuse(503, { 'retry-after': '0' }, 'down for maintenance'),
    /returned status 503 \(3 attempts\)\. The server has a fault\. Repeating the request did not help\. The response says: down for maintenance/,
  ),
  fatal(
    'a web page',
    ({ response }) =>
      void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Sign in</title>'),
    /returned status 200\. The response is a web page, not the API's/,
  ),
  mended(
    'a body cut before its length',
    (page) => {
      const body = Buffer.from(page.body);
      half(page, body, { 'content-length': String(Math.max(body.length, 2)) }, () =>
        page.response.destroy(),
      );
    },
    /trying again after: /,
  ),
  mended(
    'a chunked body that is cut',
    (page) => half(page, Buffer.from(`${page.body}  `), {}, () => page.response.destroy()),
    /trying again after: /,
  ),
  mended(
    'a compressed body that is cut',
    (page) => {
      const body = gzipSync(page.body);
      page.response
        .writeHead(200, {
          'content-type': 'application/json',
          ...page.headers,
          'content-encoding': 'gzip',
          'content-length': String(body.length - 9),
        })
        .end(body.subarray(0, -9));
    },
    /trying again after: /,
  ),
  mended(
    'silence amid the body',
    (page) => half(page, Buffer.from(`${page.body}  `), {}, () => undefined),
    /trying again after: no byte came for 0\.5 s/,
  ),
  mended('silence before it', () => undefined, /trying again after: no byte came for 0\.5 s/),
  mended(
    'a reset connection',
    ({ response }) => void response.socket?.resetAndDestroy(),
    /trying again after: /,
  ),
  fatal(
    'a body that is no JSON',
    ({ response }) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('Too busy, sorry'),
    /^Resource orders, page 2: The body is not JSON: .* at byte \d, after: "T"/,
    'ERR_SLUICE_JSON',
  ),
  mended(
    'a redirect',
    ({ response, url }) => void response.writeHead(307, { location: `/moved${url}` }).end(),
  ),
  { ...mended('a redirect to another host', elsewhere), hasBody: false },
  {
    ...fatal(
      'a redirect of a body to another host',
      elsewhere,
      /leads to http:\/\/localhost:\d+, which is not sent the request's body/,
    ),
    hasBody: true,
  },
  fatal(
    'a redirect in circles',
    ({ response, url }) => void response.writeHead(307, { location: url }).end(),
    /failed: it is redirected more than 10 times/,
  ),
  fatal(
    '404',
    refuse(404),
    /returned status 404\. There is nothing at this address: check the base URL \(region, version\) and the path\./,
  ),
  fatal(
    '403',
    refuse(403),
    /returned status 403\. The credentials are known but not allowed to do this/,
  ),
  {
    ...mended('expired credentials', (page) => {
      page.expire();
      refuse(401)(page);
    }),
    needsRenewal: true,
  },
];
