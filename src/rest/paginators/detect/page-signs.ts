import { isObject } from '../../../../operators/json/is-object.js';
import { pathOf } from '../../../../operators/json/paths.js';
import { printJson } from '../../../../operators/json/print-json.js';
import { shortened } from '../../../../operators/settings/shortened.js';
import type { Json } from '../../../../operators/types.js';
import { flagOf } from '../../../settings/flag-of.js';
import type { PageSigns } from '../paginator.js';
import { statedCount } from '../stated-count.js';
import { nextLinkIn } from './detect-link.js';
import {
  deepestFor,
  describesList,
  HAS_MORE,
  type Member,
  membersOf,
  MOVING,
  OFFSETS,
  PAGES,
  parentName,
  plainName,
  SIZES,
  statedPages,
} from './members.js';
import { totalSign } from './total-sign.js';

/** What a page without anything beside its rows says. */
export const NO_SIGNS: PageSigns = {
  flag: null,
  next: null,
  total: null,
  pages: null,
  limit: null,
  position: null,
  fault: null,
};

/**
 * What a body says of its list beside its rows: flags, links, cursors, totals, the number of pages,
 * the position and page size that it repeats, and errors.
 *
 * Only members on the way to the rows, beside them and in objects for paging count, so that a total
 * or flag of something else is none of the list.
 *
 * @param envelope the body without its rows
 * @param rowsAt keys that lead to the rows @param rows rows on the page
 */
export function pageSigns(envelope: Json, rowsAt: readonly string[], rows: number): PageSigns {
  const members = membersOf(envelope, deepestFor(rowsAt)).filter(
    (member) => describesList(member, rowsAt) && !isAt(member, rowsAt),
  );
  if (members.length === 0) return NO_SIGNS;
  const pages = statedPages(members);
  return {
    flag: flagIn(members),
    next: nextIn(members) ?? (rows > 0 ? vagueNextIn(members) : null),
    total: totalSign(members, rows),
    pages: statedCount(pages?.value) ?? pagesInText(members),
    limit: limitIn(members, rows),
    position: positionIn(members),
    fault: faultIn(members),
  };
}

/** The number of pages in `page: "1 of 4"` or `"1/4"`. */
function pagesInText(members: readonly Member[]): number | null {
  for (const { name, value } of members) {
    const [, pages] =
      PAGES.has(name) && typeof value === 'string'
        ? (/^\s*(?:page\s*)?\d+\s*(?:of|\/)\s*(\d+)\s*$/i.exec(value) ?? [])
        : [];
    if (pages !== undefined) return Number(pages);
  }
  return null;
}

/** The rows themselves, whatever the name of their list. */
function isAt({ keys }: Member, rowsAt: readonly string[]): boolean {
  return keys.length === rowsAt.length && keys.every((key, i) => key === rowsAt[i]);
}

/** A flag in any spelling, also one that says that this is the last page. */
function flagIn(members: readonly Member[]): PageSigns['flag'] {
  for (const member of members) {
    const isMore = moreOf(member);
    if (isMore !== null)
      return { isMore, what: `\`${pathOf(member.keys)}\` is ${printJson(member.value)}` };
  }
  return null;
}

function moreOf({ name, value, within }: Member): boolean | null {
  if (HAS_MORE.test(name)) return flagOf(value);
  if (REMAINING.test(name)) return statedCount(value) === null ? null : Number(value) > 0;
  if (typeof value !== 'boolean') return null;
  if (CUT.test(name)) return value;
  if (LAST.test(name)) return !value;
  const names = new Set(Object.keys(within).map(plainName));
  // Spring's `last` and Salesforce's `done` count only beside members of these services.
  const isSpring = name === 'last' && (names.has('totalpages') || names.has('first'));
  const isSalesforce = name === 'done' && (names.has('totalsize') || names.has('nextrecordsurl'));
  return isSpring || isSalesforce ? !value : null;
}

/** Flags that a response was cut: `exceededTransferLimit` of ArcGIS among them. */
const CUT =
  /^(truncated|exceeded(transfer|result|page)?limit|(result|page)?limit(reached|exceeded)|maxresultsreached)$/;
const REMAINING =
  /^(remaining(item|row|record|result|page)(s|count)|(items|rows|records|results|pages)(remaining|left))$/;
const LAST =
  /^((is)?lastpage|islast|isend|eof|endof(list|stream|results|records|data|pages)|nomore(items|results|pages|records|data)?)$/;

function nextIn(members: readonly Member[]): PageSigns['next'] {
  const link = nextLinkIn(members);
  if (link !== undefined)
    return { value: link.url as string, what: `\`${link.path}\` is the address of a next page` };
  const cursor = members.find(
    (member) => isCursorName(member) && isCursor(member.value, member.name),
  );
  return cursor === undefined
    ? null
    : {
        value: printJson(cursor.value),
        what: `\`${pathOf(cursor.keys)}\` is the position of a next page`,
      };
}

