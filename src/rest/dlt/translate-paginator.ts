import { ConfigError } from '../../errors.js';
import type { PaginatorConfig } from '../paginators/paginator-config.js';
import { paginatorOf } from '../paginators/paginator-of.js';
import type { DltObject } from './dlt-object.js';
import { inSnakeCase } from './in-snake-case.js';
import { type Notes, renamed } from './notes.js';
import { translatePath } from './translate-path.js';

const TYPES: Readonly<Record<string, PaginatorConfig['type']>> = {
  single_page: 'single',
  auto: 'auto',
  json_link: 'jsonLink',
  json_response: 'jsonLink',
  header_link: 'headerLink',
  header_cursor: 'headerCursor',
  cursor: 'cursor',
  offset: 'offset',
  page_number: 'pageNumber',
};
const KEYS: Readonly<Record<string, string>> = {
  next_url_path: 'nextUrlPath',
  next_key: 'nextUrlPath',
  links_next_key: 'rel',
  cursor_key: 'cursorKey',
  cursor_param: 'cursorParam',
  cursor_path: 'cursorPath',
  cursor_body_path: 'cursorBodyPath',
  has_more_path: 'hasMorePath',
  stop_after_empty_page: 'stopAfterEmptyPage',
  limit: 'limit',
  offset: 'offset',
  offset_param: 'offsetParam',
  offset_body_path: 'offsetBodyPath',
  limit_param: 'limitParam',
  limit_body_path: 'limitBodyPath',
  total_path: 'totalPath',
  maximum_offset: 'maximumOffset',
  base_page: 'basePage',
  initial_page: 'basePage',
  page: 'page',
  page_param: 'pageParam',
  page_body_path: 'pageBodyPath',
  maximum_page: 'maximumPage',
};
/** Paths into a response, which are JSONPaths. */
const PATHS = new Set(['nextUrlPath', 'cursorPath', 'hasMorePath', 'totalPath']);
const OLD: Readonly<Record<string, string>> = {
  json_response: 'json_link',
  next_key: 'next_url_path',
  initial_page: 'base_page',
};

/** dlt's paginator (a dict or a type's name) as ours. */
export function translatePaginator(
  paginator: string | DltObject,
  path: string,
  notes: Notes,
): PaginatorConfig | undefined {
  const { type: word, ...config } = (
    typeof paginator === 'string' ? { type: paginator } : paginator
  ) as { type: string };
  const type = TYPES[word] as PaginatorConfig['type'];
  for (const old of [word, ...Object.keys(config)])
    if (OLD[old] !== undefined) notes.notice(path, `${old} is dlt's old word for ${OLD[old]}.`);
  return notes.tried(path, () => {
    const members = Object.entries(renamed(config, KEYS)).map(([key, value]) => [
      key,
      PATHS.has(key) ? translatePath(value as string, { picks: true }) : value,
    ]);
    const translated = {
      type,
      ...total(type, config, path, notes),
      ...Object.fromEntries(members),
    } as PaginatorConfig;
    try {
      paginatorOf(translated);
    } catch (error) {
      throw error instanceof ConfigError ? new ConfigError(inSnakeCase(error.message)) : error;
    }
    if (type === 'cursor' && 'has_more_path' in config)
      notes.notice(
        path,
        'where has_more_path says that there is more but there is no cursor, dlt requests the same page forever; here that is an error.',
      );
    return translated;
  });
}

/** In dlt `total_path` is `total` unless it is null, and a response without it is an error. */
function total(
  type: PaginatorConfig['type'],
  config: DltObject,
  path: string,
  notes: Notes,
): { totalPath?: string } {
  if ((type !== 'offset' && type !== 'pageNumber') || config['total_path'] !== undefined) return {};
  notes.notice(
    `${path}.total_path`,
    '`total` is read where a response has it; dlt fails where it has not.',
  );
  return { totalPath: 'total' };
}
