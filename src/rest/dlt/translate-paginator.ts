import { givenMembers } from '../../../operators/settings/given-members.js';
import { ConfigError } from '../../errors.js';
import { camelCase } from '../../settings/camel-case.js';
import type { PaginatorConfig } from '../paginators/paginator-config.js';
import { paginatorOf } from '../paginators/paginator-of.js';
import type { DltObject } from './dlt-object.js';
import { inSnakeCase } from './in-snake-case.js';
import type { Notes } from './notes.js';
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
/** Keys that are not ours in snake_case; old words come last and win. */
const RENAMED: Readonly<Record<string, string>> = {
  links_next_key: 'rel',
  next_key: 'nextUrlPath',
  initial_page: 'basePage',
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
    const members = Object.entries(givenMembers(config))
      .toSorted(([a], [b]) => Number(a in RENAMED) - Number(b in RENAMED))
      .map(([word, value]) => {
        const key = RENAMED[word] ?? camelCase(word);
        return [key, PATHS.has(key) ? translatePath(value as string, { picks: true }) : value];
      });
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
      notes.departure(
        path,
        'where has_more_path says that there is more but there is no cursor, the list ends with an error; dlt ends it there.',
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
  notes.departure(
    `${path}.total_path`,
    '`total` is read where a response has it; dlt fails where it has not.',
  );
  return { totalPath: 'total' };
}
