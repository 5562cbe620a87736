import { checkedOptions } from '../shape/checked-options.js';
import { type OffsetConfig, paginatorShapes } from './paginator-config.js';
import type { PageFacts, Paginator, RequestChange } from './paginator.js';
import { joinChanges, placeOf } from './place.js';
import { rangeEnd, requireEnd } from './range.js';
import { COUNT_LIMIT, statedCount } from './stated-count.js';
import { bodyValues } from './value-path.js';

/**
 * Pages by offset. The step is the page size that the response repeats; else `limit`, once any page
 * was exactly that long (such a server may filter rows out of a page after cutting it); else the
 * rows that came (such a server may give fewer than requested). Rows are rather read twice than
 * skipped.
 *
 * Ends on an empty page, when the flag says so, when the stated total is reached, or at the
 * maximum. Ignores a total that is smaller than the number of rows read, that is an estimate, or
 * that pages of different lengths add up to, since rows may have come twice then. A total that
 * equals a first page which is exactly full may only count that page, so one more is requested.
 *
 * ConfigError for a limit that is no whole number above 0, for both parameter and body path, and
 * for a list without an end.
 */
export function offset(options: OffsetConfig): Paginator {
  const config = checkedOptions('offset()', options, paginatorShapes.offset);
  const {
    limit,
    offset: start = 0,
    totalPath,
    maximumOffset = Infinity,
    hasMorePath,
    stopAfterEmptyPage = true,
  } = config;
  requireEnd(
    'offset',
    stopAfterEmptyPage || (totalPath ?? hasMorePath ?? config.maximumOffset) !== undefined,
    'totalPath, hasMorePath or maximumOffset',
  );
  const limitPlace = placeOf('offset', config, 'limitParam', 'limitBodyPath', 'limit');
  const place = placeOf('offset', config, 'offsetParam', 'offsetBodyPath', 'offset');
  const body = bodyValues({ total: totalPath, more: hasMorePath });
  const change = (from: number): RequestChange =>
    joinChanges(limitPlace.change(limit), place.change(from));
  // An offset that begins at 1 is a row's number, and the first one behind the list is total + 1.
  const before = start === 1 ? 0 : start;
  const from = ({ change }: PageFacts): number => Number(place.valueIn(change) ?? start);
  return {
    paths: body.paths,
    first: change(start),
    pageSize: limit,
    rowsBefore: before,
    config: { type: 'offset', ...config },
    next(page) {
      const { rows } = page;
      const { total, more } = body.read(page);
      const next = from(page) + stepOf(page, limit);
      const stated = statedCount(total);
      const isEstimate = page.signs.total?.isEstimate === true || stated === COUNT_LIMIT;
      const countsPage = stated === rows && rows >= limit && page.index === 0;
      const isTrusted = !isEstimate && (rows === 0 || isEven(page));
      return (
        rangeEnd({
          rows,
          more,
          total: countsPage || !isTrusted ? null : stated,
          read: from(page) - start + before + (rows === 0 ? next - from(page) : rows),
          next,
          maximum: maximumOffset,
          stopAfterEmptyPage,
        }) ?? change(next)
      );
    },
    declared(page) {
      const rows = statedCount(body.read(page).total);
      return rows === null ? null : { rows: Math.max(0, rows - before) };
    },
  };
}

/** How far the next page is: see `offset`. */
function stepOf({ rows, maxPageRows, signs }: PageFacts, limit: number): number {
  const echoed = signs.limit !== null && signs.limit <= limit ? signs.limit : null;
  const isFilled = rows === 0 || maxPageRows === limit;
  return Math.max(rows, echoed ?? (isFilled ? limit : rows));
}

/** Every page before this one was as long as the longest: none was filtered after it was cut. */
function isEven({ index, rows, rowsRead, maxPageRows }: PageFacts): boolean {
  return rowsRead - rows === index * maxPageRows;
}
