import type { Json } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import { flagOf } from '../../settings/flag-of.js';
import type { Ending } from './paginator.js';

/** Where a paginator that counts stands after a page. */
export interface RangePosition {
  rows: number;
  /** What the body has at the path of the flag. */
  more: Json | undefined;
  /** The count that the API states of the list (rows or pages); null where it states none. */
  total: number | null;
  /** How much of that count is read. */
  read: number;
  /** What would be requested next, and the first that must not be. */
  next: number;
  maximum: number;
  stopAfterEmptyPage: boolean;
}

/**
 * The end of a list that is counted through, or null to go on: an empty page, the flag, the total,
 * the maximum, in this order. An empty page though the flag says that there is more is an end too,
 * but the rest of the list is lost. The flag, where there is one, counts more than the total. A
 * total that was passed cannot be right and is not heeded while rows come. A maximum always holds.
 * Source: dlt's range paginators, whose empty page wins in silence.
 */
export function rangeEnd({
  rows,
  more,
  total,
  read,
  next,
  maximum,
  stopAfterEmptyPage,
}: RangePosition): Ending | null {
  const flag = flagOf(more);
  if (rows === 0 && stopAfterEmptyPage) return { end: flag === true ? 'lost' : 'empty' };
  if (flag === false) return { end: 'has-more' };
  if (flag === null && total !== null && (total === read || (rows === 0 && total < read)))
    return { end: 'total' };
  return next >= maximum ? { end: 'maximum' } : null;
}

/** ConfigError for a list that could have no end, as in dlt. */
export function requireEnd(kind: string, ends: boolean, ways: string): void {
  if (!ends)
    throw new ConfigError(
      `Paginator ${kind} would never end: give ${ways}, or leave stopAfterEmptyPage on.`,
    );
}
