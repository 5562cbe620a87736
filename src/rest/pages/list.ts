import type { Limits } from '../../../operators/columns/limits.js';
import type { Compat, Json, JsonObject, Page, PagePlace } from '../../../operators/types.js';
import type { PageRoom } from '../../run/commit-room.js';
import type { Gate } from '../../run/gate.js';
import type { ListCursor } from '../../run/kept-cursor.js';
import type { SourceEvent } from '../../run/source.js';
import type { Auth } from '../auth/auth.js';
import type { SaveConfig } from '../http/body/save-body.js';
import type { Client } from '../http/http-client.js';
import type { ResponseAction } from '../http/response-actions.js';
import type { Paginator } from '../paginators/paginator.js';
import type { IncrementalConfig } from './incremental.js';
import type { FoundPaging } from './list-state.js';
import type { PathWatch } from './path-watch.js';
import type { PollConfig } from './poll.js';
import type { Held } from './rows/big/held-responses.js';
import type { Format } from './rows/formats.js';
import type { RowPlaces } from './rows/row-places.js';

/**
 * What is sent for each page of a list, and where the rows of its responses are. Changes of the
 * paginator come on top.
 */
export interface ListRequest {
  method: 'GET' | 'POST';
  /** Address of the first page. */
  url: URL;
  /** JSON body; null for none. */
  json: JsonObject | null;
  /** Body as it is; null for none. */
  data: string | null;
  headers: Readonly<Record<string, string>>;
  /** Null: found by `ReadOptions.places`. */
  dataSelector: readonly string[] | null;
  /** Nothing there means no rows. */
  mayBeMissing: boolean;
  rows: 'array' | 'map' | 'array-or-map';
  key: string | null;
  format: Format;
  saveAs: SaveConfig | null;
  /** Values in the request that are secret whatever the names beside them. */
  secrets: readonly string[];
  skipStatus: readonly number[];
  /** Statuses of a page behind the last one. */
  endStatus: readonly number[];
  responseActions: readonly ResponseAction[];
  /** Undefined: the client's. */
  auth: Auth | null | undefined;
  poll: PollConfig | null;
  /** Whether a request is sent again. Undefined: its method and the client's `retry` decide. */
  repeatable: boolean | undefined;
  /** Limits on bodies; defaults for what is left out. */
  limits: Partial<Limits>;
  /** Whose rules decide where rows and next pages are. */
  compat: Compat;
}

/** One list to be read: its first request, and how the rest follows. */
export interface List extends ListRequest {
  resource: string;
  paginator: Paginator | 'auto';
  /** Fingerprint of the requests that detected paging holds for. */
  fingerprint: string;
  maxPages: number;
  /**
   * Pages that are requested at once; false: one, null: as many as the client sends at once, where
   * the responses show that it is safe (`PagesAhead`).
   */
  parallelPages: number | false | null;
  incremental: IncrementalConfig | null;
  /**
   * What earlier runs know of the list: how far its cursor has come, and its detected paging
   * (`paginator` is made from it where it holds for these requests).
   */
  cursor: ListCursor | null;
  paging: FoundPaging | undefined;
  /** Rows with one key stay once in a load. */
  isMerged: boolean;
  /** It is one window of several, which later runs may not have. */
  windowed: boolean;
  parent: string | null;
  /** Levels of parents above it. */
  depth: number;
  stamp: Page['stamp'];
}

/** What a list is read with, and where its events go. */
export interface ReadOptions {
  /** The position (`Page.next`) that it is read on from. @default its beginning */
  from?: Json | undefined;
  /**
   * Where the list is in a load that can be resumed: its pages have that and their events, and the
   * last one says that it is the last. @default none of that
   */
  place?: Pick<PagePlace, 'list' | 'under'> | undefined;
  client: Client;
  gate: Gate;
  /** Has a place for each page that no commit has. @default they are not bounded */
  uncommitted?: PageRoom | undefined;
  signal: AbortSignal;
  observe: (event: SourceEvent) => void;
  /** Finds the rows of the resource where it has no data selector. */
  places: RowPlaces;
  /** Notes which paths of the config matched something. */
  watch: PathWatch;
  /**
   * Bytes of a response above which its rows come in slices, each a page of its own. @default a
   * response is one page
   */
  memoryBytes?: number | undefined;
  /** Is called with the size of a response that is in memory whole, and why. @default nobody is */
  held?: ((bytes: number, held: Held) => void) | undefined;
}
