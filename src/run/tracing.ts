import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { RunTrace } from './run-trace.js';
import { type Runner, workWithin } from './work-within.js';

/** A message whose work others may run within what they open for it. */
interface Entered {
  /**
   * Has the work run by `run`, such as one that makes a context active, while `start` is published.
   * What the work calls and waits for is within it too: functions of the user's, and requests.
   */
  enter: (run: Runner) => void;
}

/** What a run has from its beginning on. */
type Begun = Entered & Pick<RunTrace, 'runId' | 'pipeline' | 'dataset' | 'source'>;

/** Message of `tracing:sluice:run:*`: one object for all events of a run. */
export interface RunMessage extends Begun {
  /** What happened, when the run has ended. */
  trace?: RunTrace;
  /** What ended it, where it failed. */
  error?: unknown;
}

/** Message of `tracing:sluice:page:*`: a page is fetched, over all its requests. */
export interface PageMessage extends Entered {
  /** The run's own message. */
  run: RunMessage;
  /** Name of the resource. */
  resource: string;
  /** Which parent row its list is of; null where there is one list. */
  parent: string | null;
  /** Number of the page within its list, from 1. */
  page: number;
  /** Rows of the page, when it is there; null where its response was skipped. */
  rows?: number | null;
  /** Why it failed; without secrets. */
  error?: unknown;
}

/**
 * Message of `tracing:sluice:request:*`: one request. A redirect ends it and begins another.
 */
export interface RequestMessage extends Entered {
  /** The message of the page that it is for; of the requests for its token, too. */
  page: PageMessage;
  /** Method of the request. */
  method: string;
  /** Its address, without secrets. */
  url: string;
  /** Number of the attempt, from 1. */
  attempt: number;
  /** Redirects of this attempt that led to it. */
  redirects: number;
  /** Status of the response, when it is there; null where none came. */
  status?: number | null;
  /** Why no response came, or why it cannot be used; without secrets. */
  error?: unknown;
  /**
   * Adds a header to the request, while `start` is published; hosts that get no credentials are not
   * sent it. Does nothing where the request has the header. Errors: TypeError for what cannot be a
   * header.
   */
  setHeader: (name: string, value: string) => void;
}

/** Message of `tracing:sluice:commit:*`: what was appended becomes durable. */
export interface CommitMessage extends Entered {
  /** The run's own message. */
  run: RunMessage;
  /** `complete`: the last one, with which the load is finished. */
  kind: 'commit' | 'complete';
  /** The `_dlt_load_id` of its rows. */
  loadId: string;
  /** Rows by table, when it is durable; of the whole load for `complete`. */
  tables?: Readonly<Record<string, number>>;
  /** Pages that it made durable. */
  pages?: number;
  /** Why it failed. */
  error?: unknown;
}

/** The channels of runs. What nobody subscribes costs nothing. */
export const channels: {
  run: TracingChannel<unknown, RunMessage>;
  page: TracingChannel<unknown, PageMessage>;
  request: TracingChannel<unknown, RequestMessage>;
  commit: TracingChannel<unknown, CommitMessage>;
} = {
  run: tracingChannel('sluice:run'),
  page: tracingChannel('sluice:page'),
  request: tracingChannel('sluice:request'),
  commit: tracingChannel('sluice:commit'),
};

/** Where a request is published, and the headers that subscribers add to it. */
export interface TracedRequest {
  /** Names and values. */
  headers: Readonly<Record<string, string>>;
  /** Runs what sends it. */
  run: Runner;
}

/** Traces the requests for one page. */
export interface PageTracing {
  /**
   * Traces an attempt. `work` gets its first request, which is run already, and a function that
   * publishes that a response with this status redirects it to another.
   */
  request<T>(
    about: Pick<RequestMessage, 'method' | 'url' | 'attempt'>,
    work: (
      first: TracedRequest,
      redirect: (status: number, next: Pick<RequestMessage, 'method' | 'url'>) => TracedRequest,
    ) => Promise<T>,
    facts: (value: T) => Pick<RequestMessage, 'status' | 'error'>,
  ): Promise<T>;
}

