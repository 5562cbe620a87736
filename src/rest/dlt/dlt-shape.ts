import { DATA_TYPES } from '../../../operators/schema/data-types.js';
import {
  anything,
  either,
  type Field,
  flag,
  fn,
  list,
  map,
  name,
  number,
  record,
  type RecordShape,
  required,
  scalar,
  type Shape,
  tagged,
  text,
  whole,
  words,
} from '../../../operators/settings/shape.js';
import { settingName } from '../../settings/setting-name.js';
import { type PaginatorConfig, paginatorShapes } from '../paginators/paginator-config.js';
import { jsonObject } from '../shape/json-object.js';
import type { DltObject } from './dlt-object.js';

const python = 'is a Python object, which JSON cannot hold. Leave it out.';

const auth = tagged(
  'auth',
  {
    bearer: record<DltObject>('auth bearer', { token: text }),
    api_key: record<DltObject>('auth api_key', {
      name,
      api_key: text,
      location: words('header', 'query', 'param', 'cookie'),
    }),
    http_basic: record<DltObject>('auth http_basic', {
      username: text,
      password: text,
      api_key: text,
    }),
    oauth2_client_credentials: record<DltObject>(
      'auth oauth2_client_credentials',
      {
        access_token_url: name,
        client_id: text,
        client_secret: text,
        access_token_request_data: map(text),
        default_token_expiration: number,
        access_token: text,
      },
      { session: python },
    ),
  },
  'bearer',
);
const anyAuth = either(words('bearer', 'api_key', 'http_basic', 'oauth2_client_credentials'), auth);

/**
 * dlt's paginators are ours with keys in snake_case, without what only ours have.
 *
 * @param own keys that dlt alone has, or that take less than ours
 */
function paginatorLike(
  type: PaginatorConfig['type'],
  word: string,
  ours: readonly string[] = [],
  own: Readonly<Record<string, Field>> = {},
): RecordShape {
  const fields = Object.entries(paginatorShapes[type].fields).filter(
    ([key]) => !ours.includes(key),
  );
  return record<DltObject>(`paginator ${word}`, {
    ...Object.fromEntries(fields.map(([key, shape]) => [settingName(key), shape])),
    ...own,
  });
}

const linkStop = 'stopAfterEmptyPage';
const paginatorTypes = {
  single_page: paginatorLike('single', 'single_page'),
  auto: paginatorLike('auto', 'auto'),
  json_link: paginatorLike('jsonLink', 'json_link', [linkStop], { next_key: text }),
  json_response: paginatorLike('jsonLink', 'json_response', [linkStop], { next_key: text }),
  header_link: paginatorLike('headerLink', 'header_link', [linkStop, 'rel'], {
    links_next_key: text,
  }),
  header_cursor: paginatorLike('headerCursor', 'header_cursor', [linkStop]),
  cursor: paginatorLike('cursor', 'cursor'),
  offset: paginatorLike('offset', 'offset'),
  page_number: paginatorLike(
    'pageNumber',
    'page_number',
    ['size', 'sizeParam', 'sizeBodyPath', 'totalRowsPath', 'shortPageEnds'],
    { base_page: whole(0), initial_page: whole(0) },
  ),
};
const paginator = either(
  words(...Object.keys(paginatorTypes)),
  tagged('a paginator', paginatorTypes),
);

const limits = {
  initial_value: scalar,
  end_value: scalar,
  lag: number,
  row_order: words('asc', 'desc'),
  last_value_func: either(words('max', 'min'), fn),
  primary_key: either(text, list(text)),
  convert: fn,
  transform: fn,
};
const incremental = record<DltObject>('incremental', {
  cursor_path: required(name),
  ...limits,
  start_param: name,
  end_param: name,
  on_cursor_value_missing: words('raise', 'include', 'exclude'),
  range_start: words('open', 'closed'),
  range_end: words('open', 'closed'),
  allow_external_schedulers: flag,
});

const param = either(
  scalar,
  list(scalar),
  tagged('a param that is an object', {
    resolve: record<DltObject>('a resolve param', {
      resource: required(name),
      field: required(name),
    }),
    incremental: incremental,
  }),
);

const responseAction = record<DltObject>('a response action', {
  status_code: whole(100),
  content: text,
  action: either(words('ignore'), fn, list(fn)),
});

const endpoint: RecordShape = record<DltObject>('an endpoint', {
  path: text,
  method: words('GET', 'POST'),
  params: map(param),
  json: jsonObject,
  data: either(text, map(either(scalar, list(scalar)))),
  headers: map(scalar),
  paginator,
  data_selector: text,
  response_actions: list(either(fn, responseAction)),
  incremental,
  auth: anyAuth,
});

const column = record<DltObject>('a column', {
  name,
  data_type: words(...DATA_TYPES, 'complex'),
  ...Object.fromEntries(
    [
      'nullable',
      'primary_key',
      'merge_key',
      'unique',
      'sort',
      'cluster',
      'partition',
      'hard_delete',
      'row_key',
      'root_key',
      'parent_key',
      'variant',
      'timezone',
    ].map((key) => [key, flag]),
  ),
  precision: number,
  scale: number,
  description: text,
  dedup_sort: words('asc', 'desc'),
});

const contract = words('evolve', 'freeze', 'discard_row', 'discard_value');
const hints: Readonly<Record<string, Shape>> = {
  include_from_parent: list(name),
  processing_steps: list(
    record<DltObject>('a processing step', { filter: fn, map: fn, yield_map: fn }),
  ),
  max_table_nesting: whole(0),
  selected: flag,
  parallelized: flag,
  table_name: name,
  write_disposition: either(words('append', 'replace', 'merge', 'skip'), map(anything)),
  primary_key: either(text, list(text)),
  merge_key: either(text, list(text)),
  columns: either(list(column), map(column)),
  schema_contract: either(
    contract,
    record<DltObject>('schema_contract', {
      tables: contract,
      columns: contract,
      data_type: contract,
    }),
  ),
  table_format: text,
  file_format: text,
  references: anything,
  parent_table_name: anything,
  nested_hints: anything,
};
const misplaced = Object.fromEntries(
  Object.keys(endpoint.fields).map((key) => [
    key,
    `belongs into \`endpoint\`: {"endpoint": {"${key}": …}}.`,
  ]),
);

/** dlt's `RESTAPIConfig`, as `fromDlt` takes it. */
export const dltShape: RecordShape = record<DltObject>('a config', {
  client: required(
    record<DltObject>(
      'client',
      { base_url: required(text), headers: map(scalar), auth: anyAuth, paginator },
      { session: python },
    ),
  ),
  resource_defaults: record<DltObject>(
    'resource_defaults',
    { endpoint: either(text, endpoint), ...hints },
    { ...misplaced, name: 'each resource has a name of its own; it has no default.' },
  ),
  resources: required(
    list(
      either(
        name,
        record<DltObject>(
          'a resource',
          { name: required(name), endpoint: either(text, endpoint), ...hints },
          misplaced,
        ),
      ),
    ),
  ),
});
