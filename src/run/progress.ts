import { ownMember } from '../../operators/json/own-member.js';
import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import type { RunEvent } from './run-event.js';
import { totalRows } from './total-rows.js';

/** The state of a run: counts by resource, committed rows, and why it waits. Immutable. */
export interface Progress {
  resources: Readonly<
    Record<string, { requests: number; pages: number; rows: number; skipped: number }>
  >;
  /** Table rows (child tables included) appended so far, and how many of them are committed. */
  appended: number;
  committed: number;
  /** Why the last request waits and until when (milliseconds since 1970); null when it does not. */
  waiting: { resource: string; reason: string; until: number } | null;
  complete: boolean;
}

/** Returns the progress of a run that has not begun. */
export function noProgress(): Progress {
  return { resources: {}, appended: 0, committed: 0, waiting: null, complete: false };
}

/**
 * Returns the progress after one more event. Pure: an event without news returns the same progress.
 */
export function advance(progress: Progress, event: RunEvent): Progress {
  switch (event.kind) {
    case 'request':
      return { ...add(progress, event.resource, { requests: 1 }), waiting: null };
    case 'page':
      return add(progress, event.resource, { pages: 1, rows: event.rows });
    case 'skip':
      return add(progress, event.resource, { skipped: event.rows ?? 1 });
    case 'wait':
      return {
        ...progress,
        waiting: { resource: event.resource, reason: event.reason, until: event.until },
      };
    case 'append':
      return { ...progress, appended: progress.appended + totalRows(event.tables) };
    case 'commit':
      return { ...progress, committed: progress.committed + totalRows(event.tables) };
    case 'complete':
      return { ...progress, committed: progress.appended, complete: true, waiting: null };
    case 'notice':
    case 'discard':
    case 'done':
      return progress;
    default:
      return event satisfies never;
  }
}

/**
 * Returns one line for people: `12 requests, 1,024 rows read, 1,311 table rows written (900
 * committed); orders waits 2.5 s: …`. The wait comes first where the line has more than `width`
 * characters, so that whoever cuts it there keeps the reason. @default no width
 */
export function progressLine(progress: Progress, now: number, width: number = Infinity): string {
  const counts = Object.values(progress.resources);
  const requests = counts.reduce((sum, { requests }) => sum + requests, 0);
  const rows = counts.reduce((sum, { rows }) => sum + rows, 0);
  const skipped = counts.reduce((sum, { skipped }) => sum + skipped, 0);
  const line = [
    counted(requests, 'request'),
    `${counted(rows, 'row')} read`,
    `${counted(progress.appended, 'table row')} written (${groupedDigits(progress.committed)} committed)`,
    ...(skipped === 0 ? [] : [`${counted(skipped, 'response')} skipped`]),
  ].join(', ');
  const wait = waitText(progress, now);
  if (wait === '') return line;
  return line.length + wait.length + 2 > width ? `${wait}; ${line}` : `${line}; ${wait}`;
}

function waitText({ waiting }: Progress, now: number): string {
  if (waiting === null || waiting.until <= now) return '';
  return `${waiting.resource} waits ${((waiting.until - now) / 1000).toFixed(1)} s: ${waiting.reason}`;
}

function counted(value: number, noun: string): string {
  return `${groupedDigits(value)} ${noun}${value === 1 ? '' : 's'}`;
}

type Counts = Progress['resources'][string];

function add(progress: Progress, resource: string, more: Partial<Counts>): Progress {
  const had = ownMember(progress.resources, resource) ?? {
    requests: 0,
    pages: 0,
    rows: 0,
    skipped: 0,
  };
  const has: Counts = {
    requests: had.requests + (more.requests ?? 0),
    pages: had.pages + (more.pages ?? 0),
    rows: had.rows + (more.rows ?? 0),
    skipped: had.skipped + (more.skipped ?? 0),
  };
  return { ...progress, resources: { ...progress.resources, [resource]: has } };
}
