import { randomUUID } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { isSluiceError } from '../../operators/errors.js';
import { printable } from '../../operators/settings/printable.js';
import { userFunction } from '../../operators/settings/user-function.js';
import type { LoadInfo, ResourceInfo, ResumedInfo } from './load-info.js';
import type { RunEvent } from './run-event.js';
import { type RunPlan, runRecorder } from './run-recorder.js';
import { type ResourceSnapshot, runTally } from './run-tally.js';
import { type RunTrace, runTrace } from './run-trace.js';
import { attachTrace } from './trace-of.js';
import { type RunTracing, runTracing } from './tracing.js';
import type { Runner } from './work-within.js';

/** Message on the diagnostics channels: an event and its run. */
export interface TraceMessage {
  /** Name of the pipeline. */
  pipeline: string;
  /** {@link RunTrace.runId} of the run. */
  runId: string;
  /** What happened. */
  event: RunEvent;
}

/** What a run is known by. */
export type RunIdentity = Pick<RunTrace, 'pipeline' | 'dataset' | 'source'>;

/** Counts what happens in a run and reports it. */
export interface Trace {
  readonly record: (event: RunEvent) => void;
  /** Counts and completeness so far, in the order of the resources. */
  readonly resources: () => ResourceInfo[];
  /** Counts what happened of a resource before the load was stopped. */
  readonly restore: (resource: string, from: ResourceSnapshot) => void;
  /** Notes which unfinished load the run goes on with; null for none. */
  readonly resume: (before: ResumedInfo | null) => void;
  /** Notes how the run can be resumed. */
  readonly plan: (plan: RunPlan) => void;
  /** Ends the trace of a run that is complete. */
  readonly complete: () => Pick<LoadInfo, 'discarded' | 'resumed' | 'resources' | 'trace'>;
  /** Ends the trace of a run that failed, and attaches it to the error. */
  readonly fail: (error: unknown) => void;
  /** Publishes that the run begins, with what begins it. */
  readonly begin: Runner;
  /** Publishes that it has ended; by unsubscribing, unless another end was noted. */
  readonly leave: () => void;
  /** Publishes what is done within it. */
  readonly tracing: RunTracing;
}

/**
 * Makes the trace of one run. Each event goes to the `diagnostics_channel` named `sluice:<kind>`
 * (`sluice:request`, `sluice:page`, `sluice:append`, `sluice:commit`, …) as a {@link TraceMessage},
 * then to `observe`. Events carry no secrets.
 */
export function trace(
  { pipeline, dataset, source }: RunIdentity,
  names: readonly string[],
  observe?: (event: RunEvent) => void,
): Trace {
  const runId = randomUUID();
  const startedAt = new Date().toISOString();
  const tally = runTally(names);
  const recorder = runRecorder();
  const result = (outcome: RunTrace['outcome'], error: unknown): RunTrace =>
    runTrace({
      runId,
      pipeline,
      dataset,
      source,
      startedAt,
      finishedAt: new Date().toISOString(),
      ...recorder.result(outcome, error, tally.resources()),
    });
  const tracing = runTracing({ runId, pipeline, dataset, source });
  let ended: { trace: RunTrace; error?: unknown } | null = null;
  let resumed: ResumedInfo | null = null;
  const own = userFunction({ name: 'observe' });
  return {
    record(raw) {
      const event = raw.kind === 'notice' ? { ...raw, message: printable(raw.message) } : raw;
      if ('resource' in event && event.resource !== null) tally.add(event);
      recorder.add(event);
      const listeners = channel(`sluice:${event.kind}`);
      if (listeners.hasSubscribers)
        listeners.publish({ pipeline, runId, event } satisfies TraceMessage);
      if (observe !== undefined)
        own.call(
          () => observe(event),
          () => null,
        );
    },
    resources: () => tally.resources(),
    restore: (resource, from) => tally.restore(resource, from),
    resume(before) {
      resumed = before;
      recorder.resume(before);
    },
    plan: (plan) => recorder.plan(plan),
    complete() {
      const discarded = tally.discarded();
      return {
        ...(Object.keys(discarded).length > 0 && { discarded }),
        ...(resumed !== null && { resumed }),
        resources: tally.resources(),
        trace: (ended ??= { trace: result('complete', null) }).trace,
      };
    },
    fail(error) {
      ended = { trace: result(isAbort(error) ? 'aborted' : 'failed', error), error };
      attachTrace(error, ended.trace);
    },
    leave() {
      const { trace: whole, error } = ended ?? { trace: result('aborted', null) };
      tracing.end(whole, error);
    },
    begin: tracing.begin,
    tracing,
  };
}

function isAbort(error: unknown): boolean {
  return isSluiceError(error) && error.code === 'ERR_SLUICE_ABORT';
}
