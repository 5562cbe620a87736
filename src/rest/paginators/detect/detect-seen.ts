import { isObject } from '../../../../operators/json/is-object.js';
import { pathOf } from '../../../../operators/json/paths.js';
import type { Json, JsonObject } from '../../../../operators/types.js';
import { flagOf } from '../../../settings/flag-of.js';
import type { PageFacts } from '../paginator.js';
import { statedCount } from '../stated-count.js';
import {
  deepestFor,
  describesList,
  HAS_MORE,
  type Member,
  membersOf,
  OFFSETS,
  PAGES,
  parentName,
  plainName,
  TOTALS,
} from './members.js';

/** The first request as it was sent. */
export interface Sent {
  url: URL;
  /** Its JSON body; null where it had none. */
  json: JsonObject | null;
}

/** What detection looks at. */
export interface Seen {
  page: PageFacts;
  sent: Sent;
  /** The members near the top first: paging is spoken of outside the rows. */
  members: readonly Member[];
  /** The flag that says whether there is more. */
  flag: Member | undefined;
  /** The number of rows in all. */
  total: Member | undefined;
}

/** A first page made ready for detection. */
export function seenOf(page: PageFacts, sent: Sent): Seen {
  const members = membersOf(page.body(), deepestFor(page.rowsAt));
  const ofList = members.filter((member) => describesList(member, page.rowsAt));
  const flag = ofList.find(({ name, value }) => HAS_MORE.test(name) && flagOf(value) !== null);
  return { page, sent, members, flag, total: totalOf(ofList, page.rows) };
}

/** A value of the first request, and where it stood. */
export interface SentValue {
  place: RequestPlace;
  value: Json;
}

/**
 * A value of the first request by one of several names: a query parameter, or a member of its body
 * not far down.
 */
export function sentBy(sent: Sent, names: ReadonlySet<string>): SentValue | null {
  for (const [param, value] of sent.url.searchParams)
    if (names.has(plainName(param))) return { place: { param }, value };
  const member = membersOf(sent.json, 2).find(
    ({ name, value }) => names.has(name) && !isObject(value),
  );
  return member === undefined
    ? null
    : { place: { path: pathOf(member.keys) }, value: member.value };
}

/** A place in a request: a query parameter, or a path in the JSON body. */
export type RequestPlace = { param: string } | { path: string };

/**
 * Where a value goes that the first request did not have: its query, or the body where it has one.
 */
export function placeFor(name: string, { json }: Sent): RequestPlace {
  return json === null ? { param: name } : { path: name };
}

/** The keys of a paginator's config for a place: `cursorParam` or `cursorBodyPath`. */
export function placeWords(
  what: 'cursor' | 'offset' | 'limit' | 'page' | 'size',
  place: RequestPlace,
): Record<string, string> {
  return 'param' in place ? { [`${what}Param`]: place.param } : { [`${what}BodyPath`]: place.path };
}

/** A place for people. */
export function placeText(place: RequestPlace): string {
  return 'param' in place ? `as parameter \`${place.param}\`` : `as \`${place.path}\` in the body`;
}

/**
 * The offset that the first request had. `from` and `start` may as well be times: they count where
 * they are 0, or echoed.
 */
export function offsetSent({ sent, members }: Pick<Seen, 'sent' | 'members'>): SentValue | null {
  const found = sentBy(sent, OFFSETS);
  const count = statedCount(found?.value);
  if (found === null || count === null) return null;
  const name =
    'param' in found.place
      ? plainName(found.place.param)
      : plainName(found.place.path.split('.').at(-1) ?? '');
  const isPlain =
    count === 0 ||
    !/^(from|start)$/.test(name) ||
    members.some((member) => member.name === name && statedCount(member.value) === count);
  return isPlain ? found : null;
}

/** True where counts or the flag say that this page is not all. */
export function saysMore(seen: Seen): boolean {
  const { flag, total, members, page, sent } = seen;
  if (flag !== undefined && flagOf(flag.value) === true) return true;
  const begin =
    statedCount(offsetSent(seen)?.value) ??
    statedCount(members.find(({ name }) => OFFSETS.has(name))?.value) ??
    0;
  return sentBy(sent, PAGES) === null && (statedCount(total?.value) ?? 0) > begin + page.rows;
}

/**
 * `pages.total` counts pages, and `count` is as often the rows of the page as of the list, so it
 * counts only where it cannot be the page's.
 */
function totalOf(members: readonly Member[], rows: number): Member | undefined {
  const stated = members.filter(({ value }) => statedCount(value) !== null);
  return (
    stated.find(
      (member) =>
        TOTALS.has(member.name) &&
        !(member.name === 'total' && /^pages?$/.test(parentName(member))),
    ) ?? stated.find(({ name, value }) => name === 'count' && (statedCount(value) as number) > rows)
  );
}
