import type { DltSchema } from '../../operators/schema/dlt-schema.js';
import type { SchemaSettings } from '../../operators/schema/dlt-tables.js';
import type { DltHints } from '../../operators/schema/dlt-tables.js';
import type {
  Compat,
  DatasetSchema,
  Json,
  JsonObject,
  MergeStrategy,
  NamingConvention,
  Position,
  ShapedTable,
  WriteDisposition,
} from '../../operators/types.js';

// What a load and its destination send each other: plain data, so that it can cross to a thread.

/** A table that a load is about, whether rows come for it or not. */
export interface RootTable {
  /** Name of the resource that fills it. */
  resource: string;
  /** Normalized name. */
  table: string;
  /** How its rows are written. */
  writeDisposition: WriteDisposition;
  /** For `merge`. @default 'delete-insert' */
  mergeStrategy?: MergeStrategy;
  /** What dlt's schema document is to say of it beside. @default nothing */
  declared?: DltHints;
}

/** What a destination knows of a load before its first row. */
export interface LoadSpec {
  /** Whose load it is: what an unfinished load of the same pipeline left is removed first. */
  pipeline: string;
  /** Normalized name of the schema, folder or the like that holds the tables. */
  dataset: string;
  /** Name of the source, which is dlt's name of the schema. */
  source: string;
  /**
   * The rows come without a source: they go into the pipeline's default schema, which is the first
   * that it loaded (`default_schema_name` of the stored state). @default into that of `source`
   */
  inDefaultSchema?: true;
  /** Whose rules write rows and bookkeeping. */
  compat: Compat;
  /** Root tables of the load; one that replaces is emptied when no rows come for it. */
  tables: readonly RootTable[];
  /**
   * How keys are named. @default as the stored schema of the source says, else 'snake_case'
   */
  naming?: NamingConvention;
  /** The root tables by naming `direct`, where the stored schema decides. @default `tables` */
  directTables?: readonly RootTable[];
  /** What of earlier loads is dropped with the load's first commit. @default nothing */
  refresh?: Refresh;
  /** What the source says of all its tables. @default what earlier loads left */
  schemaSettings?: SchemaSettings;
  /** How the load is resumed after it was stopped. @default it is begun anew */
  resume?: ResumeSpec;
  /** What the destination may hold in memory. @default as much as it does by itself */
  memory?: DestinationMemory;
}

/** What a destination may hold in memory while it is loaded, in bytes. */
export interface DestinationMemory {
  /** Rows that wait for the end of the load, as those that replace or merge may. */
  stagedBytes: number;
  /** The database itself. */
  databaseBytes: number;
}

/** What decides whether an unfinished load is resumed, and what is kept of one for that. */
export interface ResumeSpec {
  /** Names what is loaded, and into which tables: another one begins anew. */
  fingerprint: string;
  /**
   * Milliseconds since its last commit after which an unfinished load is begun anew; null: none is
   * resumed.
   */
  maxAgeMs: number | null;
  /** Values that are computed when a load begins; one that resumes it has them too. */
  start: Json;
  /**
   * Lists of one resource are requested with rows of another, or read the same responses: their
   * positions are only kept together.
   */
  isTied: boolean;
  /**
   * Milliseconds that staged rows may wait outside of the file. @default as long as the destination
   * has it
   */
  maxStagedMs?: number;
  /** An unfinished load that lacks rows (`LoadProgress.isIncomplete`) is begun anew. */
  needsAllRows: boolean;
}

/** What is known of a resource as of its last page that was appended. Plain JSON. */
export interface LoadProgress {
  /** It is known that rows are missing. */
  isIncomplete: boolean;
  /** What the pipeline needs to go on. */
  content: Json;
}

/** A load that was stopped, and is resumed by the one that begins. */
export interface UnfinishedLoad {
  /** The load's id, which the load that goes on keeps. */
  loadId: string;
  /** {@link ResumeSpec.start} of the load. */
  start: Json;
  /** The latest page of each list that may have to be read on, and where it goes on. */
  lists: readonly {
    resource: string;
    /** `PagePlace.list` */
    list: string;
    page: number;
    /** `Page.next`; null where the list is at its end. */
    next: Json;
  }[];
  /** Rows whose lists may not all be at their ends, in the order in which they came. */
  parents: readonly {
    resource: string;
    /** `ParentRowsOfPage.page` */
    page: string;
    /** `ParentRowsOfPage.rows` */
    rows: string;
  }[];
  /** {@link LoadProgress.content} by resource. */
  progress: Readonly<Record<string, Json>>;
  /** Rows that are there already, by table. */
  tables: Readonly<Record<string, number>>;
  /** Tables that the load has made. */
  newTables: readonly string[];
}

/**
 * What a load drops of earlier ones, as in dlt. `drop_sources`: every table of the source, and all
 * its state; `drop_resources`: tables and state of the load's resources; `drop_data`: rows and
 * state of the load's resources.
 */
export type Refresh = 'drop_sources' | 'drop_resources' | 'drop_data';

/**
 * dlt's document of a pipeline's state (`_dlt_pipeline_state`) as JSON, with members that are not
 * listed. Texts that begin with a character from U+F026 on are values that JSON has no form for, as
 * dlt marks them.
 */
export interface PipelineState extends JsonObject {
  /** Number of the version; rises with each change. @default 0: nothing was kept yet */
  _state_version?: number;
  /** Hash of the content, by dlt's recipe. @default none */
  _version_hash?: string;
  /** Name of the schema that the pipeline loaded first. @default none */
  default_schema_name?: string;
  /** By dlt's name of the schema, which is {@link LoadSpec.source}. */
  sources: { [source: string]: SourceState };
}