/** Traces one run. */
export interface RunTracing {
  /** Null where nobody subscribes. */
  readonly pages: {
    trace<T>(
      about: Pick<PageMessage, 'resource' | 'parent' | 'page'>,
      work: (tracing: PageTracing) => Promise<T>,
      facts: (value: T) => Pick<PageMessage, 'rows'>,
    ): Promise<T>;
  } | null;
  /** Traces a commit. */
  commit<T extends { tables: CommitMessage['tables'] & object; positions: readonly unknown[] }>(
    about: Pick<CommitMessage, 'kind' | 'loadId'>,
    work: () => Promise<T>,
  ): Promise<T>;
  /** Publishes that the run begins, with what begins it. */
  begin: Runner;
  /**
   * Publishes that it has ended.
   *
   * @param error what ended it; undefined for nothing
   */
  end(trace: RunTrace, error?: unknown): void;
}

/** Publishes what a run does on the tracing channels. */
export function runTracing(about: Omit<RunMessage, 'enter'>): RunTracing {
  const within = workWithin();
  const run: RunMessage = { ...about, enter: within.enter };
  const pages: NonNullable<RunTracing['pages']> = {
    trace: (page, work, facts) =>
      published(channels.page, { run, ...page }, (message) => work(pageTracing(message)), facts),
  };
  return {
    get pages() {
      return channels.page.hasSubscribers || channels.request.hasSubscribers ? pages : null;
    },
    commit(commit, work) {
      if (!channels.commit.hasSubscribers) return work();
      return published(channels.commit, { run, ...commit }, work, ({ tables, positions }) => ({
        tables,
        pages: positions.length,
      }));
    },
    begin: (work) =>
      channels.run.start.runStores(run, () => {
        const begun = within.run(work);
        channels.run.end.publish(run);
        return begun;
      }),
    end(trace, error) {
      run.trace = trace;
      if (error !== undefined) {
        run.error = error;
        channels.run.error.publish(run);
      }
      channels.run.asyncStart.publish(run);
      channels.run.asyncEnd.publish(run);
    },
  };
}

function pageTracing(page: PageMessage): PageTracing {
  return {
    request({ attempt, ...address }, work, facts) {
      const begun = (to: Pick<RequestMessage, 'method' | 'url'>, redirects: number) => {
        const headers: Record<string, string> = {};
        const setHeader = (name: string, value: string): void => {
          // Otherwise the request would fail, and with it the load.
          validateHeaderName(name);
          validateHeaderValue(name, value);
          headers[name] = value;
        };
        return { about: { page, ...to, attempt, redirects, setHeader }, headers };
      };
      const { about, headers } = begun(address, 0);
      let redirects = 0;
      return published(
        channels.request,
        about,
        (_message, follow) =>
          work({ headers, run: (own) => own() }, (status, next) => {
            const another = begun(next, (redirects += 1));
            return { headers: another.headers, run: follow({ status }, another.about) };
          }),
        facts,
      );
    },
  };
}

/**
 * As `tracePromise`, whose messages would have the whole result: here they have what `facts` says
 * of it. `follow` ends what `message` is about, and begins what follows on it.
 */
async function published<M extends { error?: unknown } & Entered, T>(
  channel: TracingChannel<unknown, M>,
  about: Omit<M, 'enter'>,
  work: (message: M, follow: (facts: Partial<M>, next: Omit<M, 'enter'>) => Runner) => Promise<T>,
  facts: (value: T) => Partial<M>,
): Promise<T> {
  const { start, end, asyncStart, asyncEnd, error } = channel;
  let within = workWithin();
  let message = { ...about, enter: within.enter } as M;
  const ended = (): void => {
    asyncStart.publish(message);
    asyncEnd.publish(message);
  };
  const follow = (seen: Partial<M>, next: Omit<M, 'enter'>): Runner => {
    Object.assign(message, seen);
    ended();
    within = workWithin();
    message = { ...next, enter: within.enter } as M;
    start.publish(message);
    end.publish(message);
    return within.run;
  };
  try {
    const value = await start.runStores(message, () => {
      const running = within.run(() => work(message, follow));
      end.publish(message);
      return running;
    });
    Object.assign(message, facts(value));
    if (message.error !== undefined) error.publish(message);
    return value;
  } catch (thrown) {
    message.error = thrown;
    error.publish(message);
    throw thrown;
  } finally {
    ended();
  }
}
