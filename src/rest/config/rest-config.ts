import type { JsonObject, SchemaContract } from '../../../operators/types.js';
import type { Columns } from '../../run/column-schema.js';
import type { Resource } from '../../run/source.js';
import type { AuthLike } from '../auth/auth-of.js';
import type { ClientConfig } from '../http/client-config.js';
import type { ResponseAction } from '../http/response-actions.js';
import type { Query } from '../http/url.js';
import type { IncrementalConfig } from '../pages/incremental.js';
import type { PollConfig } from '../pages/poll.js';
import type { Format } from '../pages/rows/formats.js';
import type { WindowConfig } from '../pages/windows.js';
import type { PaginatorLike } from '../paginators/paginator-of.js';

/**
 * Where and how a resource is requested. Fields that are left out come from
 * `resourceDefaults.endpoint`, the paginator and auth from the client. Texts in `path`, `params`,
 * `json`, `data` and `headers`, at any depth, may hold `{resources.<parent>.<field>}`,
 * `{incremental.startValue}` (`…endValue`, `…initialValue`, `…lastValue`) and `{window.start}`,
 * `{window.end}`. Where the path ends in a placeholder, the default is one page with `@` as its
 * rows, as in dlt.
 */
export interface RestEndpoint {
  /** Behind the client's base URL, or a whole address. @default the resource's name */
  path?: string;
  /** HTTP method of the requests. @default 'GET' */
  method?: 'GET' | 'POST';
  /** Query parameters. */
  params?: Query;
  /**
   * JSON body; excludes `data`. A text that is one placeholder and nothing else becomes the value
   * with its type.
   */
  json?: JsonObject;
  /** Body as it is, or fields of a form (`application/x-www-form-urlencoded`); excludes `json`. */
  data?: string | Query;
  /** Added to the client's; replaces those of the same name. */
  headers?: Readonly<Record<string, string>>;
  /**
   * How pages follow each other. @default 'auto': detected on the first page, reported as a notice,
   * and kept for later runs
   */
  paginator?: PaginatorLike;
  /**
   * Dotted path (or several, of which the first that is there counts) to the rows; `@` is the whole
   * body, `[*]` collects them from every element. @default detected on the first page, as in dlt
   */
  dataSelector?: string | readonly string[];
  /**
   * True: a response with nothing at `dataSelector` has no rows, as in dlt, and the first one is
   * reported as a notice. @default false: it is an error
   */
  mayBeMissing?: boolean;
  /**
   * What to do with a parent's row that lacks a field which the request needs (null, missing, an
   * empty text): `skip` makes no request for it, counts it as skipped, also in the verdict;
   * `fail` ends the run, also for a missing field of `includeFromParent`. @default 'skip'
   */
  missingParent?: 'skip' | 'fail';
  /**
   * `map`: the members of the object are the rows. @default 'array': an object is one row
   */
  rows?: 'array' | 'map' | 'array-or-map';
  /** Field that receives a map's key. @default '_key' */
  key?: string;
  /** Format of the responses. @default 'json' */
  format?: Format;
  /**
   * For `file`: the path at which a response is saved. It may hold placeholders, whose values
   * cannot leave its folder; a path that two responses of a run share is an error.
   */
  saveAs?: string;
  /**
   * What to do with responses of a certain status or content: skip them, repeat the request, or
   * pass them to a function. In dlt's words.
   */
  responseActions?: readonly ResponseAction[];
  /**
   * Statuses that mean "nothing here" (for this parent): the response is skipped and counted.
   * @default none
   */
  skipStatus?: readonly number[];
  /**
   * Statuses of a page behind the last one: the list ends there. @default none
   */
  endStatus?: readonly number[];
  /** Loads only what is new, and requests only that where the API can be told. */
  incremental?: IncrementalConfig;
  /** In place of the client's; null sends none. */
  auth?: AuthLike | null;
  /** Reads the list once for each piece of a span of time. */
  windows?: WindowConfig;
  /** For responses that take time: repeats the request until the response is ready. */
  poll?: PollConfig;
  /**
   * Number of the parent's rows in one request: their values are joined by commas (in `json`, as a
   * list). All of them are below the same row where fields of that row are used too; resources
   * below this one cannot use fields above it. @default 1
   */
  groupSize?: number;
  /**
   * Name of a resource whose responses hold these rows too, at `dataSelector` (@default '@'): no
   * request is made. The selector of that resource must not have a wildcard.
   */
  responseOf?: string;
  /** Most pages of a list; more are an error. @default 100,000 */
  maxPages?: number;
  /**
   * Pages of a list that are requested at once, those before the one that is read next included. A
   * number: as many, but no more than `client.rateLimit.concurrency`, whatever the responses state;
   * pages behind the end are requested in vain then. False: one after another. Only for page
   * numbers and offsets, and neither with `maxPages`, `incremental.rowOrder`, a POST that is not
   * `repeatable`, nor `compat: 'dlt'`. @default as many as the concurrency, where the first page
   * states how many rows or pages there are, until a page is not as expected
   */
  parallelPages?: number | false;
  /**
   * True: a request is sent again after a passing error even if it is a POST (it only reads).
   * False: it is never sent again (it changes something). @default GET is sent again, POST only
   * after a rate limit refused it, or with `retry.unsafeMethods`
   */
  repeatable?: boolean;
  /**
   * True: a GET is sent with its body. Few APIs read it, and servers on the way may refuse it (RFC
   * 9110 §9.3.1). @default false: a body of a GET is an error
   */
  getWithBody?: boolean;
}

