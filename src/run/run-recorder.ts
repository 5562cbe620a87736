import { isSluiceError } from '../../operators/errors.js';
import { isObject } from '../../operators/json/is-object.js';
import { ownMember } from '../../operators/json/own-member.js';
import { errorPlace } from '../../operators/settings/error-place.js';
import { printable } from '../../operators/settings/printable.js';
import { shortParent } from '../../operators/settings/short-parent.js';
import type { LoadStep, Position } from '../../operators/types.js';
import { ConfigError, HttpError, IncompleteError } from '../errors.js';
import { nextRun, type RunState } from './next-run.js';
import type { RunEvent } from './run-event.js';
import type { RequestTrace, ResourceTrace, RunFailure, RunTrace } from './run-trace.js';

/** How a run is to be traced. */
export interface RunPlan extends Pick<RunState, 'resume' | 'canCommit'> {
  /** Removes secrets from a text. */
  redact: (text: string) => string;
}

/** Collects what a trace says of a run; its size does not grow with the run. */
export interface RunRecorder {
  add(event: RunEvent): void;
  /** Notes what is known when the run begins. */
  plan(plan: RunPlan): void;
  /** The run goes on with a load of which something is durable; null: it begins one. */
  resume(before: { startedAt: string; tables: Readonly<Record<string, number>> } | null): void;
  /**
   * What happened.
   *
   * @param error what ended the run; null where it is complete or was unsubscribed
   */
  result(
    outcome: RunTrace['outcome'],
    error: unknown,
    resources: readonly CountedResource[],
  ): RunFacts;
}

/** A resource as it was counted. */
type CountedResource = Pick<ResourceTrace, 'name' | 'requests' | 'pages' | 'rows' | 'verdict'>;

/** What a recorder knows of a trace. */
export type RunFacts = Pick<
  RunTrace,
  | 'loadId'
  | 'outcome'
  | 'failure'
  | 'resources'
  | 'committed'
  | 'rolledBack'
  | 'next'
  | 'requests'
  | 'notices'
>;

const MOST_REQUESTS = 32;
const MOST_NOTICES = 32;

/** Of a run that failed before its options were read. */
const UNREAD = { maxAgeMs: 0, needsAllRows: false };

type Reached = Pick<ResourceTrace, 'received' | 'committed'>;

/** A recorder of one run, before its first event. */
export function runRecorder(): RunRecorder {
  const requests: Extract<RunEvent, { kind: 'request' }>[] = [];
  let sent = 0;
  const notices: { resource: string | null; message: string }[] = [];
  const reached = new Map<string, Reached>();
  /** Lists that cannot be read on, by resource and list. */
  const blocked = new Map<string, NonNullable<RunState['blocked']>>();
  let open: Record<string, number> = {};
  let loadId: string | null = null;
  let tables: Record<string, number> = {};
  let commits = 0;
  let committedAt: number | null = null;
  let isKnown = false;
  let planned: RunPlan = { resume: UNREAD, canCommit: true, redact: (text) => text };

  const of = (resource: string): Reached => {
    const known = reached.get(resource) ?? { received: null, committed: null };
    reached.set(resource, known);
    return known;
  };

  function committed({ resource, parent, page, next, list }: Position): void {
    const one = of(resource);
    one.committed = { parent, page: page + 1, pages: (one.committed?.pages ?? 0) + 1 };
    const why = isObject(next) ? next['blocked'] : undefined;
    const isBlocked = typeof why === 'string';
    if (!isBlocked && blocked.size === 0) return;
    const key = `${resource}\0${list}`;
    if (isBlocked) blocked.set(key, { resource, why });
    else blocked.delete(key);
  }

  function step(event: LoadStep): void {
    ({ loadId } = event);
    if (event.kind === 'append') {
      open = added(open, event.tables);
      return;
    }
    // Rows that wait in memory for the end of the load are in no commit before it.
    event.positions.forEach(committed);
    tables = event.kind === 'complete' ? { ...event.tables } : added(tables, event.tables);
    open = event.kind === 'complete' ? {} : without(open, event.tables);
    commits += 1;
    committedAt = Date.now();
  }

  const shown = (parent: string | null): string | null =>
    parent === null ? null : shortParent(planned.redact(parent));

  function failureOf(error: unknown): RunFailure {
    const place = errorPlace(error);
    const http = error instanceof HttpError ? error : null;
    const request = http ?? place?.request ?? null;
    const message = error instanceof Error ? error.message : String(error);
    return {
      name: error instanceof Error ? error.name : typeof error,
      code: isSluiceError(error) ? error.code : null,
      message: printable(planned.redact(message)),
      resource: place?.resource ?? null,
      parent: shown(place?.parent ?? null),
      page: place?.page === undefined ? null : place.page + 1,
      row: place?.row === undefined ? null : place.row + 1,
      request: request && {
        method: request.method,
        url: request.url,
        status: http?.status ?? null,
        attempt: http?.attempt ?? null,
      },
    };
  }

  return {
    add(event) {
      if (event.kind === 'request') {
        requests[sent % MOST_REQUESTS] = event;
        sent += 1;
      } else if (event.kind === 'page') {
        const { resource, parent, index, rows } = event;
        of(resource).received = { parent, page: index + 1, rows };
      } else if (event.kind === 'notice') {
        const { resource, message } = event;
        if (notices.length < MOST_NOTICES) notices.push({ resource, message });
      } else if ('loadId' in event) step(event);
    },
    plan: (plan) => void (planned = plan),
    resume(before) {
      isKnown = true;
      if (before === null) return;
      tables = { ...before.tables };
      // Its latest commit was later: what is said of its age holds.
      committedAt = Date.parse(before.startedAt);
    },
    result(outcome, error, resources) {
      const first = sent > MOST_REQUESTS ? sent % MOST_REQUESTS : 0;
      const latest = [...requests.slice(first), ...requests.slice(0, first)];
      const isIncomplete =
        error instanceof IncompleteError ||
        resources.some(({ verdict }) => verdict === 'incomplete');
      return {
        loadId,
        outcome,
        failure: error === null ? null : failureOf(error),
        resources: resources.map(({ name, requests: count, pages, rows, verdict }) => {
          const { received = null, committed = null } = reached.get(name) ?? {};
          return {
            name,
            requests: count,
            pages,
            rows,
            verdict,
            received: received && { ...received, parent: shown(received.parent) },
            committed: committed && { ...committed, parent: shown(committed.parent) },
          };
        }),
        committed: {
          commits,
          at: commits === 0 ? null : new Date(Number(committedAt)).toISOString(),
          tables,
        },
        rolledBack: open,
        next: nextRun({
          ...planned,
          isComplete: outcome === 'complete',
          isKnown,
          committedAt,
          isIncomplete,
          blocked: blocked.values().next().value ?? null,
          isConfig: error instanceof ConfigError,
        }),
        requests: latest.map(({ resource, method, url, attempt, status, ms }): RequestTrace => ({
          resource,
          method,
          url,
          attempt,
          status,
          ms,
        })),
        notices,
      };
    },
  };
}

function added(
  counts: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = new Map(Object.entries(counts));
  for (const [table, rows] of Object.entries(more)) sum.set(table, (sum.get(table) ?? 0) + rows);
  return Object.fromEntries(sum);
}

function without(
  counts: Readonly<Record<string, number>>,
  fewer: Readonly<Record<string, number>>,
): Record<string, number> {
  const left = Object.entries(counts).map(([table, rows]): [string, number] => [
    table,
    rows - (ownMember(fewer, table) ?? 0),
  ]);
  return Object.fromEntries(left.filter(([, rows]) => rows > 0));
}
