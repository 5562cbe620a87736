import { requireKeys } from '../../../operators/settings/require-keys.js';
import { ConfigError } from '../../errors.js';
import { cursor } from './cursor.js';
import { custom, type PaginatorFunction } from './custom.js';
import { headerCursor } from './header-cursor.js';
import { headerLink } from './header-link.js';
import { jsonLink } from './json-link.js';
import { offset } from './offset.js';
import { pageNumber } from './page-number.js';
import type { PaginatorConfig } from './paginator-config.js';
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
  return kind(config as never);
}

const none = (type: string, config: object): void => requireKeys(`${type}()`, config, {});

const KINDS: Readonly<Record<PaginatorConfig['type'], (config: never) => Paginator | 'auto'>> = {
  single: (config: object) => {
    none('single', config);
    return single();
  },
  auto: (config: object) => {
    none('auto', config);
    return 'auto';
  },
  jsonLink,
  headerLink,
  headerCursor,
  cursor,
  offset,
  pageNumber,
};
