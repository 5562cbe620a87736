import { isObject } from '../../../../operators/json/is-object.js';
import { pathOf } from '../../../../operators/json/paths.js';
import type { Json, JsonObject } from '../../../../operators/types.js';
import { isNothing } from '../../paginators/is-nothing.js';
import { hasFieldsOfItsOwn, isEmptyEnvelope } from './empty-envelope.js';

/** Where the rows of a response are, as far as the response alone shows it. */
export interface DetectedSelector {
  /** A path, `@` for the response itself; null where the response says that it has no rows. */
  selector: string | null;
  /** Later responses of the resource have their rows there, too. False for an empty list. */
  isCertain: boolean;
  /** The other lists in the response. */
  others: readonly string[];
}

/** Lengths of lists by their paths, where a document has only their first elements. */
export type ListLengths = ReadonlyMap<string, number>;

interface ListInBody {
  keys: readonly string[];
  list: readonly Json[];
  /** Something that means no rows is in the place of the list: null, `{}`, `""`, `false`. */
  isNothing: boolean;
  rank: number;
}

/** Names that APIs give to the list of rows. */
const USUAL = new Set(
  'data items results result entries records rows entities payload content objects values nodes edges elements docs documents hits features resources collection list member members hydramember graph'.split(
    ' ',
  ),
);
/** Never rows, unless the resource has this very name. */
const NEVER = new Set(
  'link links error errors fault faults errormessages errorlist errordetails'.split(' '),
);
/** Rows only where nothing else can be: beside the rows, or about them. */
const BESIDE = new Set(
  'include includes included warning warnings message messages notice notices alert alerts info meta metadata pagination paging page pages pageinfo facets filters aggregations aggs sort sorting schema extensions debug actions breadcrumbs responsemetadata'.split(
    ' ',
  ),
);
const OWN = 0;
const USUAL_NAME = 1;
const OTHER = 2;
const ASIDE = 3;
const SCALARS = 4;
/** Keys above a list that is looked at; GraphQL nests its lists deeper below `data`. */
const DEEPEST = 3;
const DEEPEST_GRAPH = 6;

/**
 * Finds the rows of a response whose place the config does not name. In this order: the list with a
 * name of the resource (singular or plural), one with a usual name (`data`, `items`, OData's
 * `value`, FHIR's `entry`, HAL's `_embedded`, GraphQL's `nodes` and `edges`), the longest list of
 * objects, what lies beside rows (included, messages), lists of other values. Lists of links and
 * errors are no rows. Where nothing is at such a name (null, `{}`, `""`, `false`), it is an empty
 * list. A list, or an object without lists, is the rows itself; an object that only speaks of a
 * list has none (`isEmptyEnvelope`).
 *
 * @param names the resource's name and the last part of its path
 */
export function detectSelector(
  body: Json,
  names: readonly string[] = [],
  lengths: ListLengths = new Map(),
): DetectedSelector {
  if (!isObject(body)) return { selector: '@', isCertain: true, others: [] };
  const own = names.map(plain).filter((name) => name !== '');
  const all = listsIn(body, [], body, own);
  const lengthOf = ({ keys, list }: ListInBody): number =>
    (list.length > 0 ? lengths.get(pathOf(keys)) : undefined) ?? list.length;
  const ranked = all
    .filter(({ rank }) => rank !== Infinity)
    .sort((a, b) => byRank(a, b) || lengthOf(b) - lengthOf(a));
  const [chosen] = ranked;
  const isRow = isRecord(body);
  const pathsBut = (one: ListInBody | undefined): string[] =>
    all.filter((other) => other !== one && !other.isNothing).map(({ keys }) => pathOf(keys));
  if (chosen !== undefined && !(chosen.rank === SCALARS && isRow))
    return {
      selector: pathOf(chosen.keys),
      isCertain: chosen.list.length > 0,
      others: pathsBut(chosen),
    };
  if (isEmptyEnvelope(body)) return { selector: null, isCertain: false, others: [] };
  return { selector: '@', isCertain: isRow, others: pathsBut(undefined) };
}

