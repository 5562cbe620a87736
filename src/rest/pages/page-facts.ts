import { isObject } from '../../../operators/json/is-object.js';
import { locate } from '../../../operators/json/locate.js';
import { parseJson } from '../../../operators/json/parse-json.js';
import { segments } from '../../../operators/json/paths.js';
import { printJson } from '../../../operators/json/print-json.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { headerNames } from '../header-names.js';
import { headerText } from '../http/header-text.js';
import { headerSigns } from '../paginators/detect/header-signs.js';
import { plainName } from '../paginators/detect/members.js';
import { NO_SIGNS, pageSigns } from '../paginators/detect/page-signs.js';
import { isNothing } from '../paginators/is-nothing.js';
import type { PageFacts, PageSigns, RequestChange } from '../paginators/paginator.js';
import { type Envelope, envelopeReader } from './envelope.js';
import type { FetchedPage } from './fetched-page.js';
import type { List } from './list.js';
import { detectSelector } from './rows/data-selector.js';
import { hasFieldsOfItsOwn } from './rows/empty-envelope.js';

/** A response with a page. */
export type Located = Extract<FetchedPage, { document: Uint8Array }>;

/** Where a list stands in front of a page. */
export interface ListPosition {
  index: number;
  rows: number;
  maxPageRows: number;
  change: RequestChange;
}

/** What a reader has to know again of the first pages of its list. Plain JSON. */
export interface FactsSnapshot {
  /** Members at the top of the first page; null where it had too many to compare. */
  keys: readonly string[] | null;
  headers: readonly string[] | null;
  members: readonly (readonly string[])[] | null;
}

/** What the pages of one list state in their bodies and headers. */
export interface FactsReader {
  of(page: Located, position: ListPosition): PageFacts;
  /**
   * Members at the top of a body whose list is missing that the first page did not have: they may
   * say why there are no rows.
   */
  strangeKeys(page: Located): string[];
  snapshot(): FactsSnapshot;
}

/** A body with more members at its top is keyed by data, which states nothing about a list. */
const MOST_KEYS = 200;

/**
 * @param selector where the rows are looked for first
 * @param from where an earlier reader of the list stood. @default at its beginning
 */
export function factsReader(
  selector: string | undefined,
  limits: List['limits'],
  from?: FactsSnapshot,
): FactsReader {
  const envelopes = envelopeReader(selector, limits, from?.members);
  const headerReader = headerSigns(from?.headers);
  let firstKeys: readonly string[] | null | undefined = from?.keys;

  function signsOf(page: Located, envelope: Envelope | null): PageSigns {
    const { span, response } = page;
    // One record is no list, and what it holds is its own.
    if (envelope === null && span.kind === 'value')
      return { ...NO_SIGNS, fault: faultOfGraph(page.document), ...signsOfList(page.document) };
    const headers = headerReader.read(response, span.count);
    if (envelope === null) return { ...headers, fault: page.cut ?? null };
    const body = pageSigns(envelope.value, envelope.rowsAt, span.count);
    return {
      flag: body.flag ?? headers.flag,
      next: body.next?.isVague === true ? (headers.next ?? body.next) : (body.next ?? headers.next),
      total: body.total ?? headers.total,
      pages: body.pages ?? headers.pages,
      limit: body.limit ?? headers.limit,
      position: body.position ?? headers.position,
      fault: body.fault ?? page.cut ?? null,
    };
  }

  return {
    of(page, { index, rows, maxPageRows, change }) {
      const { response, document, span, values } = page;
      const envelope = envelopes.read(page);
      firstKeys = firstKeys === undefined ? fewKeys(envelope?.value) : firstKeys;
      let parsed: Json | undefined;
      return {
        index,
        rows: span.count,
        rowsRead: rows + span.count,
        maxPageRows: Math.max(maxPageRows, span.count),
        rowsAt: envelope?.rowsAt ?? null,
        signs: withoutEcho(withStatus(signsOf(page, envelope), page), change),
        values,
        header: (name) => headerText(response.headers, name),
        headerNames: () => [...(headerNames(response.headers) ?? [])],
        change,
        url: response.url,
        body: () => (parsed ??= page.slices?.document.whole() ?? parseJson(document)),
      };
    },
    strangeKeys(page) {
      const known = firstKeys ?? null;
      return page.isMissing && known !== null
        ? Object.entries(objectOf(parseJson(page.document)))
            .filter(([key, value]) => !known.includes(key) && !saysNothing(plainName(key), value))
            .map(([key]) => key)
        : [];
    },
    snapshot: () => ({
      keys: firstKeys ?? null,
      headers: headerReader.names(),
      members: envelopes.members(),
    }),
  };
}

