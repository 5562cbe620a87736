import { httpClient } from '#src/rest/http/http-client.js';
import type { IncrementalConfig } from '#src/rest/pages/incremental.js';
import { listRequest } from '#src/rest/pages/list-request.js';
import type { List } from '#src/rest/pages/list.js';
import { pathWatch } from '#src/rest/pages/path-watch.js';
import { readPages } from '#src/rest/pages/read-pages.js';
import { rowPlaces } from '#src/rest/pages/rows/row-places.js';
import { paginatorOf } from '#src/rest/paginators/paginator-of.js';
import { secretsOf } from '#src/rest/secrets/redact.js';
import { listFinding } from '#src/run/list-finding.js';
import {
  type ClientConfig,
  type EndpointConfig,
  Gate,
  type Json,
  type ListEnd,
  type SourceEvent,
} from 'sluice';

/** A list as a test describes it. */
export interface Described extends Omit<EndpointConfig, 'client' | 'from'> {
  incremental?: IncrementalConfig;
  client?: Partial<ClientConfig>;
  windowed?: boolean;
}

/** What one read of a list gave. */
export interface ListRead {
  pages: { index: number; rows: string; next: Json; state: Json }[];
  end: ListEnd | undefined;
  verdict: string;
  notices: string[];
  error: unknown;
  /** Most requests at once. */
  mostInFlight: number;
}

/** Reads a list, from its beginning or on from a position. */
export async function readList(
  { incremental, client: about, windowed = false, ...described }: Described,
  from?: Json,
): Promise<ListRead> {
  const url = new URL(described.url);
  const events: SourceEvent[] = [];
  const notices: string[] = [];
  const report = (message: string): void => void notices.push(message);
  const plain = httpClient({ baseUrl: url.origin, retry: { attempts: 1 }, ...about });
  let [inFlight, mostInFlight] = [0, 0];
  const client: typeof plain = {
    ...plain,
    send: (spec, options) => {
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      return plain.send(spec, options).finally(() => (inFlight -= 1));
    },
  };
  const list: List = {
    resource: 'orders',
    url,
    json: described.json ?? null,
    data: described.data ?? null,
    headers: described.headers ?? {},
    saveAs: null,
    secrets: secretsOf({ url, headers: described.headers ?? {} }),
    ...listRequest(described),
    limits: {},
    compat: 'sluice',
    fingerprint: 'fingerprint',
    paginator: paginatorOf(described.paginator ?? 'auto'),
    isMerged: false,
    incremental: incremental ?? null,
    paging: undefined,
    windowed,
    cursor: null,
    parent: null,
    depth: 0,
    stamp: null,
  };
  const watch = pathWatch(report);
  const pages: ListRead['pages'] = [];
  let error: unknown = null;
  const done = client.keepOpen();
  try {
    const read = readPages(list, {
      from,
      client,
      gate: new Gate(),
      signal: new AbortController().signal,
      observe: (event) => {
        events.push(event);
        if (event.kind === 'notice') report(event.message);
      },
      places: rowPlaces('orders', url.pathname, {}, report),
      watch,
    });
    for await (const { index, body, rows, next, state } of read)
      pages.push({
        index,
        rows: new TextDecoder().decode(body.subarray(rows.start, rows.end)),
        next,
        state,
      });
    watch.report();
  } catch (thrown) {
    error = thrown;
  } finally {
    done();
  }
  const end = events.find((event) => event.kind === 'done');
  const finding = end === undefined ? null : listFinding(end);
  return {
    pages,
    end,
    verdict: end === undefined ? 'none' : (finding?.verdict ?? 'complete'),
    notices,
    error,
    mostInFlight,
  };
}
