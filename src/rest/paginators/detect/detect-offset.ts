import { pathOf } from '../../../../operators/json/paths.js';
import type { OffsetConfig } from '../paginator-config.js';
import { statedCount } from '../stated-count.js';
import { offsetSent, placeFor, placeText, placeWords, type Seen, sentBy } from './detect-seen.js';
import { detected, type Detected } from './detected.js';
import { type Member, OFFSETS, SIZES } from './members.js';

/**
 * The parameter for the number of rows that goes with an offset of this name, where the response
 * names none. Sources: Jira, Solr, SCIM (RFC 7644), Elasticsearch.
 */
const COMPANIONS: Readonly<Record<string, string>> = {
  startat: 'maxResults',
  startindex: 'count',
  from: 'size',
};

/**
 * Offset and limit: the number of the first row, echoed beside a limit or total, or sent. Known by
 * no dlt.
 */
export function offsetPaging(seen: Seen): Detected | null {
  const { sent, page, total, flag, members } = seen;
  const sentValue = offsetSent(seen);
  const sentOffset = statedCount(sentValue?.value);
  const echo = members.find(
    ({ name, value }) => OFFSETS.has(name) && isStart(name, value, sentOffset),
  );
  const echoedSize = members.find(
    ({ name, value }) => SIZES.has(name) && (statedCount(value) ?? 0) > 0,
  );
  if (sentOffset === null && (echo === undefined || (total ?? echoedSize) === undefined))
    return null;
  const start = sentOffset ?? statedCount(echo?.value) ?? 0;
  const name = echo?.name ?? 'offset';
  const size = sentBy(sent, name === 'startindex' ? new Set([...SIZES, 'count']) : SIZES);
  const limitName =
    COMPANIONS[name] ??
    echoedSize?.key ??
    (members.some((member) => member.name === 'numfound') ? 'rows' : 'limit');
  const place = sentValue !== null ? sentValue.place : placeFor(echo?.key ?? 'offset', sent);
  const limitPlace = size?.place ?? placeFor(limitName, sent);
  const stated = statedCount(size?.value) || statedCount(echoedSize?.value) || 0;
  const config: OffsetConfig = {
    limit: stated || page.rows || 100,
    offset: start,
    ...placeWords('offset', place),
    ...placeWords('limit', limitPlace),
    ...(total && { totalPath: pathOf(total.keys) }),
    ...(flag && { hasMorePath: pathOf(flag.keys) }),
  };
  // A limit that is only how many rows there are today would make small pages of a list that grows.
  return detected(
    { type: 'offset', ...config },
    `${seenText(echo, total, start)}: the number of the first row is sent ${placeText(place)}, moved on by the rows that come, and the limit ${placeText(limitPlace)}.`,
    { lasting: stated > 0 },
  );
}

/** True where a first page begins: at 0 (1 for SCIM's `startIndex`), or at the offset sent. */
function isStart(name: string, value: Member['value'], sentValue: number | null): boolean {
  const count = typeof value === 'number' || typeof value === 'string' ? statedCount(value) : null;
  return (
    count !== null && (count === 0 || (count === 1 && name === 'startindex') || count === sentValue)
  );
}

function seenText(echo: Member | undefined, total: Member | undefined, start: number): string {
  const counted =
    total === undefined
      ? ''
      : ` and \`${pathOf(total.keys)}\` states ${statedCount(total.value)} rows`;
  return echo === undefined
    ? `The first page was requested from row ${start} on${counted}`
    : `\`${pathOf(echo.keys)}\` is the number of the first row${counted}`;
}
