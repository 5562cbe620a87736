import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import type { Completeness } from './completeness.js';
import type { RunTrace } from './run-trace.js';

/** What a schema contract left out. */
export interface Discarded {
  /** Rows that were left out whole. */
  rows: number;
  /** Values that were left out of rows that stayed. */
  values: number;
}

/** What one resource did in a run, and how complete it is. */
export interface ResourceInfo extends Omit<Completeness, 'resource'> {
  /** Name of the resource. */
  name: string;
  /** Requests sent, repeated ones included. */
  requests: number;
  /** Pages received, empty ones included. */
  pages: number;
  /** Rows in those pages, before processing steps. */
  rows: number;
  /** Left out by a schema contract, child tables included. @default nothing */
  discarded?: Discarded;
}

/** What was there of a load that was resumed. */
export interface ResumedInfo {
  /** When the load began; ISO 8601, UTC. */
  startedAt: string;
  /** Rows that were committed before it was stopped, by table. */
  tables: Readonly<Record<string, number>>;
}

/**
 * What a finished run has loaded. Plain data (JSON-able, no BigInt); `String(info)` is the summary
 * that dlt prints.
 */
export interface LoadInfo {
  /** Name of the pipeline. */
  pipeline: string;
  /** Name of the dataset, normalized. */
  dataset: string;
  /** Kind and place of the destination, for people; without secrets. */
  destination: { name: string; location: string };
  /** The `_dlt_load_id` of the rows: seconds since 1970 with six decimals. */
  loadId: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** ISO 8601, UTC. */
  finishedAt: string;
  /** dlt's load packages: there is one. */
  packages: readonly { loadId: string; state: 'loaded'; failedJobs: number }[];
  /** Rows by table, child tables included. */
  tables: Readonly<Record<string, number>>;
  /** Left out by schema contracts, by table. @default nothing */
  discarded?: Readonly<Record<string, Discarded>>;
  /**
   * The run went on with a load that had been stopped; `tables` and `resources` count both parts.
   * @default it began the load
   */
  resumed?: ResumedInfo;
  /** One for each resource of the run, with its verdict. */
  resources: readonly ResourceInfo[];
  /** What happened, request by request; of a run that failed `traceOf(error)` gives it. */
  trace: RunTrace;
  /** The summary that dlt prints, with a line for each resource that is not `complete`. */
  toString(): string;
}

/**
 * Adds the summary to the facts of a run. Its wording is that of dlt's load info, which people grep
 * for.
 */
export function loadInfo(facts: Omit<LoadInfo, 'toString'>): LoadInfo {
  return { ...facts, toString: () => summary(facts) };
}

function summary({
  pipeline,
  dataset,
  destination,
  startedAt,
  finishedAt,
  packages,
  resources,
}: Omit<LoadInfo, 'toString'>): string {
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return [
    `Pipeline ${pipeline} load step completed in ${seconds.toFixed(2)} seconds`,
    `${packages.length} load package(s) were loaded to destination ${destination.name} and into dataset ${dataset}`,
    `The ${destination.name} destination used ${destination.location} location to store data`,
    ...packages.map(({ loadId }) => `Load package ${loadId} is LOADED and contains no failed jobs`),
    ...resources.flatMap(completenessLine),
  ].join('\n');
}

/**
 * Returns the lines of a resource that is not proven complete, whose pages were not requested at
 * once any more, or of which responses, rows or values were left out.
 */
function completenessLine({
  name,
  verdict,
  reasons,
  fallbacks = [],
  skipped,
  discarded,
}: ResourceInfo): string[] {
  const left =
    discarded === undefined
      ? []
      : [
          `Resource ${name}: its schema contract discarded ${counted(discarded.rows, 'row')} and ${counted(discarded.values, 'value')}`,
        ];
  if (verdict !== 'complete')
    return [
      `Resource ${name} is ${verdict === 'incomplete' ? 'INCOMPLETE' : verdict}: ${reasons.join('; ')}`,
      ...left,
    ];
  if (fallbacks.length > 0) left.unshift(`Resource ${name}: ${fallbacks.join('; ')}`);
  return skipped === 0
    ? left
    : [
        `Resource ${name} is complete; ${counted(skipped, 'response')} ${skipped === 1 ? 'was' : 'were'} skipped`,
        ...left,
      ];
}

function counted(count: number, noun: string): string {
  return `${groupedDigits(count)} ${noun}${count === 1 ? '' : 's'}`;
}
