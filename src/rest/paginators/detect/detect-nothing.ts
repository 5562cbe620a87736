import { pathOf } from '../../../../operators/json/paths.js';
import { flagOf } from '../../../settings/flag-of.js';
import { statedCount } from '../stated-count.js';
import { strayCursor } from './detect-cursor.js';
import { placeText, saysMore, type Seen, sentBy } from './detect-seen.js';
import { detected, type Detected } from './detected.js';
import { SIZES } from './members.js';

/** Reads one page, since nothing says how to go on; `why` says what may be missing. */
export function nothingMore(seen: Seen): Detected {
  const { page, sent, flag, total } = seen;
  const size = sentBy(sent, SIZES);
  const one = (why: string, incomplete: boolean): Detected =>
    detected({ type: 'single' }, why, {
      lasting: false,
      incomplete,
      size: size === null ? null : statedCount(size.value),
    });
  const stray = strayCursor(seen);
  if (stray !== undefined)
    return one(
      `\`${pathOf(stray.keys)}\` is the next cursor, but nothing names the parameter that takes it, so only this page is read: declare a cursor paginator with cursorPath '${pathOf(stray.keys)}' and its cursorParam.`,
      flag === undefined || flagOf(flag.value) !== false,
    );
  if (flag !== undefined && flagOf(flag.value) === true)
    return one(
      `\`${pathOf(flag.keys)}\` says that there is more, but the response has no link, cursor or number to go on with, so only this page is read: declare a paginator with hasMorePath '${pathOf(flag.keys)}'.`,
      true,
    );
  if (total !== undefined && saysMore(seen))
    return one(
      `\`${pathOf(total.keys)}\` states ${statedCount(total.value)} rows and ${page.rows} came, but nothing says how to request the others, so only this page is read: declare an offset or pageNumber paginator.`,
      true,
    );
  if (size !== null && page.rows > 0 && statedCount(size.value) === page.rows)
    return one(
      `As many rows came as were requested (${page.rows}, ${placeText(size.place)}) and nothing says whether there are more, so only this page is read: declare a paginator if there are.`,
      false,
    );
  return one(
    'Nothing in the response or its headers names other pages: this is the only page.',
    false,
  );
}
