import { map, type OperatorFunction } from 'rxjs';
import { type Limits, limitsShape } from './columns/limits.js';
import { JsonError, SelectError, ConfigError } from './errors.js';
import { findRows } from './json/find-rows.js';
import type { LocateOptions } from './json/locate.js';
import { markPlace } from './settings/error-place.js';
import { givenOptions } from './settings/given-options.js';
import { idleKey } from './settings/idle-key.js';
import { placeOfPage, withRequest } from './settings/page-place.js';
import { requireInput } from './settings/require-input.js';
import { name, names, record, required, words } from './settings/shape.js';
import { placeOf, withPlace } from './settings/with-place.js';
import type { Page, Rows } from './types.js';

/**
 * Where the rows of each page are. ConfigError when `select` is called for an empty path or list,
 * an unknown option, and a `key` beside rows that are a list.
 */
export interface SelectConfig {
  /**
   * Dotted path to the rows (`data.items`), a list of paths of which the first that is there
   * counts, `@` or `$` for the whole body, or a path with `[*]`.
   */
  path: string | readonly string[];
  /**
   * `map`: the members of the object at the path are the rows; `array-or-map`: either. @default
   * 'array', where an object is one row
   */
  rows?: 'array' | 'map' | 'array-or-map';
  /** For maps: the field that receives the key where a row lacks it. @default '_key' */
  key?: string;
  /** Levels and bytes that a body may have. @default 1,000 levels, 1 GiB */
  limits?: Partial<Pick<Limits, 'depth' | 'bytes'>>;
}

/**
 * Finds the rows of each page.
 *
 * - In: pages, in the order of their requests.
 * - Out: one `Rows` per page, in order. A path that leads to null or an empty array gives no rows.
 * - Errors: `SelectError` when nothing is at the path, with the keys that are there; `JsonError`
 *   for a body that is not JSON.
 * - State: none.
 *
 * Without a path the rows are those that the endpoint found.
 *
 * @example endpoint(config).pipe(select('data.items'), flatten({ table: 'items' }))
 */
export function select(
  config?: string | readonly string[] | SelectConfig | null,
): OperatorFunction<Page, Rows> {
  if (config === undefined || config === null)
    return map((input) => {
      const page = requireInput('select()', input, 'page');
      return { page, body: page.body, span: page.rows };
    });
  const { path, ...options } = givenOptions<SelectConfig>(
    'select()',
    typeof config === 'string' || isList(config) ? { path: config } : config,
    SHAPE,
  );
  const selectors = typeof path === 'string' ? [path] : path;
  const idle = idleKey(options);
  if (idle !== null) throw new ConfigError(`\`key\` of select() ${idle}`);
  if (selectors.length === 0)
    throw new ConfigError('select() needs at least one path; found none.');
  return map((page) => rowsOf(requireInput('select()', page, 'page'), { ...options, selectors }));
}

const SHAPE = record<SelectConfig>('select()', {
  path: required(names),
  rows: words('array', 'map', 'array-or-map'),
  key: name,
  limits: limitsShape,
});

/** Returns the rows of one page at the selectors. */
function rowsOf(page: Page, options: LocateOptions): Rows {
  try {
    const { body, span } = findRows(page.body, options);
    return { page, body, span };
  } catch (error) {
    const place = placeOfPage(page);
    if (!(error instanceof SelectError || error instanceof JsonError))
      throw markPlace(error, place);
    const where = placeOf(page.resource, page.parent, page.index);
    throw markPlace(withPlace(where, error, withRequest(error.message, place.request)), place);
  }
}

function isList(config: readonly string[] | SelectConfig): config is readonly string[] {
  return Array.isArray(config);
}