/** A load that was stopped, or failed, behind a commit, and did not go on. */
export interface StoppedLoad {
  /** The `_dlt_load_id` of its rows. */
  loadId: string;
  /** Name of its source; null where it cannot be resumed. */
  source: string | null;
  /** Rows that it has committed, by table; empty where it cannot be resumed. */
  rows: Readonly<Record<string, number>>;
  /** Root tables that rows came for; those that the load has made where it cannot be resumed. */
  roots: readonly RootTable[];
}

/** dlt's documents in a dataset, and what waits in it. */
export interface Documents {
  /** State of a pipeline after its latest complete load; no sources where there is none. */
  state: PipelineState;
  /** The latest version of each schema, by name. */
  schemas: readonly DltSchema[];
  /** Unfinished loads of the pipeline, the earliest first. @default none */
  unfinished?: readonly StoppedLoad[];
}

/** What dlt keeps of a source. */
export interface SourceState extends JsonObject {
  /** State of each resource, by name. @default none */
  resources?: { [resource: string]: ResourceState };
}

/** What dlt keeps of a resource; the incremental states by their `cursorPath`. */
export interface ResourceState extends JsonObject {
  /** State of each cursor, by its `cursorPath`. @default none */
  incremental?: { [cursorPath: string]: IncrementalState };
}

/** dlt's state of one cursor. */
export interface IncrementalState extends JsonObject {
  /** Where the first run began, as configured; null for the beginning. */
  initial_value: Json;
  /** Furthest value of the cursor so far; null where no row had one. */
  last_value: Json;
  /** Hashes of the rows whose cursor is `last_value`. */
  unique_hashes: string[];
  /** Where the last run began. */
  start_value: Json;
}

/** The state of one cursor after a load, for `sources.<source>.resources.<resource>`. */
export interface CursorState {
  /** Name of the resource. */
  resource: string;
  /** Path of the cursor in the rows. */
  cursorPath: string;
  /** What is kept of it. */
  state: IncrementalState;
}

/** What the last complete load of a pipeline's source kept of a list. */
export interface KeptState {
  /** Name of the resource. */
  resource: string;
  /** Which parent's list it is, as in `Position.parent`; null where there is one list. */
  parent: string | null;
  /** `Position.state` of the list's latest page that kept anything. */
  state: Json;
}

/** What a destination holds of a load's dataset when the load begins. */
export interface Known {
  /** At least the tables of the load's own root tables, and the child tables below them. */
  schema: DatasetSchema;
  /**
   * What complete loads of the same pipeline and source kept, without what `refresh` drops; of each
   * list and resource the latest, the earliest first.
   */
  states: readonly KeptState[];
  /** No table of rows is in the dataset, of whatever source. */
  isEmpty: boolean;
  /**
   * dlt's state of the pipeline after its latest complete load, without what `refresh` drops; no
   * sources where there is none.
   */
  state: PipelineState;
  /**
   * The latest version of dlt's schema document of the source, whoever wrote it; left out where
   * there is none.
   */
  document?: DltSchema;
  /** How keys are named in the load. @default 'snake_case' */
  naming?: NamingConvention;
  /** Name of the source that the load fills, where it is another. @default `LoadSpec.source` */
  source?: string;
  /** When the load began, in milliseconds since 1970; before a stop, too. @default now */
  startedAt?: number;
  /** The unfinished load that is resumed: with its id, and its rows stay. @default none */
  unfinished?: UnfinishedLoad;
  /** Why an unfinished load was deleted and not resumed: a clause. @default there was none */
  begunAnew?: string;
  /** What a user should know of how the load begins: sentences. @default nothing */
  notices?: readonly string[];
}

/** A batch as plain data, over the batch's own buffers. */
export interface BatchMessage {
  /** Tables that have rows in it, parents first; columns without a value in it are left out. */
  tables: readonly ShapedTable[];
  /** One for each page of it, in order. */
  positions: readonly Position[];
}

/**
 * How complete a resource was read, with what was read of it: a row of `_sluice_completeness`.
 * Rows of its table are the destination's to count.
 */
export interface CompletenessRow {
  /** Name of the resource. */
  resource: string;
  /** Normalized name. */
  table: string;
  /** How complete it was read, as `Completeness.verdict` says. */
  verdict: 'complete' | 'unproven' | 'incomplete';
  /** Sentences; empty for `complete`. */
  reasons: readonly string[];
  /** Lists read to their end: one, or one for each parent row and window. */
  lists: number;
  /** Requests sent, repeated ones included. */
  requests: number;
  /** Pages received, empty ones included. */
  pages: number;
  /** Rows in those pages, before processing steps. */
  rows: number;
  /** Rows that the API declared, where it declared any for every list; else null. */
  declared: number | null;
  /** Responses and rows that were skipped, as `Completeness.skipped` counts them. */
  skipped: number;
  /**
   * A list of it changed between the two halves of a load that was stopped: rows may have come
   * twice. @default false
   */
  isReread?: boolean;
}

/** What a load is completed with. */
export interface Outcome {
  /** One for each resource of the run. */
  completeness: readonly CompletenessRow[];
  /**
   * Cursors as they are after the load; each takes the place of the one of its resource and path in
   * the pipeline's state. @default none: the state of every cursor stays
   */
  cursors?: readonly CursorState[];
}
