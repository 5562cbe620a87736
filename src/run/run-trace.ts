import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import type { CompletenessRow } from '../destination/messages.js';
import type { NextRun } from './next-run.js';
import { totalRows } from './total-rows.js';

/** A page, by its list. */
export interface PageRef {
  /** Which parent row its list is of; null where there is one list. */
  parent: string | null;
  /** Number of the page within its list, from 1, as in messages. */
  page: number;
}

/** A request of a run. */
export interface RequestTrace {
  /** Name of the resource. */
  resource: string;
  /** Method of the request. */
  method: string;
  /** Its address, without secrets. */
  url: string;
  /** Number of the attempt, from 1. */
  attempt: number;
  /** Status of the response; null where none came. */
  status: number | null;
  /** Milliseconds until the whole response was there. */
  ms: number;
}

/** How far a run came with one resource. */
export interface ResourceTrace {
  /** Name of the resource. */
  name: string;
  /** Requests sent, repeated ones included. */
  requests: number;
  /** Pages received, empty ones included. */
  pages: number;
  /** Rows in those pages, before processing steps. */
  rows: number;
  /** How complete it is as far as it was read. */
  verdict: CompletenessRow['verdict'];
  /** The page that was received last, with its rows; null for none in this run. */
  received: (PageRef & { rows: number }) | null;
  /**
   * Pages of this run that are durable, and the latest of them, which the next run goes on behind;
   * null for none.
   */
  committed: (PageRef & { pages: number }) | null;
}

/** Why a run failed, and where. */
export interface RunFailure {
  /** Class of the error. */
  name: string;
  /** Its `code`; null for an error that is not of sluice. */
  code: string | null;
  /** Its message, without secrets. */
  message: string;
  /** Name of the resource; null where the error is of none, or not known to be of one. */
  resource: string | null;
  /** Which parent row the list is of; null where there is one list, or none is known. */
  parent: string | null;
  /** Number of the page within its list, from 1; null where it is not known. */
  page: number | null;
  /** Number of the row on its page, from 1; null where it is not known. */
  row: number | null;
  /** The request that failed, or whose response did; null where it is not known. */
  request: { method: string; url: string; status: number | null; attempt: number | null } | null;
}

/**
 * What happened in a run: which requests, which pages, which rows, what is durable, and what the
 * next run does. Plain data (JSON-able) without secrets, whose size does not grow with the run,
 * only with the number of its resources and tables; `String(trace)` explains it and names 32 of
 * each.
 *
 * `LoadInfo.trace` has that of a complete run, `traceOf(error)` that of one that failed.
 */
export interface RunTrace {
  /** Names the run; in every message of the diagnostics channels of the run, too. */
  runId: string;
  /** Name of the pipeline. */
  pipeline: string;
  /** Name of the dataset, normalized. */
  dataset: string;
  /** Name of the source. */
  source: string;
  /** The `_dlt_load_id` of the rows; null where no row reached the destination. */
  loadId: string | null;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** ISO 8601, UTC. */
  finishedAt: string;
  /** How it ended; `aborted`: by its caller. */
  outcome: 'complete' | 'failed' | 'aborted';
  /** Why; null where it is complete, and where it was unsubscribed. */
  failure: RunFailure | null;
  /** In the order of the source. */
  resources: readonly ResourceTrace[];
  /**
   * Rows that are durable, by table, with those from before a stop. Those of resources that replace
   * or merge show in their tables when the load is complete.
   */
  committed: {
    /** Commits of this run. */
    commits: number;
    /** When the latest was; null for none in this run. ISO 8601, UTC. */
    at: string | null;
    /** Rows by table. */
    tables: Readonly<Record<string, number>>;
  };
  /** Rows that were written and rolled back, by table. */
  rolledBack: Readonly<Record<string, number>>;
  /** What the next run of the same source with the same options does. */
  next: NextRun;
  /** The latest requests, 32 at most, the latest last. */
  requests: readonly RequestTrace[];
  /** The first notices, 32 at most. */
  notices: readonly { resource: string | null; message: string }[];
  /** The trace in sentences, one a line. */
  toString(): string;
}

/** Adds the sentences to the facts of a trace. */
export function runTrace(facts: Omit<RunTrace, 'toString'>): RunTrace {
  return { ...facts, toString: () => sentences(facts).join('\n') };
}

