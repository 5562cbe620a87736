import { configError } from '../../../operators/settings/problem.js';
import {
  checked,
  either,
  fn,
  made,
  type Shape,
  tagged,
  words,
} from '../../../operators/settings/shape.js';
import { withoutNulls } from '../../../operators/settings/without-nulls.js';
import { problemsIn } from '../shape/problems-in.js';
import { refuseMaker } from '../shape/refuse-maker.js';
import { cursor } from './cursor.js';
import { custom, ownPaginator, type PaginatorFunction } from './custom.js';
import { headerCursor } from './header-cursor.js';
import { headerLink } from './header-link.js';
import { jsonLink } from './json-link.js';
import { offset } from './offset.js';
import { pageNumber } from './page-number.js';
import { type PaginatorConfig, paginatorShapes } from './paginator-config.js';
import type { Paginator } from './paginator.js';
import { single } from './single.js';

/** A paginator in any of the ways in which it can be given. */
export type PaginatorLike =
  PaginatorConfig | PaginatorConfig['type'] | Paginator | PaginatorFunction;

const MAKERS: Readonly<Record<PaginatorConfig['type'], (config: never) => Paginator | 'auto'>> = {
  single,
  auto: () => 'auto',
  jsonLink,
  headerLink,
  headerCursor,
  cursor,
  offset,
  pageNumber,
};

const likeShape = either(
  made<Paginator>('a paginator', 'next'),
  words(...(Object.keys(MAKERS) as PaginatorConfig['type'][])),
  tagged('a paginator', paginatorShapes),
  fn,
);

/** How pages follow each other: what `paginatorOf` takes. */
export const paginatorShape: Shape<PaginatorLike> = checked(likeShape, makePaginator);

/**
 * The paginator that is meant by a config, a type alone, a function, or a paginator itself; `auto`
 * where the first page decides (`detectPaginator`). Keys of a config that are null count as not
 * given, as in dlt.
 *
 * Errors: ConfigError for an unknown type or key, naming those there are, for what is none of
 * these, and for what the paginators themselves refuse.
 */
export function paginatorOf(like: PaginatorLike): Paginator | 'auto' {
  const given = withoutNulls(like, likeShape);
  const problems = problemsIn(given, likeShape);
  if (problems.length > 0) throw configError('Paginator', problems);
  return makePaginator(given);
}

function makePaginator(like: PaginatorLike): Paginator | 'auto' {
  refuseMaker(like, MAKERS);
  if (typeof like === 'function') return custom(like);
  if (typeof like === 'object' && 'next' in like && typeof like.next === 'function')
    return like.config === null || like.config === undefined ? ownPaginator(like) : like;
  const { type, ...config } = typeof like === 'string' ? { type: like } : (like as PaginatorConfig);
  return MAKERS[type](config as never);
}
