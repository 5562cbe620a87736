import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import { type Finding, listFinding } from './list-finding.js';
import type { SourceEvent } from './source.js';

/** How certain it is that a load has all rows of an API. */
export type Verdict = 'complete' | 'unproven' | 'incomplete';

/** How completely a resource was read. Plain data. */
export interface Completeness {
  /** Name of the resource. */
  resource: string;
  /**
   * `complete`: every list ended as whole lists do: the API says that this is all and it is, or
   * there is one page and no sign of more. `unproven`: nothing shows that rows are missing, and
   * nothing proves that none are. `incomplete`: rows are missing.
   */
  verdict: Verdict;
  /** Why it is not `complete`, one sentence each; empty where it is. */
  reasons: readonly string[];
  /**
   * Why pages of its lists were not requested at once any more (`ListEnd.fallback`), one sentence
   * each. They are among the reasons of a verdict that is not `complete`. @default none
   */
  fallbacks?: readonly string[];
  /** Lists read to their end: one, or one for each parent row and window. */
  lists: number;
  /** Rows that the API declared, where it declared any for every list; else null. */
  declared: number | null;
  /**
   * Responses skipped because of their status or a response action, parent rows without a field,
   * rows that are null.
   */
  skipped: number;
  /**
   * A list of it changed while its load was stopped, and rows of it were loaded again: tables that
   * are appended to keep each `primaryKey` once. @default false
   */
  isReread?: boolean;
}

/** Counts the events of one resource, and ignores those of others. */
export interface CompletenessTally {
  add(event: SourceEvent): void;
  result(): Completeness;
  /** Rows are known to be missing. */
  isIncomplete(): boolean;
  snapshot(): CompletenessSnapshot;
}

/** What a tally has to know again to go on. Plain JSON. */
export interface CompletenessSnapshot {
  findings: readonly { finding: Finding; times: number }[];
  fallbacks: readonly (readonly [string, number])[];
  lists: number;
  hasEnd: boolean;
  wasPaged: boolean;
  hadRows: boolean;
  skipped: number;
  unkept: number;
  unkeptFallbacks: number;
  isReread?: boolean;
  declared: number | null;
}

/** More reasons than this are only counted: a fan-out may have thousands that are alike. */
const MOST_REASONS = 10;
/** Distinct reasons of a verdict that are kept: memory must not grow with the number of lists. */
const MOST_KEPT = 1_000;

/** @param from where an earlier tally of the resource stood. @default nothing happened */
export function completenessTally(
  resource: string,
  from?: CompletenessSnapshot,
): CompletenessTally {
  const incomplete = new Map<string, { finding: Finding; times: number }>();
  const unproven: typeof incomplete = new Map();
  for (const { finding, times } of from?.findings ?? [])
    (finding.verdict === 'incomplete' ? incomplete : unproven).set(finding.reason, {
      finding,
      times,
    });
  const fallbacks = new Map(from?.fallbacks);
  let {
    lists = 0,
    hasEnd = false,
    wasPaged = false,
    hadRows = false,
    skipped = 0,
    unkept = 0,
    unkeptFallbacks = 0,
    isReread = false,
  } = from ?? {};
  let declared: number | null = from === undefined ? 0 : from.declared;
  const note = (finding: Finding | null): void => {
    if (finding === null) return;
    const reasons = finding.verdict === 'incomplete' ? incomplete : unproven;
    const known = reasons.get(finding.reason);
    if (known !== undefined) known.times += 1;
    else if (reasons.size < MOST_KEPT) reasons.set(finding.reason, { finding, times: 1 });
    else unkept += 1;
  };
  return {
    add(event) {
      if (event.kind === 'skip') {
        skipped += event.rows ?? 1;
        hasEnd = true;
        note(skipFinding(event));
      }
      if (event.kind !== 'done') return;
      hasEnd = true;
      if (event.end === 'not-begun') return;
      lists += 1;
      wasPaged ||= event.end === 'no-next' && event.pages > 1;
      hadRows ||= event.rows > 0;
      isReread ||= event.isReread === true;
      declared =
        declared === null || event.declared?.rows === undefined
          ? null
          : declared + event.declared.rows;
      note(listFinding(event));
      const { fallback } = event;
      if (fallback === undefined) return;
      if (fallbacks.has(fallback) || fallbacks.size < MOST_KEPT)
        fallbacks.set(fallback, (fallbacks.get(fallback) ?? 0) + 1);
      else unkeptFallbacks += 1;
    },
    result() {
      if (!hasEnd)
        return {
          resource,
          verdict: 'unproven',
          reasons: ['no event says how its lists ended'],
          lists,
          declared: null,
          skipped,
        };
      const found = [...incomplete.values(), ...unproven.values()].filter(
        ({ finding: { isOfPath } }) =>
          !((isOfPath === 'next' && wasPaged) || (isOfPath === 'rows' && hadRows)),
      );
      const fellBack = shown([...fallbacks], unkeptFallbacks);
      const reasons = shown(
        found.map(({ finding: { reason }, times }) => [reason, times]),
        unkept,
      );
      return {
        resource,
        verdict: incomplete.size > 0 ? 'incomplete' : found.length > 0 ? 'unproven' : 'complete',
        reasons: found.length === 0 ? reasons : [...reasons, ...fellBack],
        ...(fellBack.length > 0 && { fallbacks: fellBack }),
        lists,
        declared: lists === 0 ? null : declared,
        skipped,
        ...(isReread && { isReread }),
      };
    },
    isIncomplete: () => incomplete.size > 0,
    snapshot: () => ({
      findings: [...incomplete.values(), ...unproven.values()].map((one) => ({ ...one })),
      fallbacks: [...fallbacks],
      lists,
      hasEnd,
      wasPaged,
      hadRows,
      skipped,
      unkept,
      unkeptFallbacks,
      isReread,
      declared,
    }),
  };
}

/** The first sentences with how often each counts, and how many more there are. */
function shown(sentences: readonly (readonly [string, number])[], unkept: number): string[] {
  const texts = sentences.map(([sentence, times]) =>
    times === 1 ? sentence : `${sentence} (${groupedDigits(times)} times)`,
  );
  const more =
    texts.length + unkept > MOST_REASONS
      ? [`and ${texts.length - MOST_REASONS + unkept} more`]
      : [];
  return [...texts.slice(0, MOST_REASONS), ...more];
}

/**
 * Returns the finding for a skipped response, row or parent; null where no row is missing for it: a
 * parent whose children do not exist, and a response in the middle of a list, whose end has the
 * finding.
 */
function skipFinding({
  status,
  reason,
  parent,
  index,
  field,
}: Extract<SourceEvent, { kind: 'skip' }>): Finding | null {
  // The API sent null in place of a row: nothing is missing.
  if (reason === 'null-row') return null;
  if (reason === 'missing-parent')
    return {
      verdict: 'unproven',
      reason: `nothing was requested for a parent row without \`${field}\``,
    };
  if (index === 0 && reason === 'action')
    return {
      verdict: 'unproven',
      reason: `a response with status ${status} was ignored, as a response action says`,
    };
  if (index > 0 || (status === 404 && parent !== null)) return null;
  return {
    verdict: 'unproven',
    reason: `a response with status ${status} was skipped, as \`skipStatus\` says`,
  };
}
