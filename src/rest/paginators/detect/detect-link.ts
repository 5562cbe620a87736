import { isObject } from '../../../../operators/json/is-object.js';
import { pathOf } from '../../../../operators/json/paths.js';
import type { Json } from '../../../../operators/types.js';
import { saysMore, type Seen } from './detect-seen.js';
import { detected, type Detected } from './detected.js';
import { type Member, parentName, plainName } from './members.js';

/**
 * Names that a link to the next page has. `next` and `next_page` may be cursors or numbers as well.
 */
const LINKS = new Set([
  'next',
  'nextpage',
  'nexturl',
  'nextlink',
  'nextpageurl',
  'nextpagelink',
  'nexthref',
  'nexturi',
  'nextpageuri',
  'nextrecordsurl',
  'odatanextlink',
  'hydranext',
]);
const VAGUE = new Set(['next', 'nextpage']);
const ADDRESSES = ['href', 'url', 'uri', 'link'];
const PAGING_RELATIONS = new Set(['first', 'prev', 'previous', 'last']);

/** A place where the link to the next page stands, or would. */
export interface LinkPlace {
  path: string;
  /** Null on the last page. */
  url: string | null;
  /** It is a place for links and nothing else. */
  certain: boolean;
}

/** The first member that holds the address of the next page; undefined where none does. */
export function nextLinkIn(members: readonly Member[]): LinkPlace | undefined {
  return linkPlaces(members).find(({ url }) => url !== null);
}

/** A link to the next page in the body. */
export function openLink(seen: Seen): Detected | null {
  const found = nextLinkIn(seen.members);
  return found === undefined
    ? null
    : detected(
        { type: 'jsonLink', nextUrlPath: found.path },
        `\`${found.path}\` is the address of the next page: it is followed.`,
      );
}

/** A place for the link to the next page that has none. */
export function endedLink(seen: Seen): Detected | null {
  if (saysMore(seen)) return null;
  const found = linkPlaces(seen.members).find(({ url }) => url === null);
  if (found === undefined) return null;
  return detected(
    { type: 'jsonLink', nextUrlPath: found.path },
    `\`${found.path}\` has no next page: this is the last page, and its address is followed where there is one.`,
    { lasting: found.certain },
  );
}

function linkPlaces(members: readonly Member[]): LinkPlace[] {
  return members.flatMap((member): LinkPlace[] => {
    const { name, keys, value } = member;
    if (Array.isArray(value)) return /^links?$/.test(name) ? inList(keys, value) : [];
    if (!LINKS.has(name)) return [];
    const certain = !VAGUE.has(name) || /^links?$/.test(parentName(member));
    if (isObject(value)) {
      const key = Object.keys(value).find((inner) => ADDRESSES.includes(plainName(inner)));
      return key === undefined ? [] : place([...keys, key], value[key], true);
    }
    if (certain && isRelative(value)) return [{ path: pathOf(keys), url: value, certain }];
    return namesPage(member) && !isAddress(value) ? [] : place(keys, value, certain);
  });
}

/** `next_page` beside the number of this page is a number, also where it is null. */
function namesPage({ name, within }: Member): boolean {
  return (
    name === 'nextpage' &&
    Object.entries(within).some(
      ([key, value]) => /^(current)?page$/.test(plainName(key)) && typeof value === 'number',
    )
  );
}

function place(keys: readonly string[], value: Json | undefined, certain: boolean): LinkPlace[] {
  if (value === null || value === false || value === '')
    return [{ path: pathOf(keys), url: null, certain }];
  return isAddress(value) ? [{ path: pathOf(keys), url: value, certain: true }] : [];
}

/**
 * Links as a list: `[{ "rel": "next", "href": "…" }]`, as HATEOAS and FHIR (`relation`, `url`) have
 * them.
 */
function inList(keys: readonly string[], links: readonly Json[]): LinkPlace[] {
  const first = links.find((one) => isObject(one)) ?? {};
  const [relation, address] = [['rel', 'relation'], ADDRESSES].map((names) =>
    Object.keys(first).find((key) => names?.includes(plainName(key))),
  );
  if (relation === undefined || address === undefined) return [];
  const relations = new Map(
    links
      .filter((one) => isObject(one))
      .map((link): [Json | undefined, Json | undefined] => [link[relation], link[address]]),
  );
  const path = `${pathOf(keys)}[?(@.${relation}=='next')].${address}`;
  const url = relations.get('next');
  if (isAddress(url)) return [{ path, url, certain: true }];
  return [...relations.keys()].some((rel) => typeof rel === 'string' && PAGING_RELATIONS.has(rel))
    ? [{ path, url: null, certain: true }]
    : [];
}

/** Absolute, or relative to the host or page. */
function isAddress(value: Json | undefined): value is string {
  return typeof value === 'string' && /^(https?:\/\/|\/|\?)/.test(value);
}

/** Relative to the page, as OData has it: `Orders?$skip=7`. */
function isRelative(value: Json): value is string {
  return typeof value === 'string' && /^[^\s?/]+[?/]\S*$/.test(value);
}
