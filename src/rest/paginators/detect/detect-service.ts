import { pathOf } from '../../../../operators/json/paths.js';
import { statedCount } from '../stated-count.js';
import { placeFor, placeText, placeWords, type Seen, sentBy } from './detect-seen.js';
import { detected, type Detected } from './detected.js';
import { type Member } from './members.js';

/** A service that its responses identify, while they do not name the parameter. */
interface Service {
  name: string;
  /** Members at the top of the body, as plain names. */
  marks: readonly string[];
  /** The cursor, and the parameter that takes it. */
  cursor: string;
  cursorPath?: string;
  param: string;
}

/**
 * Sources: the API references of these services (pagination). Where a service has several forms,
 * the one with these members is meant. Lists of the first three have `object: "list"`.
 */
const SERVICES: readonly Service[] = [
  {
    name: 'Notion',
    marks: ['object', 'hasmore', 'nextcursor'],
    cursor: 'nextcursor',
    param: 'start_cursor',
  },
  { name: 'OpenAI', marks: ['object', 'hasmore', 'lastid'], cursor: 'lastid', param: 'after' },
  {
    name: 'Stripe',
    marks: ['object', 'hasmore', 'url'],
    cursor: 'data',
    cursorPath: 'data[-1].id',
    param: 'starting_after',
  },
  {
    name: 'Jira',
    marks: ['nextpagetoken', 'islast'],
    cursor: 'nextpagetoken',
    param: 'nextPageToken',
  },
  {
    name: 'Zoom',
    marks: ['nextpagetoken', 'totalrecords'],
    cursor: 'nextpagetoken',
    param: 'next_page_token',
  },
  {
    name: 'X',
    marks: ['nexttoken', 'resultcount'],
    cursor: 'nexttoken',
    param: 'pagination_token',
  },
];

/** Paging as a known service does it. */
export function servicePaging(seen: Seen): Detected | null {
  return (
    elasticsearch(seen) ??
    SERVICES.reduce<Detected | null>((found, service) => found ?? byService(service, seen), null)
  );
}

function byService(
  { name, marks, cursor, cursorPath, param }: Service,
  { members, sent, flag }: Seen,
): Detected | null {
  const found = members.find((member) => member.name === cursor);
  const isMeant =
    found !== undefined && marks.every((mark) => sibling(found, mark, members) !== undefined);
  if (!isMeant || (marks.includes('object') && found.within['object'] !== 'list')) return null;
  const place =
    sentBy(sent, new Set([param.replaceAll('_', '').toLowerCase()]))?.place ??
    placeFor(param, sent);
  const path = cursorPath ?? pathOf(found.keys);
  return detected(
    {
      type: 'cursor',
      cursorPath: path,
      ...placeWords('cursor', place),
      ...(flag && { hasMorePath: pathOf(flag.keys) }),
    },
    `The response has the form of ${name}'s lists: \`${path}\` is sent back ${placeText(place)}.`,
  );
}

function sibling({ within }: Member, name: string, members: readonly Member[]): Member | undefined {
  return members.find((member) => member.within === within && member.name === name);
}

/**
 * A search of Elasticsearch or OpenSearch: rows in `hits.hits`, requested with `from` and `size`.
 */
function elasticsearch({ members, sent, page }: Seen): Detected | null {
  const hits = members.find(
    ({ keys, value }) => pathOf(keys) === 'hits.hits' && Array.isArray(value),
  );
  if (hits === undefined || !members.some(({ name, keys }) => name === 'took' && keys.length === 1))
    return null;
  const [from, size] = [sentBy(sent, new Set(['from'])), sentBy(sent, new Set(['size']))];
  const total = members.find(
    ({ keys, value }) =>
      /^hits\.total(\.value)?$/.test(pathOf(keys)) && statedCount(value) !== null,
  );
  const [fromPlace, sizePlace] = [
    from?.place ?? placeFor('from', sent),
    size?.place ?? placeFor('size', sent),
  ];
  return detected(
    {
      type: 'offset',
      limit: statedCount(size?.value) || page.rows || 10,
      offset: statedCount(from?.value) ?? 0,
      ...placeWords('offset', fromPlace),
      ...placeWords('limit', sizePlace),
      ...(total && { totalPath: pathOf(total.keys) }),
    },
    `The response has the form of an Elasticsearch search: pages are requested by the number of their first row ${placeText(fromPlace)}.`,
  );
}
