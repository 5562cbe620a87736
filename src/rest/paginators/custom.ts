import { isObject } from '../../../operators/json/is-object.js';
import { printJson } from '../../../operators/json/print-json.js';
import { userFunction } from '../../../operators/settings/user-function.js';
import type { PageFacts, Paginator, RequestChange } from './paginator.js';

/**
 * A paginator in the user's words: what the next request changes, or null at the end. It reads what
 * it needs from `body()` and `header()`. Synchronous.
 */
export type PaginatorFunction = (page: PageFacts) => RequestChange | null;

/**
 * The paginator of a function. Its first request is as it is configured. FunctionError when the
 * function throws, or returns neither a change nor null.
 */
export function custom(next: PaginatorFunction): Paginator {
  return {
    paths: [],
    first: {},
    pageSize: null,
    config: null,
    next: (page) =>
      userFunction({ name: 'paginator', page: page.index }).call(() => next(page), changeFault) ?? {
        end: 'custom',
      },
  };
}

const KEYS = ['params', 'url', 'json', 'end'];

/** What is wrong with a change, and what to do; null for one that can be used, and for the end. */
function changeFault(change: unknown): string | null {
  const wanted =
    'return what the next request changes ({ params, url or json }), or null at the end.';
  if (change === null) return null;
  if (!isObject(change)) return wanted;
  const strange = Object.keys(change).filter((key) => !KEYS.includes(key));
  if (strange.length > 0) return `there is no \`${strange.join('`, `')}\` in a change; ${wanted}`;
  const { params = {}, url, json = {} } = change;
  if (url !== undefined && typeof url !== 'string') return '`url` must be a text.';
  if (!isObject(params) || !Object.values(params).every(isParam))
    return '`params` must hold texts and numbers by name.';
  if (!isObject(json)) return '`json` must hold values by their place in the body.';
  try {
    printJson(json);
    return null;
  } catch (error) {
    return `in \`json\`, ${(error as Error).message}`;
  }
}

function isParam(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isParam);
  return (
    value === null ||
    ['string', 'bigint', 'boolean', 'undefined'].includes(typeof value) ||
    Number.isFinite(value)
  );
}