/** 202 without rows (RFC 9110 §15.3.3) says that the response is not made yet. */
function withStatus(signs: PageSigns, { response: { status }, span }: Located): PageSigns {
  if (status !== 202 || span.count > 0) return signs;
  const fault =
    'the response has status 202 (accepted) and no rows, so it is not ready yet. Set `poll` or request it later';
  return { ...signs, fault: signs.fault ?? fault };
}

/** A cursor that the request had is that of its own page. */
function withoutEcho(signs: PageSigns, { params = {}, json = {} }: RequestChange): PageSigns {
  const { next } = signs;
  const isEcho =
    next?.isVague === true &&
    [...Object.values(params), ...Object.values(json)].some(
      (value) => printJson(value) === next.value,
    );
  return isEcho ? { ...signs, next: null } : signs;
}

/** What a whole response of GraphQL (`data`, `errors`, `extensions`) reports as failed. */
function faultOfGraph(document: Uint8Array): string | null {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  if (!bytes.includes('"errors"') || !bytes.includes('"data"')) return null;
  const value = parseJson(document);
  const isGraph = keysOf(value).every((key) => /^(data|errors|extensions)$/.test(key));
  return isGraph ? pageSigns(value, ['data'], 1).fault : null;
}

/** Words without which no response says that there is more. */
const MORE = ['next', 'Next', 'more', 'More', 'otal', 'count'];

/**
 * What a response that was taken for one record says of more, where it is nothing but a list and
 * words about it.
 */
function signsOfList(document: Uint8Array): Partial<PageSigns> {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  if (!MORE.some((word) => bytes.includes(word))) return {};
  const value = parseJson(document);
  if (!isObject(value) || hasFieldsOfItsOwn(value)) return {};
  const { selector, isCertain } = detectSelector(value);
  if (selector === null || selector === '@' || !isCertain) return {};
  const keys = segments(selector);
  const list = valueAt(value, keys);
  const rows = Array.isArray(list) ? list.length : 0;
  const { flag, next, total } = pageSigns(value, keys, rows);
  const isPart = total !== null && total.isVague !== true && total.rows > rows;
  return {
    flag: flag ?? (isPart ? { isMore: true, what: `${total.what} is ${total.rows}` } : null),
    next,
  };
}

/** The same facts with what a paginator reads that was found only now. */
export function withValues(
  facts: PageFacts,
  document: Uint8Array,
  paths: readonly string[],
  limits: List['limits'],
): PageFacts {
  const values =
    paths.length === 0 ? [] : locate(document, { selectors: ['@'], paths, limits }).values;
  return { ...facts, values };
}

function fewKeys(value: Json | undefined): string[] | null {
  const keys = keysOf(value);
  return keys.length > MOST_KEYS ? null : keys;
}

function keysOf(value: Json | undefined): string[] {
  return Object.keys(objectOf(value));
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A member that says that all is well, or that there are no rows. */
function saysNothing(name: string, value: Json): boolean {
  if (value === 0 || isNothing(value)) return true;
  const isState = /^(ok|success|status|statuscode|code|result)$/.test(name);
  return isState && ALL_WELL.test(printJson(value));
}

const ALL_WELL = /^(true|"?200"?|"(ok|success|successful)")$/i;
