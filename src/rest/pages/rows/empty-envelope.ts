import { isObject } from '../../../../operators/json/is-object.js';
import type { Json, JsonObject } from '../../../../operators/types.js';
import { describesList, membersOf, plainName } from '../../paginators/detect/members.js';
import { pageSigns } from '../../paginators/detect/page-signs.js';
import { isNothing } from '../../paginators/is-nothing.js';

/** What a response has about its list outside the rows, or about itself. */
const ABOUT_LIST =
  /^(total|count(?!ry)|size|length|page|per(page)?$|limit|offset|skip|start|next|prev|first(?!name)|last(?!name)|self|current|cursor|has|more|link|meta|paging|pagination|odata|jsonrpc|status|success|ok|done$|error|errors|warnings|messages?$|numfound|nbhits|took$|timedout$|etag$|requestid$|traceid$|correlationid$|timestamp$|apiversion$|resourcetype$|(out)?of$|truncated$|istruncated$|isend$|islast)/;
/** The same by their values: rows have fields with these names, too. */
const BY_VALUE: Readonly<Record<string, RegExp>> = {
  code: /^(\d+|ok|success)$/i,
  // Google's `calendar#events`.
  kind: /#/,
};
const COUNT = /^(total|count|numfound|nbhits|odatacount)|(count|total)$/;
/** What a response has about an error beside it (RFC 9457, Spring, GitHub, JSON-RPC). */
const OF_FAULT =
  /^(faults?|code|message|msg|reason|details?|description|title|type|instance|path|trace|help|hint|documentationurl|exception)$|^error|error$/;
/** Objects beside rows that are about them, or about the request. */
const ABOUT =
  /^(meta|metadata|paging|pagination|pages?|pageinfo|links?|info|jsonapi|responseheader|headers?|facets|filters?|aggregations|aggs|sort|query|search|request|params|parameters|extensions|debug|shards|warnings|messages)$/;
/** Objects that rows lie in. */
const WRAPPER = /^(data|d|response|results?|body|payload|embedded|hits)$/;

/**
 * Whether an object without a list only speaks of one: it counts no rows (`total: 0`, also in
 * an object for paging; a FHIR Bundle without `entry`), says where the list is or goes on
 * (`page: 1`, `nextPageToken`), or reports an error and has nothing else.
 */
export function isEmptyEnvelope(body: JsonObject): boolean {
  if (Object.keys(body).length === 0) return true;
  const wrapper = Object.keys(body).find(
    (key) => WRAPPER.test(plainName(key)) && isObject(body[key]),
  );
  const rowsAt = wrapper === undefined ? [] : [wrapper];
  const { fault, flag, next, limit, position, total } = pageSigns(body, rowsAt, 0);
  const isFault = fault !== null;
  if (hasContent(body, isFault)) return false;
  if (isFault || isBundle(body)) return true;
  if ([flag, next, limit, position].some((sign) => sign !== null)) return true;
  const counts = membersOf(body).filter(
    (member) => COUNT.test(member.name) && !isObject(member.value) && describesList(member, rowsAt),
  );
  if (counts.some(({ value }) => Number(value) !== 0)) return false;
  return counts.length > 0 || total?.rows === 0 || isByValue('kind', body['kind'] ?? null);
}

/**
 * Whether an object has members that are neither lists nor objects nor about a list: so it is
 * a row itself.
 */
export function hasFieldsOfItsOwn(body: JsonObject): boolean {
  return (
    !isBundle(body) &&
    Object.entries(body).some(
      ([key, value]) => typeof value !== 'object' && !isAboutList(plainName(key), value, body),
    )
  );
}

/** Fields of its own, or an object with something in it that is not about a list. */
function hasContent(body: JsonObject, isFault: boolean): boolean {
  if (isBundle(body)) return false;
  return Object.entries(body).some(([key, value]) => {
    const name = plainName(key);
    if (isNothing(value) || (isFault && OF_FAULT.test(name))) return false;
    if (!isObject(value)) return !Array.isArray(value) && !isAboutList(name, value, body);
    return WRAPPER.test(name) ? hasContent(value, isFault) : !ABOUT.test(name);
  });
}

function isAboutList(name: string, value: Json, body: JsonObject): boolean {
  if (name === 'id') return 'jsonrpc' in body;
  return ABOUT_LIST.test(name) || COUNT.test(name) || isByValue(name, value);
}

function isByValue(name: string, value: Json): boolean {
  return typeof value !== 'object' && BY_VALUE[name]?.test(String(value)) === true;
}

function isBundle(body: JsonObject): boolean {
  return body['resourceType'] === 'Bundle';
}