/** One list of an API: where it is requested, and the tables of its rows. */
export interface RestResource extends Omit<
  Resource,
  'incremental' | 'optionalColumns' | 'directNames' | 'columns' | 'rowValidator' | 'naming'
> {
  /** An endpoint, or its path alone. */
  endpoint?: string | RestEndpoint;
  /** Rows that are known, such as ids of which children are requested. Excludes `endpoint`. */
  data?: readonly object[] | (() => Iterable<object> | AsyncIterable<object>);
  /**
   * Fields of the parent's row that each row gets: a list (`id` becomes `_<parent>_id`, as in dlt),
   * or names and fields (`{ course_id: 'id' }`). With several parents, or for one further up, a
   * field is written `<parent>.<field>`.
   */
  includeFromParent?: readonly string[] | Readonly<Record<string, string>>;
  /**
   * Hints of columns by name, raw or normalized (nested: joined by `__`); or a schema of the rows
   * that they follow from: a JSON Schema, or a Standard Schema (zod, valibot, arktype, …) that says
   * its types.
   */
  columns?: Columns;
  /**
   * True: a row that the schema in `columns` does not take, as processing steps give it, is an
   * error. Rows are stored as they are, not as the schema changes them. @default false
   */
  validate?: boolean;
}

/** A REST API: its client, and the resources that are read from it. */
export interface RestConfig {
  /** dlt's source name. @default 'rest_api' */
  name?: string;
  /**
   * What becomes of data for which tables have no place once they are there, for resources without
   * a contract of their own. @default 'evolve'
   */
  schemaContract?: SchemaContract;
  /** Levels of nesting that are taken apart, for resources that do not say. @default 1000 */
  maxTableNesting?: number;
  /**
   * Gives the rows of all child tables the ids of their root rows as `_dlt_root_id`; those of
   * tables that merge have them anyway. @default false
   */
  rootKey?: boolean;
  /** Base URL, authorization, rate limit and retries of all resources, and their paginator. */
  client: ClientConfig & { paginator?: PaginatorLike };
  /**
   * Defaults of every resource; `endpoint`, its `params` and `json`, and each
   * of `columns` are merged key by key, all else is replaced.
   */
  resourceDefaults?: Omit<RestResource, 'name' | 'endpoint' | 'data'> & { endpoint?: RestEndpoint };
  /**
   * A schema document of dlt's (`await readSchema('shop.schema.yaml')`): types and nullability of
   * columns, keys, dispositions and nesting, beneath what resources and their defaults say.
   * @default none
   */
  schema?: object;
  /** A text is a resource whose path is its name. */
  resources: readonly (string | RestResource)[];
}
