import { channel } from 'node:diagnostics_channel';
import { printable } from '../../operators/settings/printable.js';
import { userFunction } from '../../operators/settings/user-function.js';
import type { LoadStep } from '../../operators/types.js';
import type { LoadNotice } from '../destination/load-config.js';
import { type CompletenessTally, completenessTally } from './completeness.js';
import type { Discarded, ResourceInfo } from './load-info.js';
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
  const counts = new Map(names.map((name) => [name, { name, requests: 0, pages: 0, rows: 0 }]));
  const tallies = new Map(names.map((name) => [name, completenessTally(name)]));
  const discarded = new Map<string, Discarded>();
  const ofResource = new Map<string, Discarded>();
  const own = userFunction({ name: 'observe' });
  return {
    record(raw) {
      const event = raw.kind === 'notice' ? { ...raw, message: printable(raw.message) } : raw;
      if ('resource' in event && event.resource !== null) {
        count(counts.get(event.resource), event);
        tallies.get(event.resource)?.add(event);
      }
      if (event.kind === 'discard') {
        discard(discarded, event.table, event);
        discard(ofResource, event.resource, event);
      }
      const listeners = channel(`sluice:${event.kind}`);
      if (listeners.hasSubscribers) listeners.publish({ pipeline, event } satisfies TraceMessage);
      if (observe !== undefined)
        own.call(
          () => observe(event),
          () => null,
        );
    },
    resources: () =>
      [...counts.values()].map((info) => {
        const { resource: _, ...completeness } = (
          tallies.get(info.name) as CompletenessTally
        ).result();
        const left = ofResource.get(info.name);
        return { ...info, ...completeness, ...(left && { discarded: left }) };
      }),
    discarded: () => Object.fromEntries(discarded),
  };
}

function discard(counts: Map<string, Discarded>, key: string, { rows, values }: Discarded): void {
  const before = counts.get(key) ?? { rows: 0, values: 0 };
  counts.set(key, { rows: before.rows + rows, values: before.values + values });
}

function count(
  info: Pick<ResourceInfo, 'requests' | 'pages' | 'rows'> | undefined,
  event: SourceEvent,
): void {
  if (info === undefined) return;
  if (event.kind === 'request') info.requests += 1;
  // They were counted with their page.
  if (event.kind === 'skip' && event.reason === 'null-row') info.rows -= event.rows ?? 0;
  if (event.kind === 'page') {
    info.pages += 1;
    info.rows += event.rows;
  }
}
