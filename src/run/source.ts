import type { Observable } from 'rxjs';
import type { Limits } from '../../operators/columns/limits.js';
import type { CursorConfig, CursorValue } from '../../operators/cursor/cursor-config.js';
import type { ProcessingStep } from '../../operators/process-rows.js';
import type {
  ColumnHint,
  Compat,
  Discard,
  Json,
  Naming,
  NamingConvention,
  NestedHints,
  Page,
  SchemaContract,
  WriteDispositionHint,
} from '../../operators/types.js';
import type { AwaitedPage, PageRoom } from './commit-room.js';
import type { Gate } from './gate.js';
import type { RowValidator } from './row-validator.js';
import type { RunTracing } from './tracing.js';

/** An event of a resource, emitted while it happens. URLs have no credentials. */
export type SourceEvent =
  | {
      kind: 'request';
      resource: string;
      method: string;
      url: string;
      attempt: number;
      /** Null where no response came, or it was not needed any more. */
      status: number | null;
      ms: number;
    }
  | {
      kind: 'wait';
      resource: string;
      reason: string;
      until: number;
      /** The host whose API asks for the wait; left out for others. */
      host?: string;
    }
  | {
      kind: 'page';
      resource: string;
      parent: string | null;
      index: number;
      rows: number;
      bytes: number;
    }
  /**
   * A response was skipped, and is the end of its list, because of its status (`skipStatus`) or a
   * response action. Or no request was made for a parent's row that lacks a field
   * (`missing-parent`; `status` is null), or elements of a page's list are null and so no rows
   * (`null-row`). `index`: number of the page, from 0.
   */
  | {
      kind: 'skip';
      resource: string;
      parent: string | null;
      index: number;
      status: number | null;
      reason: 'status' | 'action' | 'missing-parent' | 'null-row';
      /** For `missing-parent`: the field, as `<parent>.<field>`. */
      field?: string;
      /** For `null-row`: how many. */
      rows?: number;
    }
  | { kind: 'notice'; resource: string; message: string }
  /** A schema contract left rows or values of a page out; once for each table and reason. */
  | ({ kind: 'discard'; resource: string } & Discard)
  | ListEnd;

/** A list was read to its end: the facts that decide whether it is complete. */
export interface ListEnd {
  /** The end of a list. */
  kind: 'done';
  /** Name of the resource. */
  resource: string;
  /** Which parent row the list is of; null where there is one list. */
  parent: string | null;
  /**
   * Why it ended: `single` the list has one page; `no-next` the API named no next page; `has-more`
   * a flag of the API; `total` the declared number was read; `empty` a page without rows; `short`
   * one with fewer rows than requested; `maximum` the configured ceiling; `custom` a function of
   * the user; `repeat` the same rows again; `lost` the API reported more, but not how to request
   * it, or sent an empty page; `not-begun` no request was needed: no row of a parent, or an empty
   * span of time; `skipped` a response in the middle was skipped (by `skipStatus` or a response
   * action), and what is behind it was not read; `status` a status of `endStatus`; `stopped` rows
   * are in order, and the last page had one beyond what `incremental` wants.
   */
  end:
    | 'single'
    | 'no-next'
    | 'has-more'
    | 'total'
    | 'empty'
    | 'short'
    | 'maximum'
    | 'custom'
    | 'repeat'
    | 'lost'
    | 'not-begun'
    | 'skipped'
    | 'status'
    | 'stopped';
  /** Pages read, empty ones included. */
  pages: number;
  /** Rows in those pages, before processing steps. */
  rows: number;
  /**
   * The size of the whole list as the API declares it; null where it does not. `isEstimate`: the
   * rows are a guess or a lower bound.
   */
  declared: { rows?: number; pages?: number; isEstimate?: boolean } | null;
  /** Rows requested on a page; null for the API's own size. */
  pageSize: number | null;
  /** Most rows on any page. */
  maxPageRows: number;
  /** Rows on the last page. */
  lastPageRows: number;
  /** The paginator was not configured, but detected on the first page. */
  autoDetected: boolean;
  /**
   * The link or cursor was missing on every page, from the first one on; null does not count as
   * missing.
   */
  nextMissing: boolean;
  /** The header that would name the next page, where no response had it. @default none */
  missingHeader?: string | null;
  /** A sign of more pages in the last response, whatever paginator read it. @default none */
  more?: { by: 'flag' | 'next'; what: string } | null;
  /** Rows that a response reported as failed or left out. @default none */
  fault?: string | null;
  /**
   * The `dataSelector` with a wildcard that led to elements, none of which had the rest of the
   * path: so there are no rows. @default none
   */
  unmatched?: string | null;
  /** Why a page without rows may not have been the end. @default none */
  doubt?: string | null;
  /**
   * Why rows may have moved from page to page while the list was read, so that as many came as the
   * API declares though some are missing. @default they have not
   */
  moved?: string | null;
  /**
   * Nothing but the close of a connection told where a body ended that has no end of its own, so a
   * cut would not have been seen. @default false
   */
  isUnbounded?: boolean;
  /**
   * The list changed while its load was stopped, so that rows which were committed before may have
   * been loaded again. @default false
   */
  isReread?: boolean;
  /**
   * Why pages were not requested at once any more from some page on. Casts no doubt on the list:
   * those that were requested ahead were requested again. @default none
   */
  fallback?: string;
}

