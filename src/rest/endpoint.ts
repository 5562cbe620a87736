import { defer, finalize, from, type Observable } from 'rxjs';
import { locate, type Located } from '../../operators/columns/locate.js';
import { parseJson, printJson } from '../../operators/columns/parse-json.js';
import { isSluiceError, JsonError, SelectError } from '../../operators/errors.js';
import type { Json, JsonObject, Page } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import { type Gate, processGate } from '../gate.js';
import type { SourceEvent } from '../source.js';
import { Course, type Step } from './course.js';
import { detectSelector } from './data-selector.js';
import { type Answer, type Client, type ClientConfig, httpClient } from './http-client.js';
import { linkedSignal } from './linked-signal.js';
import { changedBody } from './paginators/changed-body.js';
import type { PageFacts, Paginator, RequestChange } from './paginators/paginator.js';
import { single } from './paginators/single.js';
import { joinUrl, type Query } from './url.js';

export interface EndpointConfig {
  /** Address of the first page; with a shared `client` it may be relative to the client's base URL. */
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
    const url = joinUrl(own.baseUrl, config.url).href;
    return fromPages((signal) =>
      readPages({ ...config, url }, { client: own, gate: config.gate ?? processGate(), signal, observe: config.observe ?? (() => undefined), parent: null, stamp: null }), config.signal);
  });
}

/** An async generator as a cold observable that ends what the generator waits for when it is unsubscribed. */
export function fromPages<T>(pages: (signal: AbortSignal) => AsyncGenerator<T>, signal?: AbortSignal): Observable<T> {
  return defer(() => {
    const linked = linkedSignal(signal);
    return from(pages(linked.signal)).pipe(finalize(() => linked.stop()));
  });
}

/** The pages of one reading. While a page is worked on downstream, the next one is already asked for. */
export async function* readPages(config: EndpointConfig, options: ReadOptions): AsyncGenerator<Page> {
  const { client, observe, parent, stamp } = options;
  const { paginator = single(), maxPages = 100_000, skipStatus = [] } = config;
  const resource = config.resource ?? new URL(config.url).pathname.split('/').filter(Boolean).at(-1) ?? config.url;
  const ask = requests({ ...config, resource, paginator, skipStatus }, options);
  const list = new Course(paginator, joinUrl(config.url, config.url, config.params), { where: place(resource, parent), maxPages });
  let asked = list.first.change;
  let ahead = ask(list.first, 0);
  for (let index = 0; ; index += 1) {
    const { answer, found } = await ahead;
    if (found === null) {
      observe({ kind: 'skip', resource, parent, status: answer.status });
      return;
    }
    const { span, values } = found;
    const facts: PageFacts = { index, rows: span.count, values, header: (name) => answer.headers.get(name), asked, url: answer.url, body: () => parseJson(answer.body) };
    const repeats = list.repeats(answer.body, span, facts);
    if (repeats === 'end') {
      observe({ kind: 'notice', resource, message: `page ${index + 1} has the rows of the one before: the API ignores paging here, so this is the end of the list` });
      observe({ kind: 'done', resource, parent, pages: index });
      return;
    }
    if (repeats === 'skip') {
      index -= 1;
      facts.index = index;
    }
    const step = list.after(facts);
    if (step !== null && 'url' in step) {
      ahead = ask(step, index + 1);
      // Whoever stops reading here never looks at the request ahead.
      ahead.catch(() => undefined);
    }
    if (repeats === null) {
      observe({ kind: 'page', resource, parent, index, rows: span.count, bytes: answer.body.length });
      yield { resource, parent, index, body: answer.body, rows: span, next: step === null ? null : position(step.change, client), stamp };
    }
    if (step === null) {
      observe({ kind: 'done', resource, parent, pages: index + 1 });
      return;
    }
    if ('fault' in step) throw step.fault;
    asked = step.change;
  }
}

/** A change as the position that is kept with the rows: some APIs repeat the key they were asked with in their links. */
function position(change: RequestChange, client: Client): Json {
  return parseJson(client.redact(printJson(change)));
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
): (step: Step, index: number) => Promise<Asked> {
  const { resource, paginator, skipStatus, method = 'GET', json, rows, key } = config;
  let selectors = config.dataSelector === undefined ? null : [config.dataSelector].flat();
  return async ({ url, change }, index) => {
    const body = changedBody(json ?? null, change);
    const headers = { ...config.headers, ...(body !== null && { 'content-type': 'application/json' }) };
    await gate.opened(signal);
    let found: Located | null = null;
    const check = (bytes: Uint8Array): void => {
      selectors ??= [selectorOf(bytes)];
      found = locate(bytes, { selectors, paths: paginator.paths, ...(rows && { rows }), ...(key !== undefined && { key }) });
    };
    const answer = await located(place(resource, parent), index, client, () =>
      client.send({ method, url, headers, ...(body !== null && { body: printJson(body) }) }, { resource, signal, observe, check, accept: skipStatus }),
    );
    return { answer, found };
  };
}

/** The detected selector of a body that is proven to be whole: one that was cut may lack the very list. */
function selectorOf(body: Uint8Array): string {
  locate(body, { selectors: ['@'] });
  try {
    return detectSelector(parseJson(body));
  } catch {
    // Broken inside its rows: walking them says where.
    return '@';
  }
}

function place(resource: string, parent: string | null): string {
  return `Resource ${resource}${parent === null ? '' : ` of parent ${parent.slice(0, 200)}`}`;
}

/** Puts resource and page in front of errors of the body; those of HTTP name the address themselves. */
async function located<T>(where: string, index: number, client: Client, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const message = `${where}, page ${index + 1}: ${client.redact(error.message)}`;
    if (error instanceof SelectError) throw new SelectError(message, { cause: error });
    if (error instanceof JsonError) throw new JsonError(message, error.offset, error.incomplete, { cause: error });
    if (error instanceof ConfigError) throw error;
    error.message = message;
    throw error;
  }
}
