import type {
  Compat,
  DatasetSchema,
  Json,
  MergeStrategy,
  Position,
  ShapedTable,
  WriteDisposition,
} from '../../operators/types.js';

// What a load and its destination send each other: plain data, so that it can cross to a thread.

/** A table that a load is about, whether rows come for it or not. */
export interface RootTable {
  resource: string;
  /** Normalized name. */
  table: string;
  writeDisposition: WriteDisposition;
  /** For `merge`. @default 'delete-insert' */
  mergeStrategy?: MergeStrategy;
}

/** What a destination knows of a load before its first row. */
export interface LoadSpec {
  /** Whose load it is: what an unfinished load of the same pipeline left is removed first. */
  pipeline: string;
  /** Normalized name of the schema, folder or the like that holds the tables. */
  dataset: string;
  /** Name of the source, which is dlt's name of the schema. */
  source: string;
  /** Whose rules write rows and bookkeeping. */
  compat: Compat;
  /** Root tables of the load; one that replaces is emptied when no rows come for it. */
  tables: readonly RootTable[];
}

/** What the last complete load of a pipeline's source kept of a list. */
export interface KeptState {
  resource: string;
  parent: string | null;
  state: Json;
}

/** What a destination holds of a load's dataset when the load begins. */
export interface Known {
  /** At least the tables of the load's own root tables, and the child tables below them. */
  schema: DatasetSchema;
  /** What complete loads of the same pipeline and source kept. */
  states: readonly KeptState[];
  /** No table of rows is in the dataset, of whatever source. */
  isEmpty: boolean;
}

/** A batch as plain data, over the batch's own buffers. */
export interface BatchMessage {
  tables: readonly ShapedTable[];
  positions: readonly Position[];
}

/**
 * How complete a resource was read, with what was read of it: a row of `_sluice_completeness`.
 * Rows of its table are the destination's to count.
 */
export interface CompletenessRow {
  resource: string;
  /** Normalized name. */
  table: string;
  verdict: 'complete' | 'unproven' | 'incomplete';
  /** Sentences; empty for `complete`. */
  reasons: readonly string[];
  lists: number;
  requests: number;
  pages: number;
  rows: number;
  declared: number | null;
  skipped: number;
}

/** What a load is completed with. */
export interface Outcome {
  completeness: readonly CompletenessRow[];
}
