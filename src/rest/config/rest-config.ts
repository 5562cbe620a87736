import type { JsonObject } from '../../../operators/types.js';
import type { Resource } from '../../run/source.js';
import type { AuthLike } from '../auth/auth-of.js';
import type { ClientConfig } from '../http/http-client.js';
import type { ResponseAction } from '../http/response-actions.js';
import type { Query } from '../http/url.js';
import type { Format } from '../pages/formats.js';
import type { IncrementalConfig } from '../pages/incremental.js';
import type { PollConfig } from '../pages/poll.js';
import type { WindowConfig } from '../pages/windows.js';
import type { PaginatorLike } from '../paginators/paginator-of.js';

/**
 * Where and how a resource is asked for. Fields not given come from `resourceDefaults.endpoint`,
 * the paginator and auth from the client. Texts in `path`, `params`, `json`, `data` and `headers`,
 * at any depth, may hold `{resources.<parent>.<field>}`, `{incremental.startValue}` (`…endValue`,
 * `…initialValue`, `…lastValue`) and `{window.start}`, `{window.end}`. Where the path ends in a
 * placeholder, the answer is one page and `@` its rows unless said otherwise, as in dlt.
 */
export interface RestEndpoint {
  /** Behind the client's base URL, or a whole address. @default the resource's name */
  path?: string;
  /** @default 'GET' */
  method?: 'GET' | 'POST';
  /** Query parameters. */
  params?: Query;
  /**
   * JSON body; excludes `data`. A text that is one placeholder and nothing else takes the value
   * with its type.
   */
  json?: JsonObject;
  /** Body as it is, or fields of a form (`application/x-www-form-urlencoded`); excludes `json`. */
  data?: string | Query;
  /** Over the client's, name by name. */
  headers?: Readonly<Record<string, string>>;
  /** @default 'auto': found on the first page, told, and kept for later runs */
  paginator?: PaginatorLike;
  /**
   * Dotted path (or paths, the first that is there) to the rows; `@` is the whole body, `[*]` on
   * the way gathers them from every element. @default found on the first page as dlt finds it
   */
  dataSelector?: string | readonly string[];
  /**
   * True: an answer with nothing at `dataSelector` has no rows, as in dlt, and the first one is
   * told. @default false: it is an error
   */
  mayBeMissing?: boolean;
  /**
   * What becomes of a parent's row that lacks a field which the request needs (null, not there, an
   * empty text): `skip` makes no request for it, counts it as skipped and says so in the verdict;
   * `fail` ends the run, also for a field of `includeFromParent` that is not there. @default 'skip'
   */
  missingParent?: 'skip' | 'fail';
  /**
   * `map`: members of the object there are the rows. @default 'array', where an object is one row
   */
  rows?: 'array' | 'map' | 'array-or-map';
  /** Field that receives a map's key. @default '_key' */
  key?: string;
  /** What the API answers with. @default 'json' */
  format?: Format;
  /**
   * For `file`: where the answers are saved: a path that may hold placeholders, whose values cannot
   * leave its folder; one that is used twice in a run is an error.
   */
  saveAs?: string;
  /**
   * Answers that are told apart by status or content: ignored, or looked at by a function first. In
   * dlt's words.
   */
  responseActions?: readonly ResponseAction[];
  /**
   * Statuses that mean "nothing here" (for this parent): no page, counted and told. @default none
   */
  skipStatus?: readonly number[];
  /**
   * Statuses that a page behind the last one has: the list ends there. @default none
   */
  endStatus?: readonly number[];
  /** Ask only for what is new. */
  incremental?: IncrementalConfig;
  /** Over the client's; null sends none. */
  auth?: AuthLike | null;
  /** Ask once for each piece of a span of time. */
  windows?: WindowConfig;
  /** The answer is made while it is asked for: ask again until it is done. */
  poll?: PollConfig;
  /**
   * Rows of the parent asked for at once: their values go into one request, joined by commas (in
   * `json`, as a list). A request has rows below one and the same row where fields of that are
   * taken too; resources below know nothing above it. @default 1
   */
  groupSize?: number;
  /**
   * Name of a resource whose answers hold these rows too, at `dataSelector` (@default '@'): nothing
   * is asked for. That one's own selector must hold no wildcard.
   */
  responseOf?: string;
  /** Ceiling on pages, against lists without end. @default 100,000 */
  maxPages?: number;
  /**
   * True: a request is sent again after a passing error even if it is a POST (it only reads).
   * False: it is never sent again, whatever comes of it (it changes something). @default GET is
   * sent again, POST only after a refusal by a rate limit, or with `retry.unsafeMethods`
   */
  repeatable?: boolean;
}

export interface RestResource extends Omit<Resource, 'optionalColumns'> {
  /** An endpoint, or its path alone. */
  endpoint?: string | RestEndpoint;
  /** Rows that are given, not asked for: ids to ask for children with. Excludes `endpoint`. */
  data?: readonly object[] | (() => Iterable<object> | AsyncIterable<object>);
  /**
   * Fields of the parent's row put on each row: a list (`id` becomes `_<parent>_id`, as in dlt), or
   * names and fields (`{ course_id: 'id' }`). With several parents, or for one further up, a field
   * is written `<parent>.<field>`.
   */
  includeFromParent?: readonly string[] | Readonly<Record<string, string>>;
}

export interface RestConfig {
  /** dlt's source name. @default 'rest_api' */
  name?: string;
  client: ClientConfig & { paginator?: PaginatorLike };
  /**
   * What every resource has unless it says otherwise; `endpoint`, its `params` and `json`, and each
   * of `columns` are merged key by key, all else is replaced.
   */
  resourceDefaults?: Omit<RestResource, 'name' | 'endpoint' | 'data'> & { endpoint?: RestEndpoint };
  /** A text is a resource whose path is its name. */
  resources: readonly (string | RestResource)[];
}
