import { isObject } from '../../../operators/json/is-object.js';
import { printJson } from '../../../operators/json/print-json.js';
import { userFunction } from '../../../operators/settings/user-function.js';
import { ConfigError } from '../../errors.js';
import type {
  Declared,
  Ending,
  EndReason,
  PageFacts,
  Paginator,
  RequestChange,
} from './paginator.js';

/**
 * A paginator as a function of the user's: it returns what the next request changes, or null at the
 * end. It reads what it needs from `body()` and `header()`. Synchronous.
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
      plainChange(
        userFunction({ name: 'paginator', page: page.index }).call(() => next(page), functionFault),
      ) ?? { end: 'custom' },
  };
}

/**
 * Completes a paginator object of the user's with the defaults for what it leaves out, and checks
 * what its functions return. Errors: FunctionError for a value that cannot be used; ConfigError for
 * such `paths` or `first`.
 */
export function ownPaginator(own: Paginator): Paginator {
  const { paths = [], first = {}, pageSize = null } = own as Partial<Paginator>;
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string'))
    throw new ConfigError('`paginator.paths` must be a list of paths in the body.');
  const fault = first === null ? 'give a change, or leave it out.' : changeFault(first);
  if (fault !== null) throw new ConfigError(`\`paginator.first\` cannot be used: ${fault}`);
  const call = <T>(name: string, page: PageFacts, run: () => T, check: typeof changeFault): T =>
    userFunction({ name: `paginator.${name}`, page: page.index }).call(run, check);
  return {
    paths,
    first,
    pageSize,
    config: null,
    next: (page) => plainChange(call('next', page, () => own.next(page), nextFault)),
    declared: (page) =>
      plainDeclared(call('declared', page, () => own.declared?.(page) ?? null, declaredFault)),
    ...(own.followsApi !== undefined && { followsApi: own.followsApi }),
    ...(own.rowsBefore !== undefined && { rowsBefore: own.rowsBefore }),
    isFirstAgain: (page) =>
      call(
        'isFirstAgain',
        page,
        () => own.isFirstAgain?.(page) ?? false,
        (value) => (typeof value === 'boolean' ? null : 'return true or false.'),
      ),
  };
}

const ENDS: Readonly<Record<EndReason, true>> = {
  single: true,
  'no-next': true,
  'has-more': true,
  total: true,
  empty: true,
  short: true,
  maximum: true,
  custom: true,
  lost: true,
};

function functionFault(next: unknown): string | null {
  return isObject(next) && 'end' in next ? nextFault(next) : changeFault(next);
}

function nextFault(next: unknown): string | null {
  const wanted = `return what the next request changes ({ params, url or json }), or { end } with one of ${Object.keys(ENDS).join(', ')}.`;
  if (!isObject(next)) return wanted;
  if (!('end' in next)) return changeFault(next);
  const { end } = next as { end: unknown };
  return typeof end === 'string' && Object.hasOwn(ENDS, end) ? null : wanted;
}

function declaredFault(value: unknown): string | null {
  const isCount = (count: unknown): boolean => count === undefined || Number.isFinite(count);
  if (value === null) return null;
  const { rows, pages } = value as { rows?: unknown; pages?: unknown };
  return isObject(value) && isCount(rows) && isCount(pages)
    ? null
    : 'return { rows, pages } as numbers, or null.';
}

/** What is known of it: other members of the user's object may do anything where they are read. */
function plainDeclared(declared: Declared | null): Declared | null {
  if (declared === null) return null;
  const { rows, pages, isEstimate } = declared;
  return {
    ...(rows !== undefined && { rows }),
    ...(pages !== undefined && { pages }),
    ...(isEstimate === true && { isEstimate }),
  };
}

/** The change with parameters that plain JSON holds: they are sent as the same text. */
function plainChange<T extends RequestChange | Ending | null>(change: T): T {
  if (change === null || !('params' in change) || change.params === undefined) return change;
  const plain = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(plain)
      : typeof value === 'bigint'
        ? String(value)
        : (value ?? null);
  const params = Object.entries(change.params).map(([name, value]) => [name, plain(value)]);
  return { ...change, params: Object.fromEntries(params) as RequestChange['params'] & object };
}

const KEYS = ['params', 'url', 'json', 'end'];

/** What is wrong with a change, and what to do; null for one that can be used, and for the end. */
function changeFault(change: unknown): string | null {
  const wanted =
    'return what the next request changes ({ params, url or json }), or null at the end.';
  if (change === null) return null;
  if (!isObject(change) || !isPlain(change)) return wanted;
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

/** A map, an error and the like have their content in no member. */
function isPlain(value: object): boolean {
  const made: unknown = Object.getPrototypeOf(value);
  return made === null || made === Object.prototype || KEYS.some((key) => key in value);
}

function isParam(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isParam);
  return (
    value === null ||
    ['string', 'bigint', 'boolean', 'undefined'].includes(typeof value) ||
    Number.isFinite(value)
  );
}
