import type { TracingChannel, TracingChannelSubscribers } from 'node:diagnostics_channel';
import {
  type Attributes,
  type Context,
  context,
  diag,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { givenOptions } from '../operators/settings/given-options.js';
import { flag, made, record } from '../operators/settings/shape.js';
import { shortParent } from '../operators/settings/short-parent.js';
import { totalRows } from './run/total-rows.js';
import {
  channels,
  type CommitMessage,
  type PageMessage,
  type RequestMessage,
  type RunMessage,
} from './run/tracing.js';
import type { Runner } from './run/work-within.js';

/** Where spans go, and whether services are sent their ids. */
export interface OpenTelemetryConfig {
  /** Makes the tracer. @default the global one */
  tracerProvider?: TracerProvider;
  /**
   * Sends the headers of the global propagator (`traceparent`) with requests, to hosts that get
   * credentials. @default false
   */
  propagate?: boolean;
}

const SHAPE = record<OpenTelemetryConfig>('openTelemetry()', {
  tracerProvider: made<TracerProvider>('a TracerProvider', 'getTracer'),
  propagate: flag,
});

/** A span under which others are made. */
interface Opened {
  span: Span;
  context: Context;
}

interface OpenedRun extends Opened {
  /** By name; they end with the run, at the time of their last page. */
  resources: Map<string, Opened & { endedAt: number }>;
}

/**
 * Makes spans of the runs of this process, until the function that it returns is called: `run`, a
 * child of the span that is active where it begins; in it one for each resource, with `page`s, each
 * with its HTTP requests (tokens, repeated ones and redirects among them); and its `commit`s.
 * Requests follow the semantic conventions for HTTP clients. No attribute holds a secret, as none
 * of the diagnostics channels does. What a tracer throws goes to OpenTelemetry's `diag`.
 *
 * Errors: ConfigError for an option that does not exist or cannot be so.
 *
 * @example const stop = openTelemetry({ propagate: true });
 */
export function openTelemetry(config?: OpenTelemetryConfig | null): () => void {
  const { tracerProvider, propagate = false } = givenOptions('openTelemetry()', config, SHAPE);
  const tracer = (tracerProvider ?? trace.getTracerProvider()).getTracer('sluice');
  const runs = new WeakMap<RunMessage, OpenedRun>();
  const pages = new WeakMap<PageMessage, Opened>();
  const requests = new WeakMap<RequestMessage, Span>();
  const commits = new WeakMap<CommitMessage, Span>();

  const subscribers = {
    run: {
      start(message: RunMessage): void {
        const { runId, pipeline, dataset, source } = message;
        const opened = open(tracer, `run ${pipeline}`, context.active(), {
          'sluice.run.id': runId,
          'sluice.pipeline.name': pipeline,
          'sluice.dataset.name': dataset,
          'sluice.source.name': source,
        });
        runs.set(message, { ...opened, resources: new Map() });
        message.enter(activating(opened));
      },
      asyncEnd(message: RunMessage): void {
        const run = runs.get(message);
        if (run === undefined) return;
        for (const { span, endedAt } of run.resources.values()) span.end(endedAt);
        const { loadId, outcome, committed, next } = message.trace ?? {};
        run.span.setAttributes({
          ...(outcome !== undefined && { 'sluice.run.outcome': outcome }),
          ...(loadId !== undefined && loadId !== null && { 'sluice.load.id': loadId }),
          ...(committed && { 'sluice.committed.rows': totalRows(committed.tables) }),
          ...(next && { 'sluice.next_run': next.does }),
        });
        if (outcome === 'failed') fail(run.span, message.error, message.trace?.failure?.message);
        run.span.end();
      },
    },
    page: {
      start(message: PageMessage): void {
        const run = runs.get(message.run);
        if (run === undefined) return;
        const { resource, parent, page } = message;
        const above =
          run.resources.get(resource) ??
          open(tracer, `resource ${resource}`, run.context, { 'sluice.resource.name': resource });
        run.resources.set(resource, { ...above, endedAt: Date.now() });
        const attributes = {
          'sluice.resource.name': resource,
          'sluice.page.number': page,
          ...(parent !== null && { 'sluice.page.parent': shortParent(parent) }),
        };
        const opened = open(tracer, `page ${resource}`, above.context, attributes);
        pages.set(message, opened);
        message.enter(activating(opened));
      },
      asyncEnd(message: PageMessage): void {
        const { span } = pages.get(message) ?? {};
        if (span === undefined) return;
        const { run, resource, rows, error } = message;
        if (typeof rows === 'number') span.setAttribute('sluice.page.rows', rows);
        const isCut = isAbort(error);
        if (isCut) span.setAttribute('error.type', 'AbortError');
        else if (error !== undefined) fail(span, error);
        span.end();
        const above = runs.get(run)?.resources.get(resource);
        if (above === undefined) return;
        above.endedAt = Date.now();
        if (error !== undefined && !isCut) above.span.setStatus({ code: SpanStatusCode.ERROR });
      },
    },
    request: {
      start(message: RequestMessage): void {
        const above = pages.get(message.page);
        if (above === undefined) return;
        const name = METHODS.has(message.method) ? message.method : 'HTTP';
        const opened = open(tracer, name, above.context, requestAttributes(message), {
          kind: SpanKind.CLIENT,
        });
        requests.set(message, opened.span);
        message.enter(activating(opened));
        if (!propagate) return;
        propagation.inject(opened.context, message, {
          set: ({ setHeader }, header, value) => setHeader(header, value),
        });
      },
      asyncEnd(message: RequestMessage): void {
        const span = requests.get(message);
        if (span === undefined) return;
        const { status, error } = message;
        if (typeof status === 'number') span.setAttribute('http.response.status_code', status);
        if (error !== undefined) fail(span, error);
        else if (typeof status === 'number' && status >= 400) {
          span.setAttribute('error.type', String(status));
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    },
    commit: {
      start(message: CommitMessage): void {
        const above = runs.get(message.run);
        if (above === undefined) return;
        const { kind, loadId } = message;
        const attributes = { 'sluice.load.id': loadId };
        const opened = open(tracer, kind, above.context, attributes);
        commits.set(message, opened.span);
        message.enter(activating(opened));
      },
      asyncEnd(message: CommitMessage): void {
        const span = commits.get(message);
        if (span === undefined) return;
        const { tables, pages: count, error } = message;
        if (tables !== undefined) span.setAttribute('sluice.commit.rows', totalRows(tables));
        if (count !== undefined) span.setAttribute('sluice.commit.pages', count);
        if (error !== undefined) fail(span, error);
        span.end();
      },
    },
  };
  const stops = [
    subscribe(channels.run, subscribers.run),
    subscribe(channels.page, subscribers.page),
    subscribe(channels.request, subscribers.request),
    subscribe(channels.commit, subscribers.commit),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function subscribe<M extends object>(
  channel: TracingChannel<unknown, M>,
  some: Pick<TracingChannelSubscribers<M>, 'start' | 'asyncEnd'>,
): () => void {
  // Those that are left out are not called.
  const subscribers = {
    start: guarded(some.start),
    asyncEnd: guarded(some.asyncEnd),
  } as TracingChannelSubscribers<M>;
  channel.subscribe(subscribers);
  return () => {
    channel.unsubscribe(subscribers);
  };
}

/** Node ends a process whose subscriber throws; a span processor must not end a load. */
function guarded<M>(subscriber: (message: M) => void): (message: M) => void {
  return (message) => {
    try {
      subscriber(message);
    } catch (error) {
      diag.error('sluice: a span cannot be made', error);
    }
  };
}

/** Of the semantic conventions: others are `_OTHER`. */
const METHODS = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
]);

function open(
  tracer: Tracer,
  name: string,
  above: Context,
  attributes: Attributes,
  { kind = SpanKind.INTERNAL }: { kind?: SpanKind } = {},
): Opened {
  const span = tracer.startSpan(name, { attributes, kind }, above);
  return { span, context: trace.setSpan(above, span) };
}

/** Runs a work where the span is the active one, under which other instrumentations put theirs. */
function activating(opened: Opened): Runner {
  return (work) => context.with(opened.context, work);
}

function requestAttributes({ page, method, url, attempt, redirects }: RequestMessage): Attributes {
  const resends = attempt - 1 + redirects;
  const { hostname, port, protocol } = URL.canParse(url) ? new URL(url) : NO_URL;
  return {
    'http.request.method': METHODS.has(method) ? method : '_OTHER',
    ...(!METHODS.has(method) && { 'http.request.method_original': method }),
    'url.full': url,
    'server.address': hostname.replace(/^\[(.*)\]$/, '$1'),
    'server.port': Number(port === '' ? (protocol === 'http:' ? 80 : 443) : port),
    ...(resends > 0 && { 'http.request.resend_count': resends }),
    'sluice.resource.name': page.resource,
  };
}

const NO_URL = { hostname: '', port: '', protocol: '' };

function fail(span: Span, error: unknown, message = messageOf(error)): void {
  const { code } = Object(error) as { code?: unknown };
  const name = error instanceof Error ? error.name : 'Error';
  span.setAttribute('error.type', typeof code === 'string' ? code : name);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Whether it was cut off because the run ended otherwise, which is no fault of its own. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
