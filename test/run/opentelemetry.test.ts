import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  context,
  diag,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  apiKey,
  customAuth,
  duckdb,
  oauth2ClientCredentials,
  pipeline,
  restSource,
  type Source,
} from 'sluice';
import { openTelemetry, type OpenTelemetryConfig } from 'sluice/opentelemetry';
import { deferred } from '../support/deferred.js';
import { serve } from '../support/local-server.js';

function spansOf(config: OpenTelemetryConfig = {}): {
  spans: () => ReadableSpan[];
  stop: () => void;
} {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const stop = openTelemetry({ tracerProvider, ...config });
  onTestFinished(stop);
  return { spans: () => exporter.getFinishedSpans(), stop };
}

/** A line for each span: its name, indented below its parent, in the order of their starts. */
function tree(spans: readonly ReadableSpan[], above?: string): string[] {
  return spans
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === above)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
    .flatMap((span) => [
      span.name,
      ...tree(spans, span.spanContext().spanId).map((line) => `  ${line}`),
    ]);
}

async function load(source: Source): Promise<unknown> {
  await using loading = pipeline({ name: 'shop', destination: duckdb(':memory:') });
  return await loading.run(source).catch((error: unknown) => error);
}

/** Without an SDK no context is active; this is what a program sets. */
function setContextManager(): void {
  const active = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => active.getStore() ?? ROOT_CONTEXT,
    with: (wanted, work, self, ...given) => active.run(wanted, () => work.apply(self, given)),
    bind: (_wanted, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  onTestFinished(() => context.disable());
}

/** The global one does nothing without an SDK; this is what a program sets. */
function setPropagator(): void {
  propagation.setGlobalPropagator({
    inject(of, carrier, setter) {
      const { traceId = '', spanId = '' } = trace.getSpanContext(of) ?? {};
      setter.set(carrier, 'traceparent', `00-${traceId}-${spanId}-01`);
    },
    extract: (of) => of,
    fields: () => ['traceparent'],
  });
  onTestFinished(() => propagation.disable());
}

/** What is sent as the id of a span. */
function idOf(span: ReadableSpan): string {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-01`;
}

const quick = { attempts: 2, baseMs: 1 };

describe('the spans of a run', () => {
  it('are the run, its resources, their pages with each request, and commits', async () => {
    const { spans } = spansOf();
    const server = await serve(({ path, query }, count) => {
      if (path === '/token') return { json: { access_token: 'token-12345678', expires_in: 60 } };
      if (count === 3) return { status: 503 };
      return { json: { data: [{ id: count }], next: query.has('p') ? null : '/orders?p=2' } };
    });
    await load(
      restSource({
        client: {
          baseUrl: server.url,
          retry: quick,
          auth: oauth2ClientCredentials({
            accessTokenUrl: `${server.url}/token`,
            clientId: 'me',
            clientSecret: 'secret-12345678',
          }),
        },
        resources: [{ name: 'orders', endpoint: { dataSelector: 'data', paginator: 'jsonLink' } }],
      }),
    );
    expect(tree(spans()).filter((line) => !/^ *commit/.test(line))).toEqual([
      'run shop',
      '  resource orders',
      '    page orders',
      '      POST',
      '      GET',
      '    page orders',
      '      GET',
      '      GET',
      '  complete',
    ]);
    const [refused, repeated] = spans().filter(
      ({ name, attributes }) => name === 'GET' && String(attributes['url.full']).includes('p=2'),
    );
    expect(refused?.kind).toBe(SpanKind.CLIENT);
    expect(refused?.status.code).toBe(SpanStatusCode.ERROR);
    expect(refused?.attributes).toEqual({
      'http.request.method': 'GET',
      'url.full': `${server.url}/orders?p=2`,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(server.url).port),
      'http.response.status_code': 503,
      'error.type': '503',
      'sluice.resource.name': 'orders',
    });
    expect(repeated?.status.code).toBe(SpanStatusCode.UNSET);
    expect(repeated?.attributes).toMatchObject({
      'http.request.resend_count': 1,
      'http.response.status_code': 200,
    });
    const run = spans().find(({ name }) => name === 'run shop');
    expect(run?.attributes).toMatchObject({
      'sluice.pipeline.name': 'shop',
      'sluice.run.outcome': 'complete',
      'sluice.committed.rows': 2,
      'sluice.next_run': 'new-load',
    });
    expect(server.requests.some(({ headers }) => 'traceparent' in headers)).toBe(false);
  });

  it('have the errors of requests without a response, of their page, resource and run, without secrets', async () => {
    const { spans } = spansOf();
    const error = await load(
      restSource({
        client: {
          baseUrl: 'http://127.0.0.1:9',
          retry: quick,
          auth: apiKey({ name: 'api_key', key: 'secret-12345678', location: 'query' }),
        },
        resources: [{ name: 'orders', endpoint: { params: { api_key: 'secret-12345678' } } }],
      }),
    );
    const failed = spans().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(failed.map(({ name }) => name).sort()).toEqual([
      'GET',
      'GET',
      'page orders',
      'resource orders',
      'run shop',
    ]);
    const of = (name: string): ReadableSpan | undefined =>
      failed.find((span) => span.name === name);
    expect(of('GET')?.attributes).toMatchObject({
      'url.full': 'http://127.0.0.1:9/orders?api_key=***',
      'error.type': 'ECONNREFUSED',
    });
    expect(of('GET')?.attributes).not.toHaveProperty('http.response.status_code');
    expect(of('run shop')?.status.message).toBe((error as Error).message);
    expect(of('run shop')?.attributes).toMatchObject({ 'error.type': 'ERR_SLUICE_HTTP' });
    expect(
      JSON.stringify(spans().map(({ attributes, status }) => [attributes, status])),
    ).not.toContain('secret-12345678');
  });

  it('have ids that are sent to hosts that get credentials alone, where that is wanted', async () => {
    const other = await serve(() => ({ json: [{ id: 1 }] }));
    const server = await serve(({ path }) =>
      path === '/moved' ? { status: 302, headers: { location: other.url } } : { json: [{ id: 1 }] },
    );
    setPropagator();
    const { spans, stop } = spansOf({ propagate: true });
    const source = restSource({ client: { baseUrl: server.url }, resources: ['orders', 'moved'] });
    await load(source);
    const ids = spans()
      .filter(({ name }) => name === 'GET')
      .map((span) => idOf(span));
    const sent = server.requests.map(({ headers }) => headers['traceparent']);
    // That of the request which the redirect led to is sent to nobody.
    expect(new Set(sent)).toEqual(new Set(ids.filter((id) => sent.includes(id))));
    expect(ids).toHaveLength(sent.length + 1);
    expect(other.requests.map(({ headers }) => headers['traceparent'])).toEqual([undefined]);
    stop();
    const count = spans().length;
    await load(source);
    expect(spans()).toHaveLength(count);
  });

  it('are one for each redirect that is followed, with an id of its own', async () => {
    setPropagator();
    const { spans } = spansOf({ propagate: true });
    const server = await serve(({ path, headers }) => {
      if (path === '/orders')
        return { status: 301, headers: { location: '/moved?api_key=secret-12345678' } };
      if (path === '/moved') return { status: 307, headers: { location: '/list' } };
      return { json: [{ id: headers['traceparent'] }] };
    });
    await load(
      restSource({
        client: { baseUrl: server.url, retry: quick },
        resources: [{ name: 'orders', endpoint: { paginator: 'single' } }],
      }),
    );
    const requests = spans().filter(({ name }) => name === 'GET');
    const page = spans().find(({ name }) => name === 'page orders');
    expect(
      requests.map(({ attributes, status, parentSpanContext }) => [
        String(attributes['url.full']).slice(server.url.length),
        attributes['http.response.status_code'],
        attributes['http.request.resend_count'],
        status.code,
        parentSpanContext?.spanId === page?.spanContext().spanId,
      ]),
    ).toEqual([
      ['/orders', 301, undefined, SpanStatusCode.UNSET, true],
      ['/moved?api_key=***', 307, 1, SpanStatusCode.UNSET, true],
      ['/list', 200, 2, SpanStatusCode.UNSET, true],
    ]);
    expect(server.requests.map(({ headers }) => headers['traceparent'])).toEqual(
      requests.map((span) => idOf(span)),
    );
  });

  it('are active where functions of the user and their requests run', async () => {
    setContextManager();
    const { spans } = spansOf();
    const seen = new Map<string, string>();
    const note = (what: string): void => {
      const id = trace.getActiveSpan()?.spanContext().spanId;
      const { name = 'none' } = spans().find((span) => span.spanContext().spanId === id) ?? {};
      seen.set(what, name);
    };
    const later: (() => void)[] = [];
    const look = (what: string): void => {
      const active = context.active();
      later.push(() => context.with(active, () => note(what)));
    };
    await load(
      restSource({
        client: {
          baseUrl: 'http://shop.test',
          auth: customAuth(() => look('authorization')),
          async fetch() {
            look('fetch');
            await new Promise((resolve) => setImmediate(resolve));
            look('fetch that waited');
            return new Response('[{"id":1}]');
          },
        },
        resources: [
          {
            name: 'orders',
            endpoint: {
              paginator: () => (look('paginator'), null),
              responseActions: [() => look('response action')],
            },
            processingSteps: [{ map: (row: object) => (look('step'), row) }],
          },
        ],
      }),
    );
    // Spans have names when they have ended.
    for (const one of later) one();
    expect(Object.fromEntries(seen)).toEqual({
      authorization: 'GET',
      fetch: 'GET',
      'fetch that waited': 'GET',
      'response action': 'GET',
      paginator: 'run shop',
      step: 'run shop',
    });
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('are no errors where what failed cut them off', async () => {
    const { spans } = spansOf();
    const isWaiting = deferred();
    const server = await serve(async ({ path, closed }) => {
      if (path === '/slow') {
        isWaiting.resolve();
        await closed;
        return {};
      }
      await isWaiting.promise;
      return { status: 404 };
    });
    await load(restSource({ client: { baseUrl: server.url }, resources: ['slow', 'gone'] }));
    const statusOf = (name: string): SpanStatusCode | undefined =>
      spans().find((span) => span.name === name)?.status.code;
    expect(statusOf('page gone')).toBe(SpanStatusCode.ERROR);
    expect(statusOf('resource gone')).toBe(SpanStatusCode.ERROR);
    expect(statusOf('page slow')).toBe(SpanStatusCode.UNSET);
    expect(statusOf('resource slow')).toBe(SpanStatusCode.UNSET);
  });

  it('report what a tracer throws to OpenTelemetry, and the load goes on', async () => {
    const reported: unknown[] = [];
    const nothing = (): void => undefined;
    diag.setLogger({
      error: (...all) => void reported.push(all.at(-1)),
      warn: nothing,
      info: nothing,
      debug: nothing,
      verbose: nothing,
    });
    onTestFinished(() => diag.disable());
    const fault = new Error('no span');
    const tracerProvider = new BasicTracerProvider({
      spanProcessors: [
        {
          onStart: nothing,
          onEnd() {
            throw fault;
          },
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
      ],
    });
    spansOf({ tracerProvider });
    const server = await serve(() => ({ json: [{ id: 1 }] }));
    const loaded = await load(
      restSource({ client: { baseUrl: server.url }, resources: ['orders'] }),
    );
    expect(loaded).toMatchObject({ tables: { orders: 1 } });
    expect(new Set(reported)).toEqual(new Set([fault]));
  });

  it('end as aborted where a run is unsubscribed', async () => {
    const { spans } = spansOf();
    const server = await serve(() => ({ json: [{ id: 1 }] }));
    await using loading = pipeline({ name: 'shop', destination: duckdb(':memory:') });
    const source = restSource({ client: { baseUrl: server.url }, resources: ['orders'] });
    await firstValueFrom(loading.stream(source));
    const run = spans().find(({ name }) => name === 'run shop');
    expect(run?.attributes['sluice.run.outcome']).toBe('aborted');
    expect(run?.status.code).toBe(SpanStatusCode.UNSET);
  });
});
