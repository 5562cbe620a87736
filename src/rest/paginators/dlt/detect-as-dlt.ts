import { isObject } from '../../../../operators/json/is-object.js';
import { pathOf } from '../../../../operators/json/paths.js';
import type { Json } from '../../../../operators/types.js';
import { detected, type Detected } from '../detect/detected.js';
import { linkOf } from '../header-link.js';
import type { PageFacts } from '../paginator.js';
import { asDltPages } from './as-dlt-pages.js';
import { intOf } from './python-values.js';

interface Found {
  keys: string[];
  value: Json;
}

/**
 * How dlt reads a list on behind its first page (`compat: 'dlt'`): by a `Link` header; an address
 * at the first key that begins with `next`; a number at `total_pages`, `pages` or `totalpages`,
 * whose pages are counted from 0; a cursor at that first key, sent back as `cursor`; else not.
 * Lists are not looked into, and offsets not known. Source: dlt 1.31,
 * `dlt/sources/helpers/rest_client/detector.py`.
 */
export function detectAsDlt(page: PageFacts): Detected {
  const found = find(page);
  return { ...found, paginator: asDltPages(found.paginator) };
}

function find(page: PageFacts): Detected {
  const once = { lasting: false };
  if (linkOf(page.header('link') ?? '', 'next', page.url) !== null)
    return detected({ type: 'headerLink' }, 'as in dlt, the Link header is followed.', once);
  const body = page.body();
  const next = firstNext(body);
  const at = next === null ? '' : pathOf(next.keys);
  if (typeof next?.value === 'string' && /^(http|\/)/.test(next.value))
    return detected(
      { type: 'jsonLink', nextUrlPath: at },
      `as in dlt, the address at \`${at}\` is followed.`,
      once,
    );
  const pages = firstTotal(body);
  if (pages !== null && intOf(pages.value) !== null)
    return detected(
      { type: 'pageNumber', totalPath: pathOf(pages.keys) },
      `as in dlt, \`${pathOf(pages.keys)}\` is the number of pages, which are counted from 0: where the API counts from 1, the first page comes twice and the last one not at all.`,
      once,
    );
  if (next !== null)
    return detected(
      { type: 'cursor', cursorPath: at },
      `as in dlt, \`${at}\` is the next cursor, which is sent back as \`cursor\`.`,
      once,
    );
  return detected({ type: 'single' }, 'as in dlt, nothing says that there are more pages.', once);
}

function firstNext(body: Json): Found | null {
  return firstIn(body, (key, value) => {
    if (!key.toLowerCase().startsWith('next')) return null;
    if (isScalar(value)) return { keys: [key], value };
    if (!isObject(value)) return null;
    const inner = Object.entries(value).find(
      ([name, one]) => /^(href|url)/i.test(name) && isScalar(one),
    );
    return inner === undefined ? null : { keys: [key, inner[0]], value: inner[1] };
  });
}

function firstTotal(body: Json): Found | null {
  return firstIn(body, (key, value) =>
    /^(total_pages|pages|totalpages)$/i.test(key) && isScalar(value)
      ? { keys: [key], value }
      : null,
  );
}

/** The first member in document order, each before what is in it; lists are not looked into. */
function firstIn(body: Json, read: (key: string, value: Json) => Found | null): Found | null {
  if (!isObject(body)) return null;
  for (const [key, value] of Object.entries(body)) {
    const found = read(key, value);
    if (found !== null) return found;
    const inner = firstIn(value, read);
    if (inner !== null) return { keys: [key, ...inner.keys], value: inner.value };
  }
  return null;
}

function isScalar(value: Json): boolean {
  return value !== null && typeof value !== 'object';
}
