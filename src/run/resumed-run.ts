import { isDeepStrictEqual } from 'node:util';
import type { CursorConfig } from '../../operators/cursor/cursor-config.js';
import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import type { UnfinishedLoad } from '../destination/messages.js';
import { ConfigError, PaginationError } from '../errors.js';
import type { ResumedInfo } from './load-info.js';
import type { RunCursors } from './run-cursors.js';
import type { KeptProgress, RunJournal } from './run-journal.js';
import type { Resource, ResumedRun, SourcePage, StartValues } from './source.js';
import { totalRows } from './total-rows.js';
import type { Trace } from './trace.js';

/** A run from before it was stopped. */
export interface StoppedRun {
  /** For the source. */
  resumed: ResumedRun;
  /** By resource. */
  progress: ReadonlyMap<string, KeptProgress>;
  info: ResumedInfo;
  /** Sentences on what is gone on with. */
  notices: string[];
}

/**
 * Reads what is kept of an unfinished load.
 *
 * @param start what the source would begin with now
 */
export function stoppedRun(
  { loadId, lists, parents, progress: kept, start: begun, tables }: UnfinishedLoad,
  start: Readonly<Record<string, StartValues>> = {},
  startedAt: number = Date.now(),
): StoppedRun {
  const progress = new Map(
    Object.entries(kept).map(([resource, content]) => [
      resource,
      content as unknown as KeptProgress,
    ]),
  );
  const values = begun as unknown as Record<string, StartValues>;
  const selectors = [...progress].flatMap(([resource, { selector }]) =>
    selector === undefined ? [] : [[resource, selector] as const],
  );
  const rows = totalRows(tables);
  const others = Object.keys(start).filter(
    (resource) => !isDeepStrictEqual(start[resource], values[resource]),
  );
  return {
    resumed: {
      lists,
      parents,
      selectors: Object.fromEntries(selectors),
      start: values,
      waits: keptWaits([...progress.values()], Date.now()),
    },
    progress,
    info: { startedAt: new Date(startedAt).toISOString(), tables },
    notices: [
      `Load ${loadId} was stopped and is resumed: ${groupedDigits(rows)} row${rows === 1 ? '' : 's'} of it ${rows === 1 ? 'is' : 'are'} there already. \`resume: false\` begins it anew.`,
      ...(others.length === 0
        ? []
        : [
            `The windows and cursors of ${others.join(', ')} begin and end where they did before the stop, not where they would now.`,
          ]),
    ],
  };
}

/**
 * Until when the APIs of a stopped run have asked to be sent nothing. No wait is longer than it was
 * then: the clock may have been set since.
 */
function keptWaits(kept: readonly KeptProgress[], now: number): Record<string, number> {
  const waits = new Map<string, number>();
  for (const { waits: own = {} } of kept)
    for (const [host, { until, ms }] of Object.entries(own))
      waits.set(host, Math.max(waits.get(host) ?? 0, Math.min(until, now + ms)));
  return Object.fromEntries(waits);
}

/**
 * Lets those that keep account of a run go on where it was stopped, and reports it.
 *
 * @param stopped undefined for a run that begins
 */
export function goOn(
  stopped: StoppedRun | undefined,
  {
    log,
    journal,
    cursors,
  }: {
    log: Pick<Trace, 'resume' | 'restore' | 'record'>;
    journal: Pick<RunJournal, 'restore'> | null;
    cursors: Pick<RunCursors, 'restore'>;
  },
): void {
  log.resume(stopped?.info ?? null);
  if (stopped === undefined) return;
  const { progress, notices } = stopped;
  for (const [resource, kept] of progress) {
    log.restore(resource, kept.tally);
    journal?.restore(resource, kept);
    if (kept.cursors) cursors.restore(resource, kept.cursors);
  }
  for (const message of notices) log.record({ kind: 'notice', resource: null, message });
}

/** @param why a clause: what keeps an unfinished load from being resumed */
export function anewNotice(why: string): string {
  return `An unfinished load is begun anew, because ${why}.`;
}

/**
 * A page of a load that can be resumed. One that does not say where it is in the load, as a source
 * may make it that changes the pages of another, keeps that from being resumed: its rows would be
 * there twice.
 */
export function placedPage(page: SourcePage): SourcePage {
  return page.place === undefined ? { ...page, ...UNPLACED } : page;
}

const UNPLACED = {
  place: { list: '', under: null },
  next: { blocked: 'pages of it do not say where they are in the load (`Page.place`)' },
  position: undefined,
};

/**
 * An error of a resumed run. A configuration that does not go with what was committed before the
 * stop, and a committed position that leads in circles, end every run that resumes: says how one
 * is begun anew.
 */
export function withAnewHint(error: unknown): unknown {
  if (!(error instanceof ConfigError || error instanceof PaginationError)) return error;
  const message = `${error.message} The load was stopped and is resumed; \`resume: false\` begins it anew.`;
  return error instanceof ConfigError
    ? new ConfigError(message, { cause: error })
    : new PaginationError(message, { cause: error });
}

/** Resources with the cursors that a run began with. */
export function withBegunCursors(
  resources: readonly Resource[],
  start: Readonly<Record<string, StartValues>>,
): Resource[] {
  return resources.map((resource) => {
    const { incremental } = resource;
    const values = start[resource.name]?.incremental;
    if (incremental === undefined || values === undefined) return resource;
    return { ...resource, incremental: begunCursor(incremental, values) };
  });
}

/** A cursor with the values that a run began with. */
export function begunCursor<C extends CursorConfig>(
  { initialValue: _, endValue: __, ...rules }: C,
  values: NonNullable<StartValues['incremental']>,
): C {
  return { ...rules, ...values } as C;
}
