import { defer, finalize, from, type Observable } from 'rxjs';
import { locate, type Located } from '../../operators/columns/locate.js';
import { parseJson, printJson } from '../../operators/columns/parse-json.js';
import { isSluiceError, JsonError, SelectError } from '../../operators/errors.js';
import type { Json, JsonObject, Page } from '../../operators/types.js';
import { ConfigError, PaginationError } from '../errors.js';
import { type Gate, processGate } from '../gate.js';
import type { SourceEvent } from '../source.js';
import { detectSelector } from './data-selector.js';
import { type Answer, type Client, type ClientConfig, httpClient } from './http-client.js';
import type { Paginator, RequestChange } from './paginators/paginator.js';
import { single } from './paginators/single.js';
import { joinUrl, type Query } from './url.js';

export interface EndpointConfig {
  /** Address of the first page. */
  url: string;
  /** @default 'GET' */
  method?: 'GET' | 'POST';
  /** Query parameters; they win over those in `url`. */
  params?: Query;
  /** JSON body. */
  json?: JsonObject;
  headers?: Readonly<Record<string, string>>;
  /** @default single(): one page */
  paginator?: Paginator;
  /** Dotted path (or paths, the first that is there) to the rows; `@` is the whole body. @default found on the first page as dlt finds it */
  dataSelector?: string | readonly string[];
  /** `map`: members of the object there are the rows. @default 'array', where an object is one row */
  rows?: 'array' | 'map' | 'array-or-map';
  /** Field that receives a map's key. @default '_key' */
  key?: string;
  /** Statuses that mean "nothing here": no page, counted and told. @default none */
  skipStatus?: readonly number[];
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

/** Where one reading of an endpoint begins and what its pages carry. */
export interface ReadOptions {
  client: Client;
  gate: Gate;
  signal: AbortSignal;
  observe: (event: SourceEvent) => void;
  parent: string | null;
  stamp: Page['stamp'];
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
    const own = config.client !== undefined && 'send' in config.client ? config.client : httpClient({ ...config.client, baseUrl: config.url });
    return fromPages((signal) =>
      readPages(config, { client: own, gate: config.gate ?? processGate(), signal, observe: config.observe ?? (() => undefined), parent: null, stamp: null }), config.signal);
  });
}

/** An async generator as a cold observable that ends what the generator waits for when it is unsubscribed. */
export function fromPages<T>(pages: (signal: AbortSignal) => AsyncGenerator<T>, signal?: AbortSignal): Observable<T> {
  return defer(() => {
    const ended = new AbortController();
    const both = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
    return from(pages(both)).pipe(finalize(() => ended.abort()));
  });
}

/** The pages of one reading. While a page is worked on downstream, the next one is already asked for. */
export async function* readPages(config: EndpointConfig, options: ReadOptions): AsyncGenerator<Page> {
  const { observe, parent, stamp } = options;
  const { paginator = single(), maxPages = 100_000, skipStatus = [] } = config;
  const resource = config.resource ?? new URL(config.url).pathname.split('/').filter(Boolean).at(-1) ?? config.url;
  const ask = requests({ ...config, resource, paginator, skipStatus }, options);
  const guard = new Guard(paginator, resource, maxPages);
  let largest = 0;
  let index = 0;
  let asked = paginator.first;
  let ahead: ReturnType<typeof ask> | null = ask(asked, 0);
  for (; ahead !== null; index += 1) {
    const { answer, found } = await ahead;
    if (found === null) {
      observe({ kind: 'skip', resource, parent, status: answer.status });
      return;
    }
    const { span, values } = found;
    largest = Math.max(largest, span.count);
    if (guard.repeats(answer.body, span.count)) {
      observe({ kind: 'notice', resource, message: `page ${index + 1} is the same as the one before: the API ignores paging here, so this is the end of the list` });
      break;
    }
    const next = paginator.next({ index, rows: span.count, largest, values, header: (name) => answer.headers.get(name), asked });
    const circle = guard.circle(next, index);
    ahead = next === null || circle !== null ? null : ask(next, index + 1);
    // Whoever stops reading here never looks at the request ahead.
    ahead?.catch(() => undefined);
    observe({ kind: 'page', resource, parent, index, rows: span.count, bytes: answer.body.length });
    yield { resource, parent, index, body: answer.body, rows: span, next: next as Json, stamp };
    if (circle !== null) throw circle;
    asked = next ?? asked;
  }
  observe({ kind: 'done', resource, parent, pages: index });
}