function sentences(trace: Omit<RunTrace, 'toString'>): string[] {
  const { pipeline, source, dataset, outcome, failure, loadId, committed, rolledBack } = trace;
  const seconds = (Date.parse(trace.finishedAt) - Date.parse(trace.startedAt)) / 1000;
  const load = loadId === null ? '' : `, load ${loadId}`;
  return [
    `Run ${trace.runId} of pipeline ${pipeline} (source ${source}, dataset ${dataset}${load}) ${ENDED[outcome]} after ${seconds.toFixed(2)} s.`,
    ...(failure === null ? [] : failureLines(failure)),
    ...resourceLines(trace.resources, failure?.resource ?? null),
    committed.commits === 0 && totalRows(committed.tables) === 0
      ? 'Nothing was committed.'
      : `Committed: ${tablesText(committed.tables)} in ${counted(committed.commits, 'commit')}${committed.at === null ? '' : `, the latest at ${committed.at}`}.`,
    ...(totalRows(rolledBack) === 0 ? [] : [`Rolled back: ${tablesText(rolledBack)}.`]),
    `Next run: ${trace.next.why}`,
  ];
}

/** Resources, and tables of a sentence, that a text names. */
const MOST_LINES = 32;

const ENDED = { complete: 'is complete', failed: 'failed', aborted: 'was aborted' };

function failureLines({ message, resource, parent, page, row, request }: RunFailure): string[] {
  const where = [
    ...(resource === null ? [] : [`resource ${resource}`]),
    ...(parent === null ? [] : [`parent ${parent}`]),
    ...(page === null ? [] : [`page ${page}`]),
    ...(row === null ? [] : [`row ${row}`]),
  ].join(', ');
  const of = where === '' ? '' : `At ${where}. `;
  const sent =
    request === null
      ? ''
      : `Request: ${request.method} ${request.url}${request.status === null ? '' : `, status ${request.status}`}${request.attempt === null ? '' : `, attempt ${request.attempt}`}.`;
  return [`Error: ${message}`, ...(of + sent === '' ? [] : [`${of}${sent}`.trim()])];
}

/** Those that have more to tell first; a line for all others. */
function resourceLines(resources: readonly ResourceTrace[], failed: string | null): string[] {
  if (resources.length <= MOST_LINES) return resources.map(resourceLine);
  const rank = ({ name, verdict }: ResourceTrace): number =>
    name === failed ? 0 : verdict === 'incomplete' ? 1 : verdict === 'unproven' ? 2 : 3;
  const ranked = [...resources].sort((a, b) => rank(a) - rank(b));
  const others = ranked.slice(MOST_LINES);
  const sum = (count: (one: ResourceTrace) => number): number =>
    others.reduce((total, one) => total + count(one), 0);
  const all = {
    requests: sum(({ requests }) => requests),
    pages: sum(({ pages }) => pages),
    rows: sum(({ rows }) => rows),
  };
  const durable = counted(
    sum(({ committed }) => committed?.pages ?? 0),
    'page',
  );
  return [
    ...ranked.slice(0, MOST_LINES).map(resourceLine),
    `${groupedDigits(others.length)} more resources: ${amounts(all)}; ${durable} committed.`,
  ];
}

function resourceLine(resource: ResourceTrace): string {
  const { name, received, committed } = resource;
  const last = received === null ? '' : `, the last one ${pageText(received)}`;
  const durable =
    committed === null
      ? 'no page committed'
      : `${counted(committed.pages, 'page')} committed, the last one ${pageText(committed)}`;
  return `Resource ${name}: ${amounts(resource)}${last}; ${durable}.`;
}

function amounts({
  requests,
  pages,
  rows,
}: Pick<ResourceTrace, 'requests' | 'pages' | 'rows'>): string {
  return `${counted(requests, 'request')}, ${counted(pages, 'page')} with ${counted(rows, 'row')}`;
}

function pageText({ parent, page }: PageRef): string {
  return `page ${page}${parent === null ? '' : ` of parent ${parent}`}`;
}

function tablesText(tables: Readonly<Record<string, number>>): string {
  const all = Object.entries(tables);
  if (all.length === 0) return 'no rows';
  const others = all.slice(MOST_LINES);
  return [
    ...all.slice(0, MOST_LINES).map(([table, rows]) => `${counted(rows, 'row')} of ${table}`),
    ...(others.length === 0
      ? []
      : [
          `${counted(totalRows(Object.fromEntries(others)), 'row')} of ${counted(others.length, 'more table')}`,
        ]),
  ].join(', ');
}

function counted(count: number, noun: string): string {
  return `${groupedDigits(count)} ${noun}${count === 1 ? '' : 's'}`;
}
