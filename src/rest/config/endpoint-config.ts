import { limitFields, type Limits } from '../../../operators/columns/limits.js';
import { idleKey } from '../../../operators/settings/idle-key.js';
import { configError, type Problem, problemsOf } from '../../../operators/settings/problem.js';
import {
  anything,
  either,
  type Fields,
  fn,
  made,
  name,
  record,
  required,
  text,
  words,
} from '../../../operators/settings/shape.js';
import type { Json } from '../../../operators/types.js';
import type { Gate } from '../../run/gate.js';
import type { SourceEvent } from '../../run/source.js';
import { checkedBase } from '../http/checked-base.js';
import { type ClientConfig, clientFields } from '../http/client-config.js';
import type { Client } from '../http/http-client.js';
import type { Format } from '../pages/rows/formats.js';
import { placeholdersIn } from '../resources/placeholders.js';
import { checkedOptions } from '../shape/checked-options.js';
import { idleParallel } from './idle-parallel.js';
import { requestProblems } from './request-problems.js';
import type { RestEndpoint } from './rest-config.js';
import { endpointFields, hintFields } from './rest-shape.js';

/**
 * What an endpoint of `restSource` has too; here without placeholders, and nothing is kept for
 * later runs.
 */
const SHARED = [
  'method',
  'params',
  'json',
  'headers',
  'paginator',
  'dataSelector',
  'rows',
  'key',
  'responseActions',
  'skipStatus',
  'endStatus',
  'poll',
  'repeatable',
  'getWithBody',
  'maxPages',
  'parallelPages',
] as const;

type Shared = (typeof SHARED)[number];

/** One list of an API, read by itself. */
export interface EndpointConfig extends Pick<RestEndpoint, Shared> {
  /**
   * Address of the first page; with a shared `client` it may be relative to the client's base URL.
   * Parameters in it give way to `params`.
   */
  url: string;
  /** Body as it is; excludes `json`. */
  data?: string;
  /** Format of the responses. @default 'json' */
  format?: Exclude<Format, 'file'>;
  /** Name in pages, errors and events. @default the last part of the address */
  resource?: string;
  /**
   * What sends the requests: share one between endpoints of an API. @default a client of its own
   * with `client`'s settings
   */
  client?: Client | Omit<ClientConfig, 'baseUrl'>;
  /** Levels and bytes that a body may have. @default 1,000 levels, 1 GiB */
  limits?: Partial<Pick<Limits, 'depth' | 'bytes'>>;
  /**
   * The position behind a page (`Page.next`, or `next` of a load's positions): the list is read on
   * from there. The pages up to that one and those that follow are the same as those of one read
   * without a break: rows, numbers, end and verdict. Everything else of the endpoint has to be as
   * it was; only the values of secrets may have changed. A ConfigError says why a position cannot
   * be used. @default the beginning of the list
   */
  from?: Json;
  /** Holds requests back while the loader is behind. @default the process's */
  gate?: Gate;
  /** Ends the reading; the stream ends with an AbortError. */
  signal?: AbortSignal;
  /** Is called with every event of the list, in order. */
  observe?: (event: SourceEvent) => void;
}

const { baseUrl: _, ...ownClient } = clientFields;

/** What others take for options of an endpoint, and where they are. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...each(
    Object.keys(endpointFields),
    () =>
      'is for resources of restSource(), which know of each other and of earlier runs. Leave it out.',
  ),
  ...each(Object.keys(hintFields), (key) => `belongs into flatten({ ${key}: … }).`),
  ...each(Object.keys(ownClient), (key) => `belongs into \`client\`: { client: { ${key}: … } }.`),
  baseUrl:
    'is the first part of `url` here, or of a client that endpoints share: { client: httpClient({ baseUrl: … }) }.',
  path: 'is `url` here: the whole address, or what comes after the base URL of a shared `client`.',
  name: 'is `resource` here.',
  tableName: 'is `table` of flatten() here.',
  table: 'belongs into flatten({ table: … }).',
  processingSteps: 'is an operator here: processRows([…]).',
  includeFromParent: 'is for resources of restSource(), which know their parents. Leave it out.',
  selected: 'is for resources of restSource(). Leave it out.',
};

function each(
  keys: readonly string[],
  message: (key: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.map((key) => [key, message(key)]));
}

const shape = record<EndpointConfig>(
  'an endpoint',
  {
    ...(Object.fromEntries(SHARED.map((key) => [key, endpointFields[key]])) as Fields<
      Pick<RestEndpoint, Shared>
    >),
    url: required(name),
    data: text,
    format: words('json', 'ndjson', 'text'),
    resource: name,
    client: either(
      made<Client>('a client', 'send'),
      record<Omit<ClientConfig, 'baseUrl'>>('client', ownClient),
    ),
    limits: record<NonNullable<EndpointConfig['limits']>>('limits', {
      depth: limitFields.depth,
      bytes: limitFields.bytes,
    }),
    // Its own reader says what is wrong with it.
    from: anything,
    gate: made<Gate>('a gate', 'add'),
    signal: made<AbortSignal>('a signal', 'addEventListener'),
    observe: fn,
  },
  ELSEWHERE,
);

/** Checks the options of an endpoint. ConfigError with everything that is wrong with them. */
export function checkedEndpoint(options: EndpointConfig): EndpointConfig {
  const config = checkedOptions('endpoint()', options, shape);
  const idle = idleKey(config);
  const idleParallels = idleParallel(config);
  const problems = [
    ...addressProblems(config),
    ...requestProblems(config, 'the endpoint', (part) => part),
    ...(idle === null ? [] : [{ path: 'key', message: idle }]),
    ...(idleParallels === null ? [] : [{ path: 'parallelPages', message: idleParallels }]),
    ...(['url', 'params', 'json', 'data', 'headers'] as const).flatMap((part) =>
      unfilled(config[part], part),
    ),
  ];
  if (problems.length > 0) throw configError('endpoint()', problems);
  return config;
}

/** Without a shared client the address says which host is meant. */
function addressProblems({ url, client }: EndpointConfig): Problem[] {
  return client !== undefined && 'send' in client
    ? []
    : problemsOf(() => checkedBase(url, ADDRESS), 'url');
}

const ADDRESS = {
  name: 'address',
  whole:
    'Give the whole address, such as https://api.example.com/v1/orders, or a client that has its beginning: { client: httpClient({ baseUrl: … }) }.',
  auth: '{ client: { auth: basic(user, password) } }',
};

/** Nobody fills placeholders here. */
function unfilled(part: unknown, path: string): Problem[] {
  let found: string[] = [];
  const malformed = problemsOf(() => {
    found = placeholdersIn(part).map(
      ({ from, parent, field }) =>
        `{${[from, parent, field].filter((one) => one !== null).join('.')}}`,
    );
  }, path);
  return [
    ...malformed,
    ...found.map((placeholder) => ({
      path,
      message: `${placeholder} is filled for resources of restSource() only. Write the value itself.`,
    })),
  ];
}