/** A page of a source that can be resumed. */
export interface SourcePage extends Page {
  /**
   * What happened for the page, in order, as it was observed: that it came, what was skipped, the
   * end of its list. A load that is resumed goes on from the pages that were loaded, and counts
   * these.
   */
  events?: readonly SourceEvent[];
  /** Where the rows of the resource were found, where that was not configured. */
  selector?: string | null;
  /**
   * The place of its rows in their response, where that comes as several pages with one index.
   * @default the page is the whole response
   */
  slice?: number;
  /** Its place in {@link RunContext.uncommitted}, where it has one. */
  awaited?: AwaitedPage | undefined;
}

/** Values of a resource that are computed when a run begins. Plain JSON. */
export interface StartValues {
  /** The span that windows divide, as they are configured. @default no windows */
  windows?: { start: number | string; end?: number | string };
  /** Where the cursor begins and ends. @default not incremental */
  incremental?: { initialValue?: CursorValue; endValue?: CursorValue };
}

/** What a resumed run has read before it was stopped. */
export interface ResumedRun {
  /** The latest page of each list that may have to be read on, and where it goes on. */
  lists: readonly { resource: string; list: string; page: number; next: Json }[];
  /** Rows whose lists may not all be at their ends: `ParentRowsOfPage` of committed pages. */
  parents: readonly { resource: string; page: string; rows: string }[];
  /** {@link SourcePage.selector} by resource. */
  selectors: Readonly<Record<string, string>>;
  /** Until when no request is to be sent, by host. @default none waits */
  waits?: Readonly<Record<string, number>>;
  /** {@link Source.start} of that run. */
  start: Readonly<Record<string, StartValues>>;
}

/** What a run passes to its source. */
export interface RunContext {
  /** Aborts when the pages are no longer wanted. */
  signal: AbortSignal;
  /** Says when further pages may be requested: bytes in flight are bounded. */
  gate: Gate;
  /**
   * Says the same by the pages that no commit has: they would be requested again after a stop.
   * @default they are not bounded
   */
  uncommitted?: PageRoom;
  /**
   * Whose rules decide where rows and next pages are, as the pipeline's `compat` says. @default
   * 'sluice'
   */
  compat?: Compat;
  /** How keys are named. @default 'snake_case' */
  naming?: NamingConvention;
  /** Is called with events of the resources as they happen. */
  observe(event: SourceEvent): void;
  /** Publishes requests and pages on the diagnostics channels. @default they are not published */
  tracing?: RunTracing;
  /**
   * What the last complete run kept of a list (`Page.state`); null where it kept nothing. Without
   * `parent`: the state with what it kept of the resource.
   */
  state(resource: string, parent?: string | null): Json;
  /**
   * Pages are to have `Page.place` and {@link SourcePage.events}; a list whose last page did not
   * know that it was the last ends with one without rows. @default false
   */
  isResumable?: boolean;
  /** The run goes on where an earlier one was stopped. @default it begins */
  resumed?: ResumedRun;
  /**
   * Bytes of a response above which it is kept in a temporary file and comes as several pages.
   * @default every response is one page
   */
  bodyBytes?: number;
  /** When the run began, in milliseconds since 1970; before it was stopped, too. @default now */
  startedAt?: number;
}

