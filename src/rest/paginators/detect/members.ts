import { isObject } from '../../../../operators/json/is-object.js';
import type { Json, JsonObject } from '../../../../operators/types.js';
import { statedCount } from '../stated-count.js';

/** A member of a response outside its lists, or of a request's body. */
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

/**
 * Objects further down than this are not looked into: `data.orders.pageInfo.endCursor` is as deep
 * as APIs put their paging.
 */
const DEEPEST = 4;

/**
 * How deep an object is looked into whose rows are there: an object for paging lies beside them.
 */
export function deepestFor(rowsAt: readonly string[] | null): number {
  return Math.max(DEEPEST, (rowsAt?.length ?? 0) + 1);
}

/** All members of an object, those of the objects in it after them. */
export function membersOf(body: Json, deepest: number = DEEPEST): Member[] {
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
    if (inner.length === 0) break;
    found.push(...inner);
    level = inner;
  }
  return found;
}

/** A name that is the same in `next_page`, `nextPage` and `Next-Page`. */
export function plainName(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The key of the object that a member is in, as a plain name; empty at the top. */
export function parentName({ keys }: Member): string {
  return plainName(keys.at(-2) ?? '');
}

/**
 * Tells whether a member describes the list of a response: it is on the way to the rows, or in an
 * object with a name that is for paging. `stats.total` counts something else.
 *
 * @param rowsAt keys that lead to the rows; null where they are not known, and everything counts
 */
export function describesList({ keys }: Member, rowsAt: readonly string[] | null): boolean {
  if (rowsAt === null) return true;
  const parents = keys.slice(0, -1);
  const fork = parents.findIndex((key, i) => key !== rowsAt[i]);
  return fork < 0 || parents.slice(fork).every((key) => PAGING_OBJECTS.has(plainName(key)));
}

const PAGING_OBJECTS: ReadonlySet<string> = new Set([
  'paging',
  'pagination',
  'paginationinfo',
  'paginationdata',
  'page',
  'pages',
  'pageinfo',
  'pagecontext',
  'pager',
  'meta',
  'metadata',
  'responsemetadata',
  'responsemeta',
  'resultmetadata',
  'searchmetadata',
  'searchinformation',
  'additionaldata',
  'cursor',
  'cursors',
  'link',
  'links',
  'info',
  'listinfo',
  'resultinfo',
  'resultset',
  'header',
  'hits',
  'next',
  'view',
  'hydraview',
]);

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
/**
 * Names whose values differ from page to page though nothing is requested by them: they show that
 * the list moves on.
 */
export const MOVING: RegExp =
  /^((first|last)(row|item|result|record|index|id|key|position)|(row|record|item|page|range)(start|from)|start(row|item|result|record|position|cursor|key|id)|endcursor|(prev|previous)(page|link|url|uri|href|cursor|offset|start|token|pagetoken|pageurl|pagelink)*|cursor|(page|cursor)token|range|remaining|(number)?remaining(items|rows|records|results|pages)?(count)?)$/;
/** Names of the number of rows requested. */
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
/** Names of the number of pages. */
const TOTAL_PAGES: ReadonlySet<string> = new Set([
  'totalpages',
  'pages',
  'pagecount',
  'pagestotal',
  'numpages',
  'numberofpages',
  'totalpagecount',
  'lastpage',
  'maxpage',
  'pagetotal',
  'totalpage',
  'nbpages',
  'pagescount',
  'countofpages',
  'lastpageno',
  'lastpagenum',
  'lastpagenumber',
  'noofpages',
  'totalnumberofpages',
  'totalnumpages',
  'totalpageno',
  'totalpagenumber',
  'totalpagescount',
]);
/** Names of the number of pages that mean something else unless a page's number is beside them. */
const BESIDE_PAGE: ReadonlySet<string> = new Set(['last', 'of', 'outof']);
/** Names of the number of rows in all. */
export const TOTALS: ReadonlySet<string> = new Set([
  'total',
  'totalcount',
  'totalresult',
  'totalresults',
  'totalresultcount',
  'totalresultscount',
  'totalitem',
  'totalitems',
  'totalitemcount',
  'totalrecord',
  'totalrecords',
  'totalrecordcount',
  'totalelements',
  'totalrows',
  'totalrowcount',
  'totalsize',
  'totalhits',
  'totalentries',
  'totalobjects',
  'totalmatches',
  'totalfound',
  'totaldocs',
  'totalavailable',
  'totalnumber',
  'totalnumberofrecords',
  'recordsfiltered',
  'recordstotal',
  'itemstotal',
  'rowstotal',
  'resultstotal',
  'numfound',
  'nbhits',
  'fullcount',
  'odatacount',
  'hydratotalitems',
  'opensearchtotalresults',
  // OGC API Features, beside `numberReturned`.
  'numbermatched',
  'numberofrecords',
  'numberofresults',
  'totalnumberofitems',
  'totalnumberofresults',
  'counttotal',
]);
/** Names of a flag that says whether there is more: `has_more`, `hasNextPage`, `moreRecords`. */
export const HAS_MORE: RegExp =
  /^(is|has|have|are|there(is|are))?more(items|results?|pages?|records?|data|rows|entries|elements|objects)?(available|exists?|incollection|tocome)?$|^(is|has)next(page|pages|link|set|batch|results?)?$|^nextpage(exists|available)$|^istruncated$/;

/**
 * The number of pages that a response states: under a name for it (`total_pages`), as the total of
 * its `pages`, or beside the number of this page (`{ page: 1, of: 4 }`).
 */
export function statedPages(members: readonly Member[]): Member | undefined {
  return members.find(
    (member) =>
      statedCount(member.value) !== null &&
      (TOTAL_PAGES.has(member.name) ||
        (member.name === 'total' && parentName(member) === 'pages') ||
        (BESIDE_PAGE.has(member.name) && isBesidePage(member))),
  );
}

function isBesidePage(member: Member): boolean {
  const isOfPage = /^(page|pages|paging|pagination|pager|pageinfo)$/.test(parentName(member));
  const counts = Object.entries(member.within)
    .filter(([, value]) => statedCount(value) !== null)
    .map(([key]) => plainName(key));
  // `first` and `last` are as often the numbers of the page's rows.
  if (member.name === 'last' && counts.some((name) => /^(first|from|start)$/.test(name)))
    return false;
  return counts.some(
    (name) => PAGES.has(name) || (isOfPage && /^(number|current|index|no)$/.test(name)),
  );
}
