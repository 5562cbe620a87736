import { ConfigError } from '../../errors.js';
import { cursor } from './cursor.js';
import { custom, type PaginatorFunction } from './custom.js';
import { headerCursor } from './header-cursor.js';
import { headerLink } from './header-link.js';
import { jsonLink } from './json-link.js';
import { offset } from './offset.js';
import { pageNumber } from './page-number.js';
import type {
  CursorConfig,
  HeaderCursorConfig,
  HeaderLinkConfig,
  JsonLinkConfig,
  OffsetConfig,
  PageNumberConfig,
  PaginatorConfig,
} from './paginator-config.js';
import type { Paginator } from './paginator.js';
import { single } from './single.js';

/** A paginator in any of the ways in which it can be given. */
export type PaginatorLike =
  PaginatorConfig | PaginatorConfig['type'] | Paginator | PaginatorFunction;

/**
 * The paginator that is meant by a config, a type alone, a function, or a paginator itself; `auto`
 * where the first page is to tell (`detectPaginator`). Keys of a config that are null count as not
 * given, as in dlt.
 *
 * Errors: ConfigError for an unknown type or key, naming those there are, for what is none of
 * these, and for what the paginators themselves refuse.
 */
export function paginatorOf(given: PaginatorLike): Paginator | 'auto' {
  if (typeof given === 'function') return custom(given);
  if (typeof given !== 'string' && (typeof given !== 'object' || given === null))
    throw new ConfigError(
      `A paginator is a type (${Object.keys(KINDS).join(', ')}), a config with one, or a function; found ${String(given)}.`,
    );
  if (typeof given === 'object' && 'next' in given && typeof given.next === 'function')
    return given;
  const { type, ...config } =
    typeof given === 'string' ? { type: given } : (given as PaginatorConfig);
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined)
    throw new ConfigError(
      `There is no paginator of type ${JSON.stringify(type)}. Types: ${Object.keys(KINDS).join(', ')}; or give a function.`,
    );
  const told = Object.entries(config).filter(([, value]) => value !== null);
  const strange = told.map(([key]) => key).filter((key) => !kind.keys.includes(key));
  if (strange.length > 0)
    throw new ConfigError(
      `Paginator ${type} has no ${strange.join(', ')}. It takes ${kind.keys.length === 0 ? 'nothing' : kind.keys.join(', ')}.`,
    );
  return kind.make(Object.fromEntries(told));
}

interface Kind {
  keys: readonly string[];
  make: (config: object) => Paginator | 'auto';
}

/**
 * A kind of paginator with all keys of its config: one that is forgotten is an error of the
 * compiler.
 */
function kind<C>(
  keys: Readonly<Record<keyof C & string, true>>,
  make: (config: C) => Paginator | 'auto',
): Kind {
  return { keys: Object.keys(keys), make: make as Kind['make'] };
}

const KINDS: Readonly<Record<PaginatorConfig['type'], Kind>> = {
  single: kind({}, single),
  auto: kind({}, () => 'auto'),
  jsonLink: kind<JsonLinkConfig>({ nextUrlPath: true, stopAfterEmptyPage: true }, jsonLink),
  headerLink: kind<HeaderLinkConfig>({ rel: true, stopAfterEmptyPage: true }, headerLink),
  headerCursor: kind<HeaderCursorConfig>(
    { cursorKey: true, cursorParam: true, stopAfterEmptyPage: true },
    headerCursor,
  ),
  cursor: kind<CursorConfig>(
    {
      cursorPath: true,
      cursorParam: true,
      cursorBodyPath: true,
      hasMorePath: true,
      stopAfterEmptyPage: true,
    },
    cursor,
  ),
  offset: kind<OffsetConfig>(
    {
      limit: true,
      offset: true,
      offsetParam: true,
      offsetBodyPath: true,
      limitParam: true,
      limitBodyPath: true,
      totalPath: true,
      maximumOffset: true,
      hasMorePath: true,
      stopAfterEmptyPage: true,
    },
    offset,
  ),
  pageNumber: kind<PageNumberConfig>(
    {
      basePage: true,
      page: true,
      pageParam: true,
      pageBodyPath: true,
      size: true,
      sizeParam: true,
      sizeBodyPath: true,
      totalPath: true,
      totalRowsPath: true,
      maximumPage: true,
      hasMorePath: true,
      stopAfterEmptyPage: true,
      shortPageEnds: true,
    },
    pageNumber,
  ),
};