/** Describes the tables of a resource. */
export interface Resource {
  /** Unique within the source. */
  name: string;
  /** @default the resource's name */
  tableName?: string;
  /** @default 'append' */
  writeDisposition?: WriteDispositionHint;
  /** Key or keys that identify a row; nested ones joined by `__`. @default none */
  primaryKey?: string | readonly string[];
  /**
   * Key or keys that a merging load finds rows by beside the primary key: of all rows with a value
   * of the load those of the load stay. @default none
   */
  mergeKey?: string | readonly string[];
  /** By column name, raw or normalized (nested: joined by `__`). */
  columns?: Readonly<Record<string, ColumnHint>>;
  /** Hints of child tables by their list, as in `flatten`. @default none */
  nestedHints?: Readonly<Record<string, NestedHints>>;
  /**
   * Says what is wrong with a row, as processing steps give it: an error. Null for nothing.
   * @default every row is taken
   */
  rowValidator?: RowValidator;
  /**
   * Names in `columns` and `nestedHints` that need not match anything: they are meant for many
   * resources.
   */
  optionalColumns?: readonly string[];
  /** Names in hints, joined by `__`, that `naming: 'direct'` joins otherwise. @default none */
  directNames?: ReadonlyMap<string, string>;
  /** Levels of nesting that are taken apart; below them values are kept as JSON. @default 1000 */
  maxTableNesting?: number;
  /**
   * Gives every row of a child table the id of its root row as `_dlt_root_id`; tables that merge
   * have it anyway. @default false
   */
  rootKey?: boolean;
  /**
   * What becomes of data for which the tables have no place once they are there; also of the child
   * tables. @default that of the source, else 'evolve'
   */
  schemaContract?: SchemaContract;
  /**
   * What a page may hold; each is checked before memory is taken. @default 1,000 tables, 10,000
   * columns a table, a depth of 1,000 levels, 1 GiB (bytes)
   */
  limits?: Partial<Limits>;
  /** Loads only what is new, by a value in the rows. @default everything in each run */
  incremental?: CursorConfig;
  /** How keys are named; the pipeline gives it. @default 'snake_case' */
  naming?: Naming;
  /** False: read only for its children, without a table. @default true */
  selected?: boolean;
  /**
   * In this order, before flattening; run for the table and once more for each child that is
   * requested with these rows, so they should be pure functions.
   */
  processingSteps?: readonly ProcessingStep[];
}

/**
 * Hints of a source for all its tables. They count where neither a resource says otherwise nor an
 * earlier run did; as in dlt they hold for the run alone.
 */
export interface SourceHints {
  /** As of a resource. @default 1000 */
  maxTableNesting?: number;
  /** As of a resource. @default 'evolve' */
  schemaContract?: SchemaContract;
  /** As of a resource. @default false */
  rootKey?: boolean;
  /** How keys are named, where the pipeline's `naming` does not say. @default as stored */
  naming?: NamingConvention;
}

/** Takes secrets out of what people read. */
export interface SecretsRemover {
  /** The text without secrets. */
  readonly text: (text: string) => string;
  /** The same error, with its message, its stack and its causes without secrets. */
  error<E extends Error>(error: E): E;
}

/** Something that can be loaded: resources and the one stream of all their pages. */
export interface Source {
  /** dlt's source name, for example `coassemble`. */
  name: string;
  /** Those whose pages it may emit. */
  resources: readonly Resource[];
  /** @default none */
  hints?: SourceHints;
  /**
   * Pages of every resource, each resource's (and parent's) own in order. Cold: no request is sent
   * before it is subscribed.
   */
  pages(context: RunContext): Observable<SourcePage>;
  /**
   * Names what the source requests: with the same one, a run goes on with what another left
   * unfinished. Values of secrets and {@link Source.start} do not count. @default no run of the
   * source can be resumed
   */
  fingerprint?: string;
  /** By resource; a run that is resumed has those that it began with. @default none */
  start?: Readonly<Record<string, StartValues>>;
  /**
   * Lists of a resource depend on rows or responses of another: their pages are only kept together.
   * @default false
   */
  isTied?: boolean;
  /**
   * Removes the source's secrets from texts and errors, which may show values that an API repeats
   * in its rows. @default nothing is removed
   */
  secrets?: SecretsRemover;
  /** The same source with only these resources loaded; throws ConfigError naming the known ones. */
  withResources(names: readonly string[]): Source;
}
