import { defer, type Observable } from 'rxjs';
import type { JsonObject, Page } from '../../operators/types.js';
import { type Gate, processGate } from '../gate.js';
import type { SourceEvent } from '../source.js';
import type { Format } from './list/formats.js';
import { fromPages } from './list/from-pages.js';
import { type Client, type ClientConfig, httpClient } from './http/http-client.js';
import { type PaginatorLike, paginatorOf } from './paginators/paginator-of.js';
import type { PollConfig } from './list/poll.js';
import { readPages } from './list/read-pages.js';
import type { ResponseAction } from './http/response-actions.js';
import { joinUrl, type Query } from './http/url.js';

export interface EndpointConfig {
  /** Address of the first page; with a shared `client` it may be relative to the client's base URL. */
  url: string;
  /** @default 'GET' */
  method?: 'GET' | 'POST';
  /** Query parameters; they win over those in `url`. */
  params?: Query;
  /** JSON body; excludes `data`. */
  json?: JsonObject;
  /** Body as it is. */
  data?: string;
  headers?: Readonly<Record<string, string>>;
  /** @default 'auto': found on the first page, and told in a notice */
  paginator?: PaginatorLike;
  /** Dotted path (or paths, the first that is there) to the rows; `@` is the whole body, `[*]` on the way gathers them from every element. @default found on the first page as dlt finds it */
  dataSelector?: string | readonly string[];
  /** `map`: members of the object there are the rows. @default 'array', where an object is one row */
  rows?: 'array' | 'map' | 'array-or-map';
  /** Field that receives a map's key. @default '_key' */
  key?: string;
  /** What the API answers with. @default 'json' */
  format?: Exclude<Format, 'file'>;
  /** Answers told apart by status or content. @default none */
  responseActions?: readonly ResponseAction[];
  /** Statuses that mean "nothing here": no page, counted and told. @default none */
  skipStatus?: readonly number[];
  /** The answer is made while it is asked for. @default none */
  poll?: PollConfig;
  /** Ceiling on pages, against lists without end. @default 100,000 */
  maxPages?: number;
  /** Name in pages, errors and events. @default the last part of the address */
  resource?: string;
  /** What sends the requests: share one between endpoints of an API. @default a client of its own with `client`'s settings */
  client?: Client | Omit<ClientConfig, 'baseUrl'>;
  /** @default the process's */
  gate?: Gate;
  signal?: AbortSignal;
  observe?: (event: SourceEvent) => void;
}

/**
 * The pages of one endpoint, one after another.
 *
 * Out:    one `Page` an answer, complete and with its rows found; completes after the last one.
 * Errors: `HttpError`, `JsonError`, `SelectError` (nothing at the data selector), `PaginationError` (pages that go in circles
 *         or never end), each naming resource and page. Pages emitted before stay good.
 * State:  the page being worked on. The next request starts when the page has been taken, and the gate is open.
 *
 * Cold: nothing is asked before it is subscribed; unsubscribing ends the request under way.
 *
 * @example endpoint({ url: 'https://api.example.com/v1/orders', paginator: cursor({ cursorPath: 'next' }) }).pipe(select('data'))
 */
export function endpoint(config: EndpointConfig): Observable<Page> {
  return defer(() => {
    const client = config.client !== undefined && 'send' in config.client ? config.client : httpClient({ ...config.client, baseUrl: config.url });
    const url = joinUrl(client.baseUrl, config.url, config.params);
    const { gate = processGate(), observe = () => undefined } = config;
    const list = {
      resource: config.resource ?? url.pathname.split('/').findLast((part) => part !== '') ?? url.host,
      method: config.method ?? 'GET',
      url,
      json: config.json ?? null,
      data: config.data ?? null,
      headers: config.headers ?? {},
      dataSelector: config.dataSelector === undefined ? null : [config.dataSelector].flat(),
      mayBeMissing: false,
      rows: config.rows ?? 'array',
      key: config.key ?? null,
      format: config.format ?? 'json',
      saveAs: null,
      skipStatus: config.skipStatus ?? [],
      responseActions: config.responseActions ?? [],
      auth: undefined,
      poll: config.poll ?? null,
      repeatable: true,
      mark: '',
      paginator: paginatorOf(config.paginator ?? 'auto'),
      maxPages: config.maxPages ?? 100_000,
      incremental: null,
      last: null,
      parent: null,
      depth: 0,
      stamp: null,
    };
    return fromPages((signal) => readPages(list, { client, gate, signal, observe }), config.signal);
  });
}
