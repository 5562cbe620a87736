import { channel } from 'node:diagnostics_channel';
import { printable } from '../../operators/settings/printable.js';
import { userFunction } from '../../operators/settings/user-function.js';
import type { LoadStep } from '../../operators/types.js';
import type { LoadNotice } from '../destination/load-config.js';
import type { Discarded, ResourceInfo, ResumedInfo } from './load-info.js';
import { type ResourceSnapshot, runTally } from './run-tally.js';
import type { SourceEvent } from './source.js';

/** Everything that happens in a run, in order. */
export type RunEvent = SourceEvent | LoadStep | LoadNotice;

/** Message on the diagnostics channels: an event and its run. */
export interface TraceMessage {
  /** Name of the pipeline. */
  pipeline: string;
  /** What happened. */
  event: RunEvent;
}

/** Counts what happens in a run and reports it. */
export interface Trace {
  readonly record: (event: RunEvent) => void;
  /** Counts and completeness so far, in the order of the resources. */
  readonly resources: () => ResourceInfo[];
  /** Rows and values that schema contracts left out so far, by table. */
  readonly discarded: () => Record<string, Discarded>;
  /** Counts what happened of a resource before the load was stopped. */
  readonly restore: (resource: string, from: ResourceSnapshot) => void;
  /** Notes that the run goes on with an unfinished load. */
  readonly resume: (before: ResumedInfo) => void;
  /** What was there already; null where the run began. */
  readonly resumed: () => ResumedInfo | null;
}

/**
 * Makes the trace of one run. Each event goes to the `diagnostics_channel` named `sluice:<kind>`
 * (`sluice:request`, `sluice:page`, `sluice:append`, `sluice:commit`, …) as a {@link TraceMessage},
 * then to `observe`. Events carry no secrets.
 */
export function trace(
  pipeline: string,
  names: readonly string[],
  observe?: (event: RunEvent) => void,
): Trace {
  const tally = runTally(names);
  let resumed: ResumedInfo | null = null;
  const own = userFunction({ name: 'observe' });
  return {
    record(raw) {
      const event = raw.kind === 'notice' ? { ...raw, message: printable(raw.message) } : raw;
      if ('resource' in event && event.resource !== null) tally.add(event);
      const listeners = channel(`sluice:${event.kind}`);
      if (listeners.hasSubscribers) listeners.publish({ pipeline, event } satisfies TraceMessage);
      if (observe !== undefined)
        own.call(
          () => observe(event),
          () => null,
        );
    },
    resources: () => tally.resources(),
    discarded: () => tally.discarded(),
    restore: (resource, from) => tally.restore(resource, from),
    resume: (before) => void (resumed = before),
    resumed: () => resumed,
  };
}