interface Asked {
  answer: Answer;
  /** Null for an answer that is passed over. */
  found: Located | null;
}

/** Sends the requests of one reading; each answer is complete JSON with its rows found. */
function requests(
  config: EndpointConfig & { resource: string; paginator: Paginator; skipStatus: readonly number[] },
  { client, gate, signal, observe, parent }: ReadOptions,
): (change: RequestChange, index: number) => Promise<Asked> {
  const { resource, paginator, skipStatus, method = 'GET', json, rows, key } = config;
  let selectors = config.dataSelector === undefined ? null : [config.dataSelector].flat();
  let first = joinUrl(config.url, config.url, config.params);
  return async (change, index) => {
    await gate.opened(signal);
    let found: Located | null = null;
    const check = (body: Uint8Array): void => {
      selectors ??= [detectSelector(parseJson(body))];
      found = locate(body, { selectors, paths: paginator.paths, ...(rows && { rows }), ...(key !== undefined && { key }) });
    };
    const url = change.url === undefined ? joinUrl(first.href, first.href, change.params) : new URL(change.url, first);
    const headers = { ...config.headers, ...(json !== undefined && { 'content-type': 'application/json' }) };
    const body = json === undefined ? {} : { body: printJson(json) };
    const answer = await located(resource, index, parent, client, () =>
      client.send({ method, url, headers, ...body }, { resource, signal, observe, check, accept: skipStatus }),
    );
    // Links may be relative to the page that has them.
    if (change.url !== undefined) first = answer.url;
    return { answer, found };
  };
}

/** Watches a list for circles. */
class Guard {
  readonly #seen = new Set<string>();
  readonly #paginator: Paginator;
  readonly #resource: string;
  readonly #maxPages: number;
  #last: Uint8Array | undefined;

  constructor(paginator: Paginator, resource: string, maxPages: number) {
    this.#paginator = paginator;
    this.#resource = resource;
    this.#maxPages = maxPages;
  }

  /** True when a page with rows is the one before again and that means the end; PaginationError when it means a fault. */
  repeats(body: Uint8Array, rows: number): boolean {
    const same = rows > 0 && this.#last !== undefined && Buffer.compare(this.#last, body) === 0;
    this.#last = body;
    if (!same) return false;
    if (this.#paginator.endsOnRepeat === true) return true;
    throw new PaginationError(`Resource ${this.#resource}: the same page came twice in a row. Check the paginator's parameter names: the API seems to ignore them.`);
  }

  /** The fault in going on with `next`; null where there is none. What was read before is kept. */
  circle(next: RequestChange | null, index: number): PaginationError | null {
    if (next === null) return null;
    const key = printJson(next);
    if (this.#seen.has(key))
      return new PaginationError(`Resource ${this.#resource}, page ${index + 1}: the API points to a page that was asked for before (${key.slice(0, 200)}). Reading on would go in circles; what was read is kept.`);
    this.#seen.add(key);
    if (index + 1 < this.#maxPages) return null;
    return new PaginationError(`Resource ${this.#resource} has more than ${this.#maxPages.toLocaleString('en-US')} pages. Raise maxPages if that is right.`);
  }
}

/** Puts resource and page in front of errors of the body; those of HTTP name the address themselves. */
async function located<T>(resource: string, index: number, parent: string | null, client: Client, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const where = `Resource ${resource}, page ${index + 1}${parent === null ? '' : ` of ${parent.slice(0, 200)}`}`;
    const message = `${where}: ${client.redact(error.message)}`;
    if (error instanceof SelectError) throw new SelectError(message, { cause: error });
    if (error instanceof JsonError) throw new JsonError(message, error.offset, error.incomplete, { cause: error });
    if (error instanceof ConfigError) throw error;
    error.message = message;
    throw error;
  }
}