/** Square's `cursor` is that of the next page; elsewhere it is that of this one. */
function vagueNextIn(members: readonly Member[]): PageSigns['next'] {
  const cursor = members.find(
    ({ name, value }) =>
      /^(cursor|scrollid)$/.test(name) && typeof value === 'string' && isCursor(value, name),
  );
  if (cursor === undefined) return null;
  const what = `\`${pathOf(cursor.keys)}\` may be the position of a next page`;
  return { value: printJson(cursor.value), what, isVague: true };
}

/**
 * Names that stand for the next page alone; `after` and `endCursor` are there on last pages too.
 */
function isCursorName(member: Member): boolean {
  return (
    NEXT_CURSOR.test(member.name) ||
    // Airtable's `offset` is a cursor, not a number.
    (member.name === 'offset' && typeof member.value === 'string' && !/^\d*$/.test(member.value)) ||
    (parentName(member) === 'next' && /^(page|offset|cursor|token|after|start)$/.test(member.name))
  );
}

const NEXT_CURSOR =
  /^next((page|results?|batch|set)?(cursor|token|key|marker|start|startat|startindex|offset|skip|page|pagenumber|position|bookmark|after|startingafter|cursormark|scrollid|string)?|continuation(token)?|pageparams|query|partitionkey)$|^(continuation|continuationtoken|lastevaluatedkey|continue)$/;

function isCursor(value: Json, name: string): boolean {
  if (isObject(value))
    return (
      /^(lastevaluatedkey|continue|nextkey|nextpageparams)$/.test(name) &&
      Object.keys(value).length > 0
    );
  if (typeof value === 'string') return !/^\s*(null|none|false|undefined|-1|0)?\s*$/i.test(value);
  return typeof value === 'bigint' || (typeof value === 'number' && value > 0);
}

/** Rows on a full page. `size` and `rows` may as well count the page itself. */
function limitIn(members: readonly Member[], rows: number): number | null {
  const sizes = members.flatMap(({ name, value }) => {
    const size = SIZES.has(name) ? statedCount(value) : null;
    return size === null || size === 0 ? [] : [{ size, isVague: /^(size|rows)$/.test(name) }];
  });
  return (
    sizes.find(({ isVague }) => !isVague)?.size ??
    sizes.find(({ size }) => size !== rows)?.size ??
    null
  );
}

function positionIn(members: readonly Member[]): string | null {
  const found = members.filter((member) => isPosition(member));
  return found.length === 0
    ? null
    : found.map(({ keys, value }) => `${pathOf(keys)}=${printJson(value)}`).join();
}

function isPosition(member: Member): boolean {
  const { name, value } = member;
  if (MOVING.test(name)) return !Array.isArray(value) && (!isObject(value) || 'href' in value);
  const isNumbered =
    OFFSETS.has(name) ||
    PAGES.has(name) ||
    (/^(number|current)$/.test(name) && /^(page|pagination|meta|)$/.test(parentName(member)));
  return isNumbered && (statedCount(value) !== null || PAGE_TEXT.test(printJson(value)));
}

/** `2 of 5`, `2/5`. */
const PAGE_TEXT = /^"\s*\d+\s*(of|\/)\s*\d+\s*"$/i;

/** What a response reports as failed, or as left out of its rows. */
function faultIn(members: readonly Member[]): string | null {
  const found = members.find((member) => isFault(member));
  if (found === undefined) return null;
  const [path, value] = [pathOf(found.keys), found.value];
  return `\`${path}\` is ${shortened(printJson(value), 200)}`;
}

function isFault({ name, value, keys, within }: Member): boolean {
  if (/^(incompleteresults|partial(results?)?|ispartial|timedout)$/.test(name))
    return value === true;
  if (keys.length > 1) return false;
  if (LISTS_OF_FAULTS.test(name))
    return Array.isArray(value) ? value.length > 0 : isFilled(value) || value === true;
  if (FAULTS.test(name))
    return value === true || isFilled(value) || (name === 'errorcode' && Number(value) > 0);
  if (name === 'ok' || name === 'success') return value === false;
  if (name === 'shards') return isObject(value) && (statedCount(value['failed']) ?? 0) > 0;
  if (/^(code|status|statuscode)$/.test(name) && isErrorStatus(value))
    return Object.keys(within).some((key) => /^(message|msg|detail|title)$/i.test(key));
  return (
    name === 'status' && typeof value === 'string' && /^(error|fail|failed|failure)$/i.test(value)
  );
}

const LISTS_OF_FAULTS = /^(errors|errormessages|errorlist|errordetails)$/;
const FAULTS = /^(error|fault|exception|errorcode|errormessage|errormsg|errordescription)$/;

/** A status of HTTP that means an error, beside a text that explains it (RFC 9457). */
function isErrorStatus(value: Json): boolean {
  const status = statedCount(value);
  return status !== null && status >= 400 && status < 600;
}

function isFilled(value: Json): boolean {
  if (isObject(value)) return Object.keys(value).length > 0;
  return typeof value === 'string' && !/^\s*(none|null|false|no|ok|success|0+)?\s*$/i.test(value);
}
