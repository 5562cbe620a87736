import { flagOf } from './flag.js';
import type { OffsetConfig } from './paginator-config.js';
import type { PageFacts, Paginator, RequestChange } from './paginator.js';
import { joinChanges, placeOf } from './place.js';
import { rangeEnd, requireEnd, requireWhole } from './range.js';
import { statedCount } from './stated-count.js';
import { bodyValues } from './value-path.js';

/**
 * Pages by offset, which moves on by the rows that came, not by those that were asked for: a server
 * that gives fewer loses none. Ends on an empty page, when the flag says so, when the stated total
 * is reached, or at the maximum. A total below what was read cannot be right and is not heeded; one
 * that equals a first page which is exactly full may only count that page, so one more is asked
 * for. A list without a total that gives the same rows again ignores `offset`, and that is its end;
 * where total or flag say that there are more rows, it is a fault.
 *
 * ConfigError for a limit that is no whole number above 0, for both parameter and body path, and
 * for a list without an end.
 */
export function offset(config: OffsetConfig): Paginator {
  const {
    limit,
    offset: start = 0,
    totalPath,
    maximumOffset = Infinity,
    hasMorePath,
    stopAfterEmptyPage = true,
  } = config;
  requireWhole('offset', {
    limit: [limit, 1],
    offset: [start, 0],
    ...(maximumOffset !== Infinity && { maximumOffset: [maximumOffset, 1] }),
  });
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
  const from = ({ asked }: PageFacts): number => Number(place.asked(asked) ?? start);
  return {
    paths: body.paths,
    first: change(start),
    pageSize: limit,
    config: { type: 'offset', ...config },
    next(page) {
      const { rows } = page;
      const { total, more } = body.read(page);
      const next = from(page) + (rows === 0 ? limit : rows);
      const stated = statedCount(total);
      const countsPage = stated === rows && rows >= limit;
      // An offset that begins at 1 is a row's number, and the first one behind the list is total +
      // 1.
      const read = start === 1 ? next - 1 : next;
      return (
        rangeEnd({
          rows,
          more,
          total: countsPage ? null : stated,
          read,
          next,
          maximum: maximumOffset,
          stopAfterEmptyPage,
        }) ?? change(next)
      );
    },
    declared(page) {
      const rows = statedCount(body.read(page).total);
      return rows === null ? null : { rows };
    },
    onRepeat(page) {
      const { total, more } = body.read(page);
      return (statedCount(total) ?? 0) > from(page) || flagOf(more) === true ? 'fault' : 'end';
    },
  };
}
