import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import type { ListEnd, SourceEvent } from './source.js';

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
}

/** Counts the events of one resource, and ignores those of others. */
export interface CompletenessTally {
  add(event: SourceEvent): void;
  result(): Completeness;
}

/** More reasons than this are only counted: a fan-out may have thousands that are alike. */
const MOST_REASONS = 10;
/** Distinct reasons of a verdict that are kept: memory must not grow with the number of lists. */
const MOST_KEPT = 1_000;

export function completenessTally(resource: string): CompletenessTally {
  const incomplete = new Map<string, { finding: Finding; times: number }>();
  const unproven: typeof incomplete = new Map();
  const fallbacks = new Map<string, number>();
  let lists = 0;
  let hasEnd = false;
  let wasPaged = false;
  let hadRows = false;
  let skipped = 0;
  let unkept = 0;
  let unkeptFallbacks = 0;
  let declared: number | null = 0;
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
      };
    },
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

interface Finding {
  verdict: 'unproven' | 'incomplete';
  reason: string;
  /**
   * The path to the next page or to the rows may be wrong. It is right where it matched in another
   * list of the resource.
   */
  isOfPath?: 'next' | 'rows';
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

/**
 * Tells whether rows of a list may never be requested again if its cursor moves on: some are known
 * to be missing, reading stopped before the end, or a response casts doubt on the end.
 */
export function isCut(end: ListEnd): boolean {
  const finding = listFinding(end);
  const isDoubted = finding !== null && (end.doubt ?? null) !== null;
  return end.end === 'maximum' || finding?.verdict === 'incomplete' || isDoubted;
}

/** Returns the doubt that the end of a list leaves; null where the end is proven. Pure. */
export function listFinding({
  end,
  parent,
  pages,
  rows,
  declared,
  pageSize,
  maxPageRows,
  lastPageRows,
  autoDetected,
  nextMissing,
  missingHeader = null,
  more = null,
  fault = null,
  unmatched = null,
  doubt = null,
}: Omit<ListEnd, 'kind' | 'resource'>): Finding | null {
  if (fault !== null)
    return {
      verdict: 'incomplete',
      reason: `the API reports that something failed or was left out: ${fault}`,
    };
  // What is behind it was not wanted.
  if (end === 'stopped') return null;
  const declaredRows = declared?.rows;
  const isEstimate = declared?.isEstimate === true;
  const isAll = declaredRows !== undefined && !isEstimate && rows === declaredRows;
  if (declaredRows !== undefined && !isEstimate && rows < declaredRows)
    return {
      verdict: 'incomplete',
      reason: `the API declared ${groupedDigits(declaredRows)} rows and gave ${groupedDigits(rows)}`,
    };
  if (!isAll && declared?.pages !== undefined && pages < declared.pages && end !== 'maximum')
    return {
      verdict: 'incomplete',
      reason: `the API declared ${groupedDigits(declared.pages)} pages and ${groupedDigits(pages)} were read`,
    };
  if (more !== null && (more.by === 'flag' || !isAll))
    // A link on a page without rows is often one that is always there.
    return isAll || (more.by === 'next' && lastPageRows === 0)
      ? {
          verdict: 'unproven',
          reason: `the list seems to be at its end, but ${more.what}`,
        }
      : {
          verdict: 'incomplete',
          reason: `${more.what}, and what comes next was not read: declare the paginator, or correct it`,
        };
  if (declaredRows !== undefined && rows > declaredRows)
    return {
      verdict: 'unproven',
      reason: `the API declared ${isEstimate ? 'about ' : ''}${groupedDigits(declaredRows)} rows and gave ${groupedDigits(rows)}: rows may have come twice`,
    };
  if (isEstimate)
    return {
      verdict: 'unproven',
      reason: `the API only estimates how many rows there are (${groupedDigits(declaredRows as number)}); ${groupedDigits(rows)} were read`,
    };
  if (unmatched !== null)
    return {
      verdict: 'unproven',
      reason: `no element that \`${unmatched}\` leads to has what is behind its wildcard: is \`dataSelector\` right?`,
      isOfPath: 'rows',
    };
  if (isAll) return null;
  if (doubt !== null) return { verdict: 'unproven', reason: doubt };
  switch (end) {
    case 'no-next':
      if (missingHeader !== null)
        return pages === 1 &&
          (isFull(lastPageRows, pageSize) || (nextMissing && looksCut(lastPageRows)))
          ? {
              verdict: 'unproven',
              reason: `one full page of ${groupedDigits(lastPageRows)} rows came, and no response had the header \`${missingHeader}\` that names the next one: does the API page in another way?`,
              isOfPath: 'next',
            }
          : null;
      return nextMissing && pages === 1 && looksCut(lastPageRows)
        ? {
            verdict: 'unproven',
            reason: `one page of exactly ${groupedDigits(lastPageRows)} rows came, and there is nothing where the link or cursor to the next one should be: is its path right?`,
            isOfPath: 'next',
          }
        : null;
    case 'has-more':
    case 'total':
    case 'empty':
    case 'custom':
    case 'not-begun':
      return null;
    case 'skipped':
      return {
        verdict: 'unproven',
        reason:
          'a response in the middle of a list was skipped, and what is behind it was not read',
      };
    case 'lost':
      return {
        verdict: 'incomplete',
        reason:
          'the API says that there is more than it sent, and not how to request it: declare the paginator, or correct it',
      };
    case 'maximum':
      return lastPageRows === 0
        ? null
        : {
            verdict: 'unproven',
            reason: 'reading stopped at the configured maximum; there may be more',
          };
    case 'short':
      return pageSize !== null && maxPageRows < pageSize && looksCut(maxPageRows)
        ? {
            verdict: 'unproven',
            reason: `${groupedDigits(pageSize)} rows were requested on a page and ${groupedDigits(maxPageRows)} came: the API may send no more than that, and then the list goes on`,
          }
        : null;
    case 'single':
      if (!autoDetected) return null;
      if (pageSize !== null && lastPageRows > 0 && lastPageRows >= pageSize)
        return {
          verdict: 'unproven',
          reason: `as many rows came as were requested (${groupedDigits(lastPageRows)}), and nothing says whether there are more: declare a paginator, or single() where there are not`,
        };
      return looksCut(lastPageRows)
        ? {
            verdict: 'unproven',
            reason: `one page of exactly ${groupedDigits(lastPageRows)} rows came, and nothing says whether there are more: declare a paginator, or single() where there are not`,
          }
        : null;
    case 'repeat':
      return {
        verdict: 'unproven',
        reason: `the API ignores paging and gave ${groupedDigits(lastPageRows)} rows each time: they may be its first page only`,
      };
    case 'status':
      return pages === 0 && parent === null
        ? {
            verdict: 'unproven',
            reason: 'the first page already had a status that `endStatus` takes for the end',
          }
        : null;
    default:
      return end satisfies never;
  }
}

/**
 * Returns true for the usual sizes of pages: a list of exactly so many rows may have been cut
 * there.
 */
export function looksCut(rows: number): boolean {
  return rows > 0 && (rows % 50 === 0 || [10, 20, 25, 30, 40].includes(rows));
}

/**
 * Returns whether a page may be full: it has as many rows as were requested, or a usual most that
 * an API sends of them.
 */
function isFull(rows: number, pageSize: number | null): boolean {
  if (pageSize === null) return looksCut(rows);
  return rows > 0 && (rows >= pageSize || (rows >= 100 && looksCut(rows)));
}
