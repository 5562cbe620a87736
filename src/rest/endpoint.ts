import { concat, defer, EMPTY, finalize, type Observable } from 'rxjs';
import { printJson } from '../../operators/json/print-json.js';
import type { Page } from '../../operators/types.js';
import { processGate } from '../run/gate.js';
import { cappedParallel } from './config/capped-parallel.js';
import { checkedEndpoint, type EndpointConfig } from './config/endpoint-config.js';
import { httpClient } from './http/http-client.js';
import { joinUrl } from './http/url.js';
import { fromPages } from './pages/from-pages.js';
import { listRequest } from './pages/list-request.js';
import { pathWatch } from './pages/path-watch.js';
import { readPages } from './pages/read-pages.js';
import { rowPlaces } from './pages/rows/row-places.js';
import { paginatorOf } from './paginators/paginator-of.js';
import { secretsOf } from './secrets/redact.js';

export type { EndpointConfig };

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
  const config = checkedEndpoint(options);
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
      compat: 'sluice' as const,
      fingerprint: '',
      paginator: paginatorOf(config.paginator ?? 'auto'),
      incremental: null,
      paging: undefined,
      isMerged: false,
      windowed: false,
      cursor: null,
      parent: null,
      depth: 0,
      stamp: null,
    };
    const { resource } = list;
    const report = (message: string): void => observe({ kind: 'notice', resource, message });
    const places = rowPlaces(resource, url.pathname, list.limits, report);
    const watch = pathWatch(report);
    const capped = cappedParallel(config, client);
    if (capped !== null) report(capped);
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
