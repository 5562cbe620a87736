import {
  type CompletenessSnapshot,
  type CompletenessTally,
  completenessTally,
} from './completeness.js';
import type { Discarded, ResourceInfo } from './load-info.js';
import type { SourceEvent } from './source.js';

/** Counts what happens in a run, by resource. */
export interface RunTally {
  /** Counts an event of a resource; that of another run's resource is not counted. */
  add(event: SourceEvent): void;
  /** Counts and completeness so far, in the order of the resources. */
  resources(): ResourceInfo[];
  /** Rows and values that schema contracts left out so far, by table. */
  discarded(): Record<string, Discarded>;
  /** Rows of a resource are known to be missing. */
  isIncomplete(resource: string): boolean;
  snapshot(resource: string): ResourceSnapshot | null;
  /** Goes on where another tally stood, before the first event of the resource. */
  restore(resource: string, from: ResourceSnapshot): void;
}

type Counts = Pick<ResourceInfo, 'requests' | 'pages' | 'rows'>;

/** What a tally has to know again of a resource. Plain JSON. */
export interface ResourceSnapshot {
  counts: Counts;
  completeness: CompletenessSnapshot;
  /** By table. */
  discarded: Readonly<Record<string, Discarded>>;
}

interface Resource {
  counts: Counts;
  tally: CompletenessTally;
  discarded: Map<string, Discarded>;
}

/** @param names the resources of the run */
export function runTally(names: readonly string[]): RunTally {
  const all = new Map(
    names.map((name): [string, Resource] => [
      name,
      {
        counts: { requests: 0, pages: 0, rows: 0 },
        tally: completenessTally(name),
        discarded: new Map(),
      },
    ]),
  );
  const totals = new Map<string, Discarded>();
  return {
    add(event) {
      const own = all.get(event.resource);
      if (event.kind === 'discard') discard(totals, event.table, event);
      if (own === undefined) return;
      count(own.counts, event);
      own.tally.add(event);
      if (event.kind === 'discard') discard(own.discarded, event.table, event);
    },
    resources: () =>
      [...all].map(([name, { counts, tally, discarded }]) => {
        const { resource: _, ...completeness } = tally.result();
        const left = [...discarded.values()];
        return {
          name,
          ...counts,
          ...completeness,
          ...(left.length > 0 && { discarded: left.reduce(sum) }),
        };
      }),
    discarded: () => Object.fromEntries(totals),
    isIncomplete: (resource) => all.get(resource)?.tally.isIncomplete() === true,
    snapshot(resource) {
      const own = all.get(resource);
      return own === undefined
        ? null
        : {
            counts: { ...own.counts },
            completeness: own.tally.snapshot(),
            discarded: Object.fromEntries(own.discarded),
          };
    },
    restore(resource, { counts, completeness, discarded }) {
      if (!all.has(resource)) return;
      all.set(resource, {
        counts: { ...counts },
        tally: completenessTally(resource, completeness),
        discarded: new Map(Object.entries(discarded)),
      });
      for (const [table, more] of Object.entries(discarded)) discard(totals, table, more);
    },
  };
}

function discard(counts: Map<string, Discarded>, key: string, more: Discarded): void {
  counts.set(key, sum(counts.get(key) ?? { rows: 0, values: 0 }, more));
}

function sum(one: Discarded, other: Discarded): Discarded {
  return { rows: one.rows + other.rows, values: one.values + other.values };
}

function count(counts: Counts, event: SourceEvent): void {
  if (event.kind === 'request') counts.requests += 1;
  // They were counted with their page.
  if (event.kind === 'skip' && event.reason === 'null-row') counts.rows -= event.rows ?? 0;
  if (event.kind === 'page') {
    counts.pages += 1;
    counts.rows += event.rows;
  }
}