function listsIn(
  value: Json,
  keys: readonly string[],
  body: JsonObject,
  own: readonly string[],
): ListInBody[] {
  const deepest = keys[0] === 'data' ? DEEPEST_GRAPH : DEEPEST;
  if (!isObject(value) || keys.length >= deepest) return [];
  return Object.entries(value).flatMap(([key, inner]): ListInBody[] => {
    const path = [...keys, key];
    const isList = Array.isArray(inner);
    if (!isList && !(isNothing(inner) && isListName(path, body, own)))
      return listsIn(inner, path, body, own);
    // The nodes are the rows that the edges lead to.
    if (key === 'edges' && Array.isArray(value['nodes'])) return [];
    const isDeep = path.length > DEEPEST && key !== 'nodes' && key !== 'edges';
    const list = isList ? inner : [];
    return isDeep
      ? []
      : [{ keys: path, list, isNothing: !isList, rank: rankOf(path, list, body, own) }];
  });
}

function rankOf(
  keys: readonly string[],
  list: readonly Json[],
  body: JsonObject,
  own: readonly string[],
): number {
  const names = keys.map(plain);
  const name = names.at(-1) as string;
  const above = names.slice(0, -1);
  const isRows = hasRows(list);
  const isNamed = own.some((one) => isSameName(one, name));
  const isUsual = isUsualName(keys, body);
  if (!isNamed && [...above, name].some((one) => NEVER.has(one))) return Infinity;
  if (!isNamed && !isUsual && list.length > 0 && list.every(isLink)) return Infinity;
  if (!isNamed && [...above, name].some((one) => BESIDE.has(one))) return isRows ? ASIDE : SCALARS;
  if (isNamed) return isRows ? OWN : USUAL_NAME;
  if (isUsual)
    return isRows && above.some((one) => own.some((own) => isSameName(own, one)))
      ? OWN
      : USUAL_NAME;
  return isRows ? OTHER : SCALARS;
}

/**
 * Whether a list is one of objects, by its first element that is not null: of a long list only the
 * beginning may be there, and what is behind it must not choose another list.
 */
function hasRows(list: readonly Json[]): boolean {
  const first = list.find((one) => one !== null);
  return first === undefined || isObject(first);
}

function byRank(a: ListInBody, b: ListInBody): number {
  const kind = ({ list }: ListInBody): number => (list.length === 0 ? 1 : hasRows(list) ? 0 : 2);
  return a.rank - b.rank || kind(a) - kind(b);
}

function isUsualName(keys: readonly string[], body: JsonObject): boolean {
  const key = keys.at(-1) as string;
  if (key === 'entry') return body['resourceType'] === 'Bundle';
  if (key === 'value') return keys.length === 1 || keys[0] === 'd';
  return USUAL.has(plain(key)) || keys.at(-2) === '_embedded';
}

/**
 * The name of a list, though there is none at it. A row may have a field with a usual name, or with
 * one that is like its own, and nothing in it.
 */
function isListName(keys: readonly string[], body: JsonObject, own: readonly string[]): boolean {
  const name = plain(keys.at(-1) as string);
  if (isRecord(body)) return own.includes(name);
  return own.some((one) => isSameName(one, name)) || isUsualName(keys, body);
}

/** What hardly is anything else than a list is no field of a record's own (`data: false`). */
function isRecord(body: JsonObject): boolean {
  const fields = Object.entries(body).filter(
    ([key, value]) => !((value === false || value === '') && PLURAL.has(plain(key))),
  );
  return hasFieldsOfItsOwn(Object.fromEntries(fields));
}

const PLURAL = new Set(['data', 'items', 'results', 'records', 'rows', 'entries']);

function isLink(value: Json): boolean {
  return (
    isObject(value) &&
    ('href' in value || (('rel' in value || 'relation' in value) && 'url' in value)) &&
    Object.keys(value).length <= 6 &&
    !('id' in value)
  );
}

function isSameName(own: string, name: string): boolean {
  const [a, b] = [singular(own), singular(name)];
  // `shop_orders` and `list_orders` have their rows in `orders`.
  return a === b || (b.length >= 4 && !NEVER.has(name) && !BESIDE.has(name) && a.endsWith(b));
}

function singular(name: string): string {
  if (name === 'people') return 'person';
  if (name === 'children') return 'child';
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (/(s|x|z|ch|sh)es$/.test(name)) return name.slice(0, -2);
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
