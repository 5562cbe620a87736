import { pathOf } from '../../../../operators/json/paths.js';
import type { Json, JsonObject } from '../../../../operators/types.js';
import { flagOf } from '../flag.js';
import type { PageFacts } from '../paginator.js';
import { statedCount } from '../stated-count.js';

export { pathOf };

/** The first request as it was sent. */
export interface Sent {
  url: URL;
  /** Its JSON body; null where it had none. */
  json: JsonObject | null;
}

/** A member of the answer outside its lists, or of a request's body. */
export interface Member {
  /** As it is spelled. */
  key: string;
  /**
   * In small letters, without anything else than letters and digits: `@odata.nextLink` is
   * `odatanextlink`.
   */
  name: string;
  /** The keys that lead to it, itself included. */
  keys: readonly string[];
  value: Json;
  /** The object that it is a member of. */
  within: JsonObject;
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

/**
 * Objects further down than this are not looked into: `data.orders.pageInfo.endCursor` is as deep
 * as APIs put their paging.
 */
const DEEPEST = 4;
const FLAGS = new Set([
  'hasmore',
  'hasnext',
  'hasnextpage',
  'hasmoreitems',
  'hasmoreresults',
  'moreitemsincollection',
  'morepages',
  'more',
]);
const TOTALS = new Set([
  'total',
  'totalcount',
  'totalresults',
  'totalitems',
  'totalrecords',
  'totalelements',
  'totalrows',
  'totalsize',
  'totalhits',
  'numfound',
  'odatacount',
]);

/** A first page made ready for detection. */
export function seenOf(page: PageFacts, sent: Sent): Seen {
  const members = membersOf(page.body());
  const flag = members.find(({ name, value }) => FLAGS.has(name) && flagOf(value) !== null);
  return { page, sent, members, flag, total: totalOf(members, page.rows) };
}

/** All members of an object, those of the objects in it after them. */
function membersOf(body: Json, deepest: number = DEEPEST): Member[] {
  const found: Member[] = [];
  let level: { value: Json; keys: readonly string[] }[] = [{ value: body, keys: [] }];
  for (let depth = 0; depth < deepest; depth += 1) {
    const inner = level.flatMap(({ value: within, keys }) =>
      isObject(within)
        ? Object.entries(within).map(([key, value]): Member => ({
            key,
            name: plainName(key),
            keys: [...keys, key],
            value,
            within,
          }))
        : [],
    );
    found.push(...inner);
    level = inner;
  }
  return found;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name that is the same in `next_page`, `nextPage` and `Next-Page`. */
export function plainName(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The key of the object that a member is in, as a plain name; empty at the top. */
export function parentName({ keys }: Member): string {
  return plainName(keys.at(-2) ?? '');
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

/**
 * Where a value goes that the first request did not have: its query, or the body where it has one.
 */
export type RequestPlace = { param: string } | { path: string };

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

/** Names of the number of the first row, and of the page. */
export const OFFSETS: ReadonlySet<string> = new Set([
  'offset',
  'skip',
  'start',
  'startat',
  'startindex',
  'from',
]);
export const PAGES: ReadonlySet<string> = new Set([
  'page',
  'pagenumber',
  'pageno',
  'pagenum',
  'pageindex',
  'currentpage',
]);
/** Names of the number of rows asked for. */
export const SIZES: ReadonlySet<string> = new Set([
  'limit',
  'perpage',
  'pagesize',
  'size',
  'maxresults',
  'top',
  'take',
  'rows',
  'itemsperpage',
  'resultsperpage',
]);

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
