import { pathOf } from '../../../operators/json/paths.js';
import type { Json, JsonObject } from '../../../operators/types.js';

/** Where the rows of a response are, as far as the response alone tells. */
export interface DetectedSelector {
  /** A path, `@` for the response itself; null where the response says that it has no rows. */
  selector: string | null;
  /** Later responses of the resource have their rows there, too. False for an empty list. */
  isCertain: boolean;
  /** The other lists in the response. */
  others: readonly string[];
}

interface ListInBody {
  keys: readonly string[];
  list: readonly Json[];
  rank: number;
}

/** Names that APIs give to the list of rows. */
const USUAL = new Set(
  'data items results result entries records rows entities payload content objects values nodes edges elements docs documents hits features resources collection list member members hydramember graph'.split(
    ' ',
  ),
);
/** Never rows, unless the resource has this very name. */
const NEVER = new Set('link links error errors fault faults'.split(' '));
/** Rows only where nothing else can be: beside the rows, or about them. */
const BESIDE = new Set(
  'include includes included warning warnings message messages notice notices alert alerts info meta metadata pagination paging page pages pageinfo facets filters aggregations aggs sort sorting schema extensions debug actions breadcrumbs responsemetadata'.split(
    ' ',
  ),
);
/** What is said of a list outside its rows. */
const ENVELOPE =
  /^(total|count|size|length|page|per|limit|offset|skip|start|next|prev|first|last|self|current|cursor|has|more|link|meta|paging|pagination|odata|status|success|ok|error|errors|warnings|messages)/;
const COUNT = /^(total|count|numfound|odatacount)|(count|total)$/;
const OWN = 0;
const USUAL_NAME = 1;
const OTHER = 2;
const ASIDE = 3;
const SCALARS = 4;
/** Keys above a list that is looked at; GraphQL nests its lists deeper below `data`. */
const DEEPEST = 3;
const DEEPEST_GRAPH = 6;

/**
 * Finds the rows of a response for which nobody said where they are. In this order: the list with a
 * name of the resource (singular or plural), one with a usual name (`data`, `items`, OData's
 * `value`, FHIR's `entry`, HAL's `_embedded`, GraphQL's `nodes` and `edges`), the longest list of
 * objects, what lies beside rows (included, messages), lists of other values. Lists of links and
 * errors are no rows. A list, or an object without lists, is the rows itself; an object that
 * only counts to zero has none.
 *
 * @param names the resource's name and the last part of its path
 */
export function detectSelector(body: Json, names: readonly string[] = []): DetectedSelector {
  if (!isObject(body)) return { selector: '@', isCertain: true, others: [] };
  const own = names.map(plain).filter((name) => name !== '');
  const all = listsIn(body, [], body, own);
  const ranked = all.filter(({ rank }) => rank !== Infinity).sort(byRank);
  const [chosen] = ranked;
  const pathsBut = (one: ListInBody | undefined): string[] =>
    all.filter((other) => other !== one).map(({ keys }) => pathOf(keys));
  if (chosen !== undefined && !(chosen.rank === SCALARS && hasFieldsOfItsOwn(body)))
    return {
      selector: pathOf(chosen.keys),
      isCertain: chosen.list.length > 0,
      others: pathsBut(chosen),
    };
  const missing = Object.keys(body).find(
    (key) => (body[key] === null || isEmptyText(body[key])) && isListName(key, body, own),
  );
  if (missing !== undefined)
    return { selector: pathOf([missing]), isCertain: false, others: pathsBut(undefined) };
  if (countsToZero(body)) return { selector: null, isCertain: false, others: [] };
  return { selector: '@', isCertain: hasFieldsOfItsOwn(body), others: pathsBut(undefined) };
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
    if (!Array.isArray(inner)) return listsIn(inner, path, body, own);
    // The nodes are the rows that the edges lead to.
    if (key === 'edges' && Array.isArray(value['nodes'])) return [];
    const isDeep = path.length > DEEPEST && key !== 'nodes' && key !== 'edges';
    return isDeep ? [] : [{ keys: path, list: inner, rank: rankOf(path, inner, body, own) }];
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
  const hasRows = list.every((one) => one === null || isObject(one));
  const isNamed = own.some((one) => isSameName(one, name));
  const isUsual = isUsualName(keys, body);
  if (!isNamed && [...above, name].some((one) => NEVER.has(one))) return Infinity;
  if (!isNamed && !isUsual && list.length > 0 && list.every(isLink)) return Infinity;
  if (!isNamed && [...above, name].some((one) => BESIDE.has(one))) return hasRows ? ASIDE : SCALARS;
  if (isNamed) return hasRows ? OWN : USUAL_NAME;
  if (isUsual)
    return hasRows && above.some((one) => own.some((own) => isSameName(own, one)))
      ? OWN
      : USUAL_NAME;
  return hasRows ? OTHER : SCALARS;
}

function byRank(a: ListInBody, b: ListInBody): number {
  const kind = ({ list }: ListInBody): number =>
    list.length === 0 ? 1 : list.every((one) => one === null || isObject(one)) ? 0 : 2;
  return a.rank - b.rank || kind(a) - kind(b) || b.list.length - a.list.length;
}

function isUsualName(keys: readonly string[], body: JsonObject): boolean {
  const key = keys.at(-1) as string;
  if (key === 'entry') return body['resourceType'] === 'Bundle';
  if (key === 'value') return keys.length === 1 || keys[0] === 'd';
  return USUAL.has(plain(key)) || keys.at(-2) === '_embedded';
}

function isListName(key: string, body: JsonObject, own: readonly string[]): boolean {
  return isUsualName([key], body) || own.some((name) => isSameName(name, plain(key)));
}

/** An object whose members only speak of a list, and count no rows. */
function countsToZero(body: JsonObject): boolean {
  const counts = Object.entries(body).filter(([key]) => COUNT.test(plain(key)));
  return (
    !hasFieldsOfItsOwn(body) &&
    (Object.keys(body).length === 0 || counts.length > 0) &&
    counts.every(([, value]) => Number(value) === 0)
  );
}

/** Members that are neither lists nor objects nor about a list: so it is a row itself. */
function hasFieldsOfItsOwn(body: JsonObject): boolean {
  return Object.entries(body).some(
    ([key, value]) => typeof value !== 'object' && !ENVELOPE.test(plain(key)),
  );
}

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

function isEmptyText(value: Json | undefined): boolean {
  return value === '' || value === false;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
