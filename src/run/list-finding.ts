import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import type { ListEnd } from './source.js';

/** A doubt about a resource. Plain JSON. */
export interface Finding {
  verdict: 'unproven' | 'incomplete';
  reason: string;
  /**
   * The path to the next page or to the rows may be wrong. It is right where it matched in another
   * list of the resource.
   */
  isOfPath?: 'next' | 'rows';
}

/**
 * Tells whether rows of a list may never be requested again if its cursor moves on: some are known
 * to be missing, reading stopped before the end, or a response casts doubt on the end.
 */
export function isCut(end: ListEnd): boolean {
  const finding = listFinding(end);
  const isDoubted = finding !== null && (end.doubt ?? end.moved ?? null) !== null;
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
  moved = null,
  isUnbounded = false,
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
  // A total that is reached proves nothing where rows came twice.
  if (moved !== null) return { verdict: 'unproven', reason: moved };
  if (isAll) return null;
  if (declared?.pages !== undefined && pages > 1 && pages <= declared.pages && lastPageRows === 0)
    return {
      verdict: 'unproven',
      reason: `the API declared ${groupedDigits(declared.pages)} pages, and page ${groupedDigits(pages)} has no rows: were they counted from another page on?`,
    };
  if (doubt !== null) return { verdict: 'unproven', reason: doubt };
  if (isUnbounded)
    return {
      verdict: 'unproven',
      reason:
        'only the close of its connection told where a response ended (it has neither `content-length` nor chunks), and one that was cut looks the same',
    };
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
      return nextMissing &&
        pages === 1 &&
        (isFull(lastPageRows, pageSize) || looksCut(lastPageRows))
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
