import { concat, defer, EMPTY, finalize, type Observable } from 'rxjs';
import type { Limits } from '../../operators/columns/limits.js';
import { printJson } from '../../operators/json/print-json.js';
import type { Json, Page } from '../../operators/types.js';
import { type Gate, processGate } from '../run/gate.js';
import type { SourceEvent } from '../run/source.js';
import type { RestEndpoint } from './config/rest-config.js';
import { endpointFields } from './config/rest-shape.js';
import { type ClientConfig, clientFields } from './http/client-config.js';
import { type Client, httpClient } from './http/http-client.js';
import { joinUrl } from './http/url.js';
import type { Format } from './pages/formats.js';
import { fromPages } from './pages/from-pages.js';
import { listRequest } from './pages/list-request.js';
import { pathWatch } from './pages/path-watch.js';
import { readPages } from './pages/read-pages.js';
import { rowPlaces } from './pages/row-places.js';
import { paginatorOf } from './paginators/paginator-of.js';
import { secretsOf } from './secrets/redact.js';
import { checkedOptions } from './shape/checked-options.js';
import {
  anything,
  either,
  type Fields,
  fn,
  made,
  name,
  record,
  required,
  text,
  whole,
  words,
} from './shape/shape.js';

/**
 * What an endpoint of `restSource` has too; here without placeholders, and nothing is kept for
 * later runs.
 */
const SHARED = [
  'method',
  'params',
  'json',
  'headers',
  'paginator',
  'dataSelector',
  'rows',
  'key',
  'responseActions',
  'skipStatus',
  'endStatus',
  'poll',
  'repeatable',
  'maxPages',
] as const;

type Shared = (typeof SHARED)[number];

/** One list of an API, read by itself. */
export interface EndpointConfig extends Pick<RestEndpoint, Shared> {
  /**
   * Address of the first page; with a shared `client` it may be relative to the client's base URL.
   * Parameters in it give way to `params`.
   */
  url: string;
  /** Body as it is; excludes `json`. */
  data?: string;
  /** Format of the responses. @default 'json' */
  format?: Exclude<Format, 'file'>;
  /** Name in pages, errors and events. @default the last part of the address */
  resource?: string;
  /**
   * What sends the requests: share one between endpoints of an API. @default a client of its own
   * with `client`'s settings
   */
  client?: Client | Omit<ClientConfig, 'baseUrl'>;
  /** Levels and bytes that a body may have. @default 1,000 levels, 1 GiB */
  limits?: Partial<Pick<Limits, 'depth' | 'bytes'>>;
  /**
   * The position behind a page (`Page.next`, or `next` of a load's positions): the list is read on
   * from there. The pages up to that one and those that follow are the same as those of one read
   * without a break: rows, numbers, end and verdict. Everything else of the endpoint has to be as
   * it was; only the values of secrets may have changed. A ConfigError says why a position cannot
   * be used. @default the beginning of the list
   */
  from?: Json;
  /** Holds requests back while the loader is behind. @default the process's */
  gate?: Gate;
  /** Ends the reading; the stream ends with an AbortError. */
  signal?: AbortSignal;
  /** Is called with every event of the list, in order. */
  observe?: (event: SourceEvent) => void;
}

const { baseUrl: _, ...ownClient } = clientFields;

const shape = record<EndpointConfig>('an endpoint', {
  ...(Object.fromEntries(SHARED.map((key) => [key, endpointFields[key]])) as Fields<
    Pick<RestEndpoint, Shared>
  >),
  url: required(name),
  data: text,
  format: words('json', 'ndjson', 'text'),
  resource: name,
  client: either(
    made<Client>('a client', 'send'),
    record<Omit<ClientConfig, 'baseUrl'>>('client', ownClient),
  ),
  limits: record<NonNullable<EndpointConfig['limits']>>('limits', {
    depth: whole(1),
    bytes: whole(1),
  }),
  // Its own reader says what is wrong with it.
  from: anything,
  gate: made<Gate>('a gate', 'add'),
  signal: made<AbortSignal>('a signal', 'addEventListener'),
  observe: fn,
});

/**
 * Requests the pages of one endpoint, one after another.
 *
 * - Out: one `Page` per response, whole and with its rows found. Completes after the last page.
 * - Errors: `HttpError`, `JsonError`, `SelectError` (nothing at the data selector),
 *   `PaginationError` (pages that go in circles or never end), each naming resource and page. Pages
 *   emitted before are good.
 * - State: the page in work; connections close when the list ends. The next request starts when the
 *   page has been taken downstream and the gate is open.
 *
 * Cold: sends nothing before it is subscribed; unsubscribing aborts the running request.
 *
 * @example
 * endpoint({
 *   url: 'https://api.example.com/v1/orders',
 *   paginator: cursor({ cursorPath: 'next' }),
 * }).pipe(select('data'))
 */
export function endpoint(options: EndpointConfig): Observable<Page> {
  const config = checkedOptions('endpoint()', options, shape);
  return defer(() => {
    const client =
      config.client !== undefined && 'send' in config.client
        ? config.client
        : httpClient({ ...config.client, baseUrl: config.url });
    const url = joinUrl(client.baseUrl, config.url, config.params);
    const { gate = processGate(), observe = () => undefined } = config;
    const list = {
      resource:
        config.resource ?? url.pathname.split('/').findLast((part) => part !== '') ?? url.host,
      url,
      json: config.json ?? null,
      data: config.data ?? null,
      headers: config.headers ?? {},
      saveAs: null,
      secrets: secretsOf({
        url,
        ...(config.headers && { headers: config.headers }),
        body: config.data ?? (config.json && printJson(config.json)),
      }),
      ...listRequest(config),
      limits: config.limits ?? {},
      fingerprint: '',
      paginator: paginatorOf(config.paginator ?? 'auto'),
      incremental: null,
      paging: undefined,
      windowed: false,
      last: null,
      parent: null,
      depth: 0,
      stamp: null,
    };
    const { resource } = list;
    const report = (message: string): void => observe({ kind: 'notice', resource, message });
    const places = rowPlaces(resource, url.pathname, list.limits, report);
    const watch = pathWatch(report);
    const end = defer(() => {
      watch.report();
      return EMPTY;
    });
    const done = client.keepOpen();
    const pages = fromPages(
      (signal) =>
        readPages(list, { from: options.from, client, gate, signal, observe, places, watch }),
      config.signal,
    );
    return concat(pages, end).pipe(finalize(done));
  });
}
