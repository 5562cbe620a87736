import { pathOf } from '../../../../operators/json/paths.js';
import type { PageNumberConfig } from '../paginator-config.js';
import { statedCount } from '../stated-count.js';
import {
  placeFor,
  placeText,
  placeWords,
  type RequestPlace,
  type Seen,
  sentBy,
} from './detect-seen.js';
import { detected, type Detected } from './detected.js';
import { type Member, PAGES, parentName, SIZES, statedPages } from './members.js';

/** Parameters for a page's number; other echoes of it (`current_page`, `number`) go with `page`. */
const PARAMS = new Set(['page', 'pagenumber', 'pageno', 'pagenum', 'pageindex']);
const SENT = new Set([...PARAMS, 'p']);

/**
 * Page numbers: a number of this page that the response echoes or the request had, or a number of
 * pages. The first page's number is what was sent or echoed; where neither is known, the paginator
 * finds it out (`basePage: 'auto'`).
 */
export function pageNumberPaging(seen: Seen): Detected | null {
  const { page, sent, flag, total } = seen;
  const sentValue = sentBy(sent, SENT);
  const sentNumber = statedCount(sentValue?.value);
  const echo = echoOf(seen, sentNumber);
  const pages = statedPages(seen.members);
  const number = sentNumber ?? statedCount(echo?.value);
  const size = sentBy(sent, SIZES);
  const isPaged =
    pages !== undefined ||
    sentNumber !== null ||
    (echo !== undefined &&
      (total ?? flag ?? seen.members.find(({ name }) => SIZES.has(name))) !== undefined);
  if (!isPaged || (sentNumber === null && isOneRecord(seen))) return null;
  const place: RequestPlace =
    sentValue !== null && sentNumber !== null
      ? sentValue.place
      : placeFor(echo !== undefined && PARAMS.has(echo.name) ? echo.key : 'page', sent);
  const base = number === null ? 'auto' : Math.min(number, 1);
  // The last page's number is the number of pages only where they count from 1.
  const counted =
    pages !== undefined && (!pages.name.startsWith('last') || base === 1) ? pages : undefined;
  const config: PageNumberConfig = {
    basePage: base,
    ...(number !== null && number > 1 && { page: number }),
    ...placeWords('page', place),
    ...(size !== null &&
      (statedCount(size.value) ?? 0) > 0 && {
        size: statedCount(size.value) as number,
        ...placeWords('size', size.place),
      }),
    ...(counted && { totalPath: pathOf(counted.keys) }),
    ...(total && { totalRowsPath: pathOf(total.keys) }),
    ...(flag && { hasMorePath: pathOf(flag.keys) }),
  };
  return detected(
    { type: 'pageNumber', ...config },
    `${seenText(pages, echo, sentValue?.place, page.rows)}: pages are requested by number ${placeText(place)}, ${baseText(base)}.`,
  );
}

/** The number of this page. A number above 1 that was not requested is something else. */
function echoOf({ members }: Seen, sentValue: number | null): Member | undefined {
  return members.find((member) => {
    const number =
      typeof member.value === 'string' || typeof member.value === 'number'
        ? statedCount(member.value)
        : null;
    const isNamed =
      PAGES.has(member.name) ||
      (/^(number|current)$/.test(member.name) &&
        (/^(page|pagination|meta)$/.test(parentName(member)) || 'totalPages' in member.within));
    return isNamed && number !== null && (number <= 1 || number === sentValue);
  });
}

/** One object without any list in it: a record that may well have a field `page`. */
function isOneRecord({ page, members }: Seen): boolean {
  return (
    page.rows === 1 && members.length > 0 && !members.some(({ value }) => Array.isArray(value))
  );
}

function seenText(
  pages: Member | undefined,
  echo: Member | undefined,
  sentValue: RequestPlace | undefined,
  rows: number,
): string {
  if (pages !== undefined)
    return `\`${pathOf(pages.keys)}\` states ${statedCount(pages.value)} pages`;
  if (echo !== undefined) return `\`${pathOf(echo.keys)}\` is the number of this page`;
  return `The first page was requested by number (${sentValue === undefined ? '' : placeText(sentValue)}) and has ${rows} rows`;
}

function baseText(base: number | 'auto'): string {
  if (base === 'auto')
    return 'and whether they count from 0 or 1 shows when page 1 comes: if it is the first page again, it is skipped';
  return `from ${base} on`;
}
