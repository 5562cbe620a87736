import { isObject } from '../../../../operators/json/is-object.js';
import { pathOf } from '../../../../operators/json/paths.js';
import type { Json } from '../../../../operators/types.js';
import { flagOf } from '../../../settings/flag-of.js';
import { isNothing } from '../is-nothing.js';
import type { CursorConfig } from '../paginator-config.js';
import {
  placeFor,
  placeText,
  placeWords,
  type RequestPlace,
  saysMore,
  type Seen,
  sentBy,
} from './detect-seen.js';
import { detected, type Detected } from './detected.js';
import { type Member, OFFSETS, PAGES, parentName, plainName } from './members.js';

/** Query parameters that take a cursor. */
const TAKERS: ReadonlySet<string> = new Set([
  'cursor',
  'after',
  'startingfrom',
  'startingafter',
  'startafter',
  'startcursor',
  'pagecursor',
  'pagetoken',
  'nextpagetoken',
  'nexttoken',
  'continuationtoken',
  'continuation',
  'marker',
  'pageinfo',
  'nextcursor',
]);
/** Cursors that go back under their own name. */
const SAME: ReadonlySet<string> = new Set([
  'cursor',
  'after',
  'marker',
  'continuation',
  'continuationtoken',
  'nexttoken',
]);

/** A member that holds the next cursor, or would. */
interface CursorMember {
  member: Member;
  /** The parameter as its name implies it; null where it implies none. */
  param: string | null;
}

/** A cursor in the body whose parameter is known. */
export function openCursor(seen: Seen): Detected | null {
  for (const found of cursorsIn(seen)) {
    const place = isOpen(found.member.value) ? takerOf(found, seen) : null;
    if (place !== null)
      return byCursor(
        found,
        place,
        seen,
        `\`${pathOf(found.member.keys)}\` is the next cursor: it is sent back ${placeText(place)}.`,
      );
  }
  return null;
}

/** A place for the next cursor that has none. */
export function endedCursor(seen: Seen): Detected | null {
  if (saysMore(seen)) return null;
  for (const found of cursorsIn(seen)) {
    const place = isOpen(found.member.value) ? null : takerOf(found, seen);
    if (place !== null)
      return byCursor(
        found,
        place,
        seen,
        `\`${pathOf(found.member.keys)}\` has no next cursor: this is the last page; a cursor there is sent back ${placeText(place)}.`,
      );
  }
  return null;
}

/** A next cursor with nothing that tells the parameter for it. */
export function strayCursor(seen: Seen): Member | undefined {
  return cursorsIn(seen).find(
    (found) => isOpen(found.member.value) && takerOf(found, seen) === null,
  )?.member;
}

function byCursor(
  { member }: CursorMember,
  place: RequestPlace,
  { members, flag }: Seen,
  why: string,
): Detected {
  const beside =
    members.find(
      (other) =>
        other.within === member.within &&
        FLAG_BESIDE.has(other.name) &&
        flagOf(other.value) !== null,
    ) ?? flag;
  const config: CursorConfig = {
    cursorPath: pathOf(member.keys),
    ...placeWords('cursor', place),
    ...(beside && { hasMorePath: pathOf(beside.keys) }),
  };
  return detected({ type: 'cursor', ...config }, why, {
    lasting: isOpen(member.value) || /^next.|^endcursor/.test(member.name),
  });
}

const FLAG_BESIDE = new Set(['hasmore', 'hasnext', 'hasnextpage', 'more']);

/** Where a cursor may be: under names that say "next" first, then under those of a cursor alone. */
function cursorsIn({ members, sent }: Seen): CursorMember[] {
  const scalar = members.filter(({ value }) => typeof value !== 'object' || value === null);
  const next = scalar.flatMap((member): CursorMember[] => {
    const { key, name, value } = member;
    if (name === 'next' && value !== true)
      return typeof value === 'number' || isOpen(value)
        ? [{ member, param: ofBareNext(member) }]
        : [];
    if (name === 'endcursor') return [{ member, param: 'after' }];
    if (parentName(member) === 'next' && (TAKERS.has(name) || PAGES.has(name) || OFFSETS.has(name)))
      return [{ member, param: key }];
    const param = behindNext(key);
    return param === null ? [] : [{ member, param }];
  });
  const alone = scalar.flatMap((member): CursorMember[] => {
    const { key, name, value } = member;
    // Airtable's `offset` is a cursor, not a number.
    const isCursor =
      SAME.has(name) || (name === 'offset' && typeof value === 'string' && !/^\d*$/.test(value));
    const isEcho = isOpen(value) && sentBy(sent, new Set([name]))?.value === String(value);
    return isCursor && !isEcho && !next.some((other) => other.member === member)
      ? [{ member, param: key }]
      : [];
  });
  return [
    ...next.filter(({ member }) => parentName(member) !== 'next' || !PAGES.has(member.name)),
    ...next.filter(({ member }) => parentName(member) === 'next' && PAGES.has(member.name)),
    ...alone,
  ];
}

/**
 * A bare `next`: in `cursors` it is a cursor as dlt knows it, beside the number of this page the
 * next one.
 */
function ofBareNext(member: Member): string | null {
  if (parentName(member) === 'cursors') return 'cursor';
  const page = Object.entries(member.within).find(
    ([key, value]) =>
      PAGES.has(plainName(key)) && typeof value === 'number' && member.value === value + 1,
  );
  return page === undefined ? null : page[0];
}

/**
 * `next_cursor` is for `cursor`, `nextPageToken` for `pageToken`, `next_page` for `page`: what is
 * behind `next` is the parameter.
 */
function behindNext(key: string): string | null {
  if (SAME.has(plainName(key)) && /^next/i.test(key)) return key;
  const rest = /^next[_-]?(.+)$/i.exec(key)?.[1] ?? '';
  const known =
    TAKERS.has(plainName(rest)) || PAGES.has(plainName(rest)) || OFFSETS.has(plainName(rest));
  return known ? `${rest.charAt(0).toLowerCase()}${rest.slice(1)}` : null;
}

/**
 * Where the cursor is sent back: a parameter that was sent, GraphQL's variable, one that the
 * response echoes, or the implied one.
 */
function takerOf({ member, param }: CursorMember, { members, sent }: Seen): RequestPlace | null {
  const counts = param !== null && (PAGES.has(plainName(param)) || OFFSETS.has(plainName(param)));
  const own = sentBy(sent, counts ? new Set([plainName(param)]) : TAKERS);
  if (own !== null) return own.place;
  const query = sent.json?.['query'];
  if (member.name === 'endcursor' && typeof query === 'string') {
    const variable = /\bafter\s*:\s*\$(\w+)/.exec(query)?.[1];
    return variable === undefined ? null : { path: `variables.${variable}` };
  }
  const echo = counts || member.name === 'endcursor' ? undefined : echoed(members, member);
  const name = echo?.key ?? param;
  return name === null ? null : placeFor(name, sent);
}

/**
 * A member that repeats the cursor that this page was requested with; one that could be a cursor
 * itself only where it is null or empty.
 */
function echoed(members: readonly Member[], cursor: Member): Member | undefined {
  return members.find(
    ({ name, value }) =>
      name !== cursor.name &&
      TAKERS.has(name) &&
      !name.startsWith('next') &&
      !(SAME.has(name) && isOpen(value)) &&
      !isObject(value),
  );
}

function isOpen(value: Json): value is string | number | bigint {
  return (
    typeof value !== 'boolean' && !isObject(value) && !Array.isArray(value) && !isNothing(value)
  );
}
