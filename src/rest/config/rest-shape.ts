import { contractShape } from '../../../operators/columns/contract-shape.js';
import { dispositionShape } from '../../../operators/columns/disposition-shape.js';
import { limitsShape } from '../../../operators/columns/limits.js';
import { nestedShape } from '../../../operators/columns/nested-shape.js';
import { cursorFields } from '../../../operators/cursor/cursor-config.js';
import {
  above0,
  anything,
  checked,
  either,
  type Fields,
  flag,
  fn,
  list,
  map,
  name,
  nothing,
  number,
  record,
  type RecordShape,
  required,
  scalar,
  type Shape,
  text,
  whole,
  words,
} from '../../../operators/settings/shape.js';
import { ConfigError } from '../../errors.js';
import { columnsShape } from '../../run/column-schema.js';
import { schemaDocumentShape } from '../../run/schema-document-shape.js';
import { authShape } from '../auth/auth-of.js';
import { clientFields } from '../http/client-config.js';
import { checkActions, type ResponseAction } from '../http/response-actions.js';
import type { IncrementalConfig } from '../pages/incremental.js';
import { type PollConfig, pollRules } from '../pages/poll.js';
import { type WindowConfig, windowsOf } from '../pages/windows.js';
import { paginatorShape } from '../paginators/paginator-of.js';
import { jsonObject } from '../shape/json-object.js';
import type { RestConfig, RestEndpoint, RestResource } from './rest-config.js';

/** Rows have keys of their own. */
const row: Shape<object> = map(anything) as Shape as Shape<object>;
const query = map(either(scalar, nothing, list(scalar)));
const moment = either(number, text);
const off: Shape<false> = { kind: 'value', label: 'false', is: (value) => value === false };

const responseAction = record<Extract<ResponseAction, { action: unknown }>>('a response action', {
  statusCode: whole(100),
  content: text,
  action: required(either(words('ignore', 'wait', 'retry'), fn, list(fn))),
});

const incremental = record<IncrementalConfig>('incremental', {
  cursorPath: required(name),
  ...cursorFields,
  startParam: name,
  endParam: name,
  convert: fn,
});

const windows = checked(
  record<WindowConfig>('windows', {
    startParam: name,
    endParam: name,
    start: required(moment),
    end: moment,
    size: above0,
    overlap: number,
    lookBack: number,
    lookAhead: number,
    format: words('unix', 'unixMs', 'iso', 'date'),
  }),
  (given: WindowConfig) => windowsOf(given, Date.now() / 1000),
);

const poll = checked(
  record<PollConfig>('poll', {
    statusPath: required(name),
    done: required(list(text)),
    failed: list(text),
    everyMs: above0,
    timeoutMs: above0,
  }),
  pollRules,
);

/** What an endpoint takes, key by key. */
export const endpointFields: Fields<RestEndpoint> = {
  path: text,
  method: words('GET', 'POST'),
  params: query,
  json: jsonObject,
  data: either(text, query),
  headers: map(text),
  paginator: paginatorShape,
  dataSelector: either(text, list(text)),
  mayBeMissing: flag,
  missingParent: words('skip', 'fail'),
  rows: words('array', 'map', 'array-or-map'),
  key: name,
  format: words('json', 'ndjson', 'text', 'file'),
  saveAs: name,
  responseActions: checked(
    list(either(fn, responseAction)),
    (actions: Parameters<typeof checkActions>[0]) => checkActions(actions),
  ),
  skipStatus: list(whole(100)),
  endStatus: list(whole(100)),
  incremental,
  auth: either(authShape, nothing),
  windows,
  poll,
  groupSize: whole(1),
  responseOf: name,
  maxPages: whole(1),
  parallelPages: either(whole(1), off),
  repeatable: flag,
  getWithBody: flag,
};

type StepFunctions = { [Key in 'filter' | 'map' | 'yieldMap']?: (row: never) => unknown };

const processingStep = checked(
  record<StepFunctions>('a processing step', {
    filter: fn,
    map: fn,
    yieldMap: fn,
  }),
  oneFunction,
);

/** What a resource says of its table and rows, key by key. */
export const hintFields: Fields<Omit<RestResource, 'name' | 'endpoint' | 'data'>> = {
  tableName: name,
  writeDisposition: dispositionShape,
  primaryKey: either(name, list(name)),
  mergeKey: either(name, list(name)),
  columns: columnsShape,
  validate: flag,
  nestedHints: map(nestedShape),
  maxTableNesting: whole(0),
  schemaContract: contractShape,
  rootKey: flag,
  limits: limitsShape,
  selected: flag,
  processingSteps: list(processingStep),
  includeFromParent: either(list(name), map(name)),
};

const endpoint = record<RestEndpoint>(
  'an endpoint',
  endpointFields,
  Object.fromEntries(
    Object.keys(hintFields).map((key) => [
      key,
      `belongs beside \`endpoint\`: { ${key}: …, endpoint: { … } }.`,
    ]),
  ),
);

const strangers = {
  ...Object.fromEntries(
    Object.keys(endpointFields).map((key) => [
      key,
      `belongs into \`endpoint\`: { endpoint: { ${key}: … } }.`,
    ]),
  ),
  ...unsupported('references', 'tableFormat', 'fileFormat', 'parentTableName'),
  parallelized:
    'is not a key here: requests of all resources run side by side anyway. Leave it out; `client.rateLimit` says how many.',
};

const resource = record<RestResource>(
  'a resource',
  {
    name: required(name),
    endpoint: either(text, endpoint),
    data: either(list(row), fn),
    ...hintFields,
  },
  strangers,
);

const defaults = record<NonNullable<RestConfig['resourceDefaults']>>(
  'resourceDefaults',
  { endpoint, ...hintFields },
  {
    ...strangers,
    name: 'each resource has a name of its own; it has no default.',
    data: 'rows are given to one resource; they have no default.',
  },
);

const client = record<RestConfig['client']>(
  'client',
  { ...clientFields, paginator: paginatorShape },
  unsupported('session'),
);

/** All that `restSource` takes. */
export const restShape: RecordShape = record<RestConfig>('a config', {
  name,
  client: required(client),
  resources: required(list(either(name, resource))),
  schemaContract: contractShape,
  maxTableNesting: whole(0),
  rootKey: flag,
  resourceDefaults: defaults,
  schema: schemaDocumentShape,
});

/** Words of dlt's that do nothing here yet. */
function unsupported(...keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    keys.map((key) => [
      key,
      'dlt has it; sluice does not support it yet, so it would do nothing. Leave it out.',
    ]),
  );
}

function oneFunction(step: object): void {
  const found = Object.keys(step);
  if (found.length !== 1)
    throw new ConfigError(
      `a processing step has one function: filter, map or yieldMap; found ${found.length === 0 ? 'none' : found.join(', ')}. Write several steps.`,
    );
}
