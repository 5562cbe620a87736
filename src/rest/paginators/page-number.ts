import { ConfigError } from '../../errors.js';
import { checkedOptions } from '../shape/checked-options.js';
import { type PageNumberConfig, paginatorShapes } from './paginator-config.js';
import type { Declared, PageFacts, Paginator, RequestChange } from './paginator.js';
import { joinChanges, placeOf } from './place.js';
import { rangeEnd, requireEnd } from './range.js';
import { statedCount } from './stated-count.js';
import { bodyValues } from './value-path.js';

/**
 * Pages by number. Ends on an empty page, when the flag says so, when the stated number of pages is
 * reached, or at the maximum. A short page proves nothing: servers give fewer rows than requested
 * without a word, or filter a page after cutting it, and the rest would be lost. So a list costs
 * one more request than it has pages, unless its end is stated or `shortPageEnds`.
 *
 * ConfigError for numbers that are not whole, for both parameter and body path, for `shortPageEnds`
 * without `size`, and for a list without an end.
 */
export function pageNumber(options: PageNumberConfig = {}): Paginator {
  const config = checkedOptions('pageNumber()', options, paginatorShapes.pageNumber);
  const {
    basePage = 0,
    size,
    totalPath,
    totalRowsPath,
    maximumPage = Infinity,
    hasMorePath,
    shortPageEnds = false,
    stopAfterEmptyPage = true,
  } = config;
  check(config);
  const place = placeOf('pageNumber', config, 'pageParam', 'pageBodyPath', 'page');
  const sizePlace = placeOf('pageNumber', config, 'sizeParam', 'sizeBodyPath', 'limit');
  const body = bodyValues({ pages: totalPath, rows: totalRowsPath, more: hasMorePath });
  const unknown = basePage === 'auto';
  const start = unknown ? 0 : (config.page ?? basePage);
  const sized = size === undefined ? {} : sizePlace.change(size);
  const change = (page: number): RequestChange => joinChanges(place.change(page), sized);
  const numberOf = ({ change }: PageFacts): number => Number(place.valueIn(change) ?? start);
  return {
    paths: body.paths,
    first: unknown ? sized : change(start),
    pageSize: size ?? null,
    rowsBefore: unknown || start === basePage ? 0 : null,
    config: { type: 'pageNumber', ...config },
    next(page) {
      const { rows } = page;
      const { pages, more } = body.read(page);
      if (shortPageEnds && rows > 0 && rows < (size ?? 0)) return { end: 'short' };
      const next = numberOf(page) + 1;
      const read = unknown ? page.index + 1 : next - basePage;
      return (
        rangeEnd({
          rows,
          more,
          total: page.signs.total?.isEstimate === true ? null : statedCount(pages),
          read,
          next,
          maximum: maximumPage,
          stopAfterEmptyPage: stopAfterEmptyPage || shortPageEnds,
        }) ?? change(next)
      );
    },
    declared(page) {
      const { pages, rows } = body.read(page);
      const [statedPages, statedRows] = [statedCount(pages), statedCount(rows)];
      const declared: Declared = {
        ...(statedRows !== null && { rows: statedRows }),
        ...(statedPages !== null && { pages: statedPages }),
      };
      return statedRows === null && statedPages === null ? null : declared;
    },
    isFirstAgain: (page) => unknown && numberOf(page) === 1,
  };
}

function check({
  basePage = 0,
  page,
  size,
  totalPath,
  maximumPage,
  hasMorePath,
  shortPageEnds = false,
  stopAfterEmptyPage = true,
}: PageNumberConfig): void {
  if (basePage === 'auto' && page !== undefined)
    throw new ConfigError(
      'Paginator pageNumber cannot begin at a page while basePage is auto; give basePage as a number.',
    );
  if (shortPageEnds && size === undefined)
    throw new ConfigError(
      'Paginator pageNumber needs size for shortPageEnds: without it no page is known to be short.',
    );
  requireEnd(
    'pageNumber',
    stopAfterEmptyPage || shortPageEnds || (totalPath ?? hasMorePath ?? maximumPage) !== undefined,
    'totalPath, hasMorePath, shortPageEnds or maximumPage',
  );
}
