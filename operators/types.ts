import type { RecordBatch } from 'apache-arrow';

/** A JSON value in JavaScript. Integers beyond 2^53 are BigInt. */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };

/** A JSON object in JavaScript: one row. */
export type JsonObject = { [key: string]: Json };

/** dlt's data types that columns can have. */
export type DataType =
  | 'text'
  | 'double'
  | 'bool'
  | 'timestamp'
  | 'bigint'
  | 'json'
  | 'decimal'
  | 'wei'
  | 'date'
  | 'time'
  | 'binary';

/**
 * How keys become names, as dlt's naming conventions of these names do: `snake_case` makes lower
 * case words of them (`userId`: `user_id`, nested `a__b`), `direct` leaves them as they are but for
 * quotes and ends of lines (nested `a▶b`).
 */
export type NamingConvention = 'snake_case' | 'direct';

/**
 * A convention, and the bytes of UTF-8 that a name may have where the destination takes no more:
 * longer ones are shortened as dlt does. `snake_case:63` is that of Postgres.
 */
export type Naming = NamingConvention | `${NamingConvention}:${number}`;

/**
 * Whose rules decide where dlt loses, changes or splits data: `sluice` keeps every value, `dlt`
 * leaves the tables that dlt leaves.
 */
export type Compat = 'dlt' | 'sluice';

/** What a load does to the rows that a table already has. */
export type WriteDisposition = 'append' | 'replace' | 'merge';

/**
 * How a merging load brings its rows together with those that are there, as in dlt.
 *
 * - `delete-insert`: rows with a key of the load are deleted, then its rows are inserted;
 * - `upsert`: rows of the load take the place of those with the same primary key;
 * - `insert-only`: rows are inserted whose primary key is not there yet; a row that is there stays,
 *   and new elements of its lists are added by their place;
 * - `scd2`: every version of a row is kept, with the time from when to when it was valid.
 */
export type MergeStrategy = 'delete-insert' | 'upsert' | 'insert-only' | 'scd2';

/** The disposition `merge` with its options. */
export interface MergeDisposition {
  /** Rows are merged. */
  disposition: 'merge';
  /** @default 'delete-insert' */
  strategy?: MergeStrategy;
  /**
   * `delete-insert`: a load brings each primary key once at most, so its rows are not compared with
   * each other. @default false
   */
  deduplicated?: boolean;
  /**
   * `scd2`: columns for the times from when and to when a version is valid. @default
   * ['_dlt_valid_from', '_dlt_valid_to']
   */
  validityColumnNames?: readonly string[];
  /**
   * `scd2`: what a version that is valid has as the end of its time, as ISO 8601; a text without
   * zone is UTC. @default null
   */
  activeRecordTimestamp?: string | Date | null;
  /**
   * `scd2`: when versions of the load begin and those that they replace end, as ISO 8601; a text
   * without zone is UTC. @default when the load began
   */
  boundaryTimestamp?: string | Date | null;
  /**
   * `scd2`: key of the rows whose value tells versions apart. @default `_dlt_id`, which is a hash
   * of the whole row then
   */
  rowVersionColumnName?: string;
}

/** A disposition, or an object that names it with its options. */
export type WriteDispositionHint =
  WriteDisposition | { disposition: 'append' | 'replace' } | MergeDisposition;

/**
 * What becomes of data for which a schema has no place, in dlt's words. `evolve`: the schema
 * changes; `freeze`: an error; `discard_row`: the row is left out with all rows below it;
 * `discard_value`: the value is left out (of a new table: all its rows).
 */
export type ContractMode = 'evolve' | 'freeze' | 'discard_row' | 'discard_value';

/**
 * dlt's schema contract: one mode for all, or one each for new tables (child tables too), new
 * columns, and values that do not fit the type of their column. What is left out is `evolve`.
 *
 * Columns of a new table are always allowed: those of a resource's table in its first load, those
 * of a child table in its first row. So are names that begin with `_dlt`.
 */
export type SchemaContract =
  ContractMode | { tables?: ContractMode; columns?: ContractMode; dataType?: ContractMode };

/**
 * Where rows lie in a body.
 *
 * - `array`: every element of the array at `start` is a row;
 * - `map`: every member of the object at `start` is a row, its key stored in field `key` where the
 * row lacks it;
 * - `value`: the one value at `start` is the one row (an object, or a scalar, which becomes the
 * field `value`);
 * - `none`: no rows (null, or nothing was sent); `start` and `end` are 0.
 */
export interface Span {
  /** Where the rows are, and what each of them is. */
  kind: 'array' | 'map' | 'value' | 'none';
  /** Byte offset of the first byte of the value. */
  start: number;
  /** Byte offset just past the value. */
  end: number;
  /** Number of rows. */
  count: number;
  /** For `map`: the field that receives the key. */
  key?: string;
}

/** One response of an endpoint. Immutable; safe to keep. */
export interface Page {
  /** Name of the resource (endpoint) that was requested. */
  resource: string;
  /**
   * Compact JSON of the parent's values in the page's request; null for a resource without a
   * parent.
   */
  parent: string | null;
  /** Number of the page within its resource and parent, from 0. */
  index: number;
  /** The whole body: UTF-8 JSON. */
  body: Uint8Array;
  /** Where the rows are, as the endpoint found them. */
  rows: Span;
  /**
   * The position behind this page: `endpoint({ from })` reads the list on from it. Plain JSON
   * without secrets, of about 1 KiB; null when this was the last page. Where the next request is
   * not known, or holds a secret that cannot be taken out, reading on from it is an error that says
   * so.
   */
  next: Json;
  /**
   * Fields put on every row of the page, over fields of the same name (the parent's values); null
   * when none.
   */
  stamp: Readonly<JsonObject> | null;
  /**
   * What a later run needs to know of the list, as of this page: the last value of its cursor; null
   * for nothing. Of an object, the member `resource` is kept once for all lists of the
   * resource (how it is paged); an object with a member `windowed` is kept until the resource is
   * read again: its list may never be requested again.
   */
  state: Json;
  /**
   * Ends the list behind this page: no further page is requested, though what is requested already
   * may still come. Left out where a list cannot be ended.
   */
  stop?: () => void;
  /**
   * Returns what was requested for the page, for errors; the address without secrets. @default it
   * is not known
   */
  request?: (() => { method: string; url: string }) | undefined;
  /** Where the page is in a load that can be resumed. @default the load is begun anew */
  place?: PagePlace;
  /**
   * Makes `next`, which is no position then: a load keeps the position of the last page of each
   * list in a batch, and needs no other. @default `next` is the position
   */
  position?: (() => Json) | undefined;
  /**
   * Another page of the same response follows at once: `batch` keeps them together, so that they
   * are committed together. @default false
   */
  continues?: boolean;
}

/** Where a page is in its load: what a load that resumes it has to know. Plain JSON. */
export interface PagePlace {
  /** The page's list among all lists of its resource in the load. */
  list: string;
  /**
   * The parent's page (`parents.page`) with the one row that the list is requested for; null for
   * none, and for several rows.
   */
  under: string | null;
  /** Rows of the page for which other resources are requested. @default none */
  parents?: ParentRowsOfPage;
}

/** Rows of a page for which other resources are requested. */
export interface ParentRowsOfPage {
  /** The page among all pages of the load. */
  page: string;
  /** JSON text of what the requests need of the rows and of the rows above them. */
  rows: string;
  /** Lists that are requested for the rows; null where that is not known. */
  lists: number | null;
}

/**
 * The rows of one page, still as JSON text. `span` lies in `body`, which is the page's body or a
 * rewritten one.
 */
export interface Rows {
  /** The page that they are of. */
  page: Page;
  /** JSON in UTF-8. */
  body: Uint8Array;
  /** Where in `body` they are. */
  span: Span;
}

/**
 * What a user declares of a column before any value comes. Keys of a record of hints are names of
 * columns, raw or normalized.
 */
export interface ColumnHint {
  /** Type of the column; the type of the first value when left out. */
  dataType?: DataType;
  /**
   * `decimal`, `wei`: digits in all, 1 to 38. `bigint`: bits, 1 to 128. `timestamp`: digits of a
   * second, 0 to 9; all but 6 need a column without a time zone. Without a `dataType` it refines
   * the type that values give. @default 38 digits, 64 bits, 6
   */
  precision?: number;
  /** `decimal`, `wei`: digits behind the point. @default 9 for `decimal`, 0 for `wei` */
  scale?: number;
  /**
   * `timestamp`, declared or found: false makes a column without a time zone, whose values are in
   * UTC. @default true, and false for a declared precision of 7 to 9
   */
  timezone?: boolean;
  /**
   * `timestamp`: numbers, and texts of digits, are seconds (`s`) or milliseconds (`ms`) since 1970
   * UTC. @default numbers are no timestamps; with `compat: 'dlt'` they are seconds
   */
  epoch?: 's' | 'ms';
  /** @default true, but false for key columns and `_dlt_*` columns */
  nullable?: boolean;
  /** Drop the value: the column never exists. @default false */
  exclude?: boolean;
  /**
   * The column is in the primary key, and may be null unless `nullable` is false. The option
   * `primaryKey` of the table takes its place. @default false
   */
  primaryKey?: boolean;
  /** The same for `mergeKey`. @default false */
  mergeKey?: boolean;
  /**
   * Of rows with one primary key in a merging load, the first in this order of the column stays;
   * null is last in both. One column of a table. @default the last row stays
   */
  dedupSort?: 'asc' | 'desc';
  /**
   * A merging load deletes rows with the key of a row whose value is true (no boolean: not null),
   * and does not insert that row. One column of a table. @default false
   */
  hardDelete?: boolean;
  /**
   * What happens where the column is new, and to values that do not fit its type. @default as the
   * contract of the resource says
   */
  schemaContract?: ContractMode | { columns?: ContractMode; dataType?: ContractMode };
}

/** What a user declares of a child table. */
export interface NestedHints {
  /** Hints by raw key of the table's rows, nested keys joined by `__`. @default none */
  columns?: Readonly<Record<string, ColumnHint>>;
  /**
   * Keys of the rows' own. A child table with a primary or merge key is a root table, as in dlt:
   * its rows have a load id, and neither parent nor place in a list. @default none
   */
  primaryKey?: string | readonly string[];
  /** Likewise: all rows with the same merge key are replaced together. @default none */
  mergeKey?: string | readonly string[];
  /** For a table with keys of its own. @default 'append' */
  writeDisposition?: WriteDispositionHint;
  /** @default that of the resource */
  schemaContract?: SchemaContract;
}

/** What a load does with the rows of a table. Not part of its structure: no database has them. */
export interface TableHints {
  /** Resource whose rows these are. */
  resource: string;
  /** How its rows are written. */
  writeDisposition: WriteDisposition;
  /** Names of columns; empty when there is none, and always for child tables. */
  primaryKey: readonly string[];
  /**
   * How rows are merged; left out where it is by the primary key alone, and for other dispositions.
   */
  merge?: MergeHints;
}

/** How rows are merged. Columns are called by name. */
export interface MergeHints {
  /** How a staged row meets the row with its key. */
  strategy: MergeStrategy;
  /** Empty when there is none. */
  mergeKey: readonly string[];
  /** Rows of a load have each primary key once at most. */
  deduplicated: boolean;
  /** Of rows with one key in a load the first in this order stays; null: the last one loaded. */
  dedupSort: { column: string; order: 'asc' | 'desc' } | null;
  /** The column that marks rows to delete. */
  hardDelete: string | null;
  /** Null for strategies other than `scd2`. */
  scd2: {
    /** Columns that are declared with a type: they stand before the next two in a new table. */
    declared: readonly string[];
    validFrom: string;
    validTo: string;
    /** Microseconds since 1970 UTC in decimal; null for NULL. */
    active: string | null;
    /** The same; null for the begin of the load. */
    boundary: string | null;
    /** Texts that the two were given as, which dlt's schema document keeps. @default in UTC */
    given?: { active?: string; boundary?: string };
    rowVersion: string;
  } | null;
}

/**
 * Hints as declared in `flatten`, with those of the columns. They name raw keys, nested ones joined
 * by `__`; a name that is no raw key of the rows names the column that it normalizes to.
 */
export interface DeclaredHints extends TableHints {
  /** In the order declared. */
  columns: Readonly<Record<string, ColumnHint>>;
  /** @default 'evolve' */
  schemaContract?: SchemaContract;
  /** How the rows' keys are named. @default 'snake_case' */
  naming?: Naming;
}

/**
 * Buffers of one column in Arrow's layout: little-endian, validity one bit per row (LSB first, 1 =
 * valid). Views may share one ArrayBuffer; each begins at a multiple of 8 bytes.
 */
export interface Buffers {
  /** Number of values, nulls included. */
  rows: number;
  /** Number of nulls. */
  nulls: number;
  /** `ceil(rows / 8)` bytes; null when there are no nulls. */
  validity: Uint8Array | null;
  /**
   * `rows + 1` byte offsets into `data` for text, json and binary; null for fixed-width values.
   * Offsets begin at 0.
   */
  offsets: Int32Array | null;
  /**
   * Values: 8 bytes each (bigint: int64; double: float64; timestamp: int64 microseconds since 1970
   * UTC, with a precision beyond 6 nanoseconds; time: int64 microseconds since midnight); date: 4
   * bytes, days since 1970; decimal, wei and bigint beyond 64 bits: 16 bytes, an integer that is
   * the value times 10^scale; bool: one bit each; text and json: UTF-8; binary: bytes. Nulls hold
   * zeros.
   */
  data: Uint8Array;
}

/**
 * The JSON kinds that a column keeps apart until its type is decided. `hugeint`: digits of an
 * integer beyond 64 bits (or a number beyond double), as text.
 */
export type LaneKind = 'bigint' | 'double' | 'text' | 'bool' | 'timestamp' | 'hugeint' | 'json';

/** The values of one kind in a column of a page; rows of another kind are null here. */
export interface Lane extends Buffers {
  /** The JSON kind of its values. */
  kind: LaneKind;
  /**
   * More was sent than fits. `bigint`: a magnitude beyond 2^53, so not every value is exact as a
   * double; `double`: a number that had to be rounded; `timestamp`: digits of a second that may be
   * beyond microseconds; `text` and `json`: half a surrogate pair, for which UTF-8 has no form.
   */
  hasUnsafeValues: boolean;
  /**
   * Per row, byte offset into `FlatColumn.text` of the first character of what was sent: for
   * `timestamp` the string as it was written (it ends before the next `"`), for `double` the
   * number; for `bigint`, where it holds one, a -0, and -1 for other integers.
   */
  source: Int32Array | null;
}

/** One column of a page. A column with no value but null is left out. */
export interface FlatColumn {
  /**
   * Normalized name, nested objects joined by `__`. Two raw keys may have one name here; `evolve`
   * gives each a name of its own.
   */
  name: string;
  /**
   * Raw keys from the row to the value; empty where rows are scalars, null for columns that come
   * from no key (sluice's own, variants).
   */
  path: readonly string[] | null;
  /** Key of the column hint that names this column; null for none. */
  hint: string | null;
  /** Made by sluice (`_dlt_id`, `_dlt_parent_id`, `_dlt_list_idx`, `_dlt_root_id`), never null. */
  system: boolean;
  /** First row that has a value. */
  firstRow: number;
  /**
   * At least one; in the order of their first row. Almost always exactly one. At most one is valid
   * in any row.
   */
  lanes: readonly Lane[];
  /** The bytes that `source` offsets of lanes point into; null without such a lane. */
  text: Uint8Array | null;
}

/** Whether dlt writes a row's value of one column before that of another. */
export type IsBefore = (
  row: number,
  one: Pick<FlatColumn, 'name' | 'path'>,
  other: Pick<FlatColumn, 'name' | 'path'>,
) => boolean;

/** The rows of one table in a page. */
export interface FlatTable {
  /** Normalized name. Names of child tables may come twice here, like those of columns. */
  name: string;
  /** Normalized name of the parent table; null for a root table. */
  parent: string | null;
  /** What was declared of the table and its columns. */
  hints: DeclaredHints;
  /**
   * For each of the hints' keys (`hintedKeys`) the raw keys that it names; null while none has
   * come.
   */
  keys: readonly (readonly string[] | null)[];
  /**
   * Raw keys from the root table to the list, each level's together: none for the root, `[['a',
   * 'b']]` for the list at a.b; `[]` for lists in lists.
   */
  path: readonly (readonly string[])[];
  /** Number of rows. */
  rows: number;
  /** Row number of the parent row in the parent table of the same page; null for a root table. */
  parentRow: Int32Array | null;
  /**
   * Columns in the order in which dlt would have met them (reference: first row with a value, then
   * scalars before nested objects, nested siblings last first); system columns last.
   */
  columns: readonly FlatColumn[];
  /**
   * The order of values in a row, which looks at its JSON; for columns that begin in one row beside
   * variants. @default as `columns` are
   */
  isBefore?: IsBefore;
}

/**
 * A change of the schema, reported once, where it happens; a hint that changes nothing
 * (`late-hint`: the column has another type already); or the first value of a column that is stored
 * otherwise than it was sent (`rounded`: a number with more digits than a double has, `cut`: digits
 * of a second beyond microseconds, `replaced`: half a surrogate pair, by U+FFFD).
 */
export interface SchemaChange {
  /** What has changed. */
  kind:
    | 'new-table'
    | 'new-column'
    | 'widened'
    | 'variant'
    | 'collision'
    | 'late-hint'
    | 'idle-hint'
    | 'rounded'
    | 'cut'
    | 'replaced';
  /** Name of the table. */
  table: string;
  /** Null for `new-table`. */
  column: string | null;
  /** Type after the change; null for tables and collisions. */
  dataType: DataType | null;
  /** One sentence for people. */
  message: string;
}

/**
 * A page as columns: the root table first, each parent before its children. Tables without rows in
 * this page are left out, except the root.
 */
export interface Flat {
  /** The page that they are of. */
  page: Page;
  /** The root table first, each parent before its children. */
  tables: readonly FlatTable[];
  /** What `incremental` reads, where `flatten` was given a `cursorPath`. @default none */
  cursor?: FlatCursor;
  /**
   * The pages whose rows are here, `page` last: a load flattens small pages together where nobody
   * sees them. @default `page` alone
   */
  joined?: JoinedPages;
}

/** Pages that were flattened together. */
export interface JoinedPages {
  /** In the order of their rows. */
  pages: readonly Page[];
  /** Flattens them again, one by one. */
  apart(): Iterable<Flat>;
}

/** The values at a cursor's path in the rows of a page, and the rows as they were sent. */
export interface FlatCursor {
  /** By row of the root table; null where there is none. */
  values: readonly (string | number | bigint | null)[];
  /** Rows whose value is a whole number that was sent as a double (`2.0`). @default none */
  doubles?: ReadonlySet<number>;
  /** JSON text that the rows of the root table were read from. */
  body: Uint8Array;
  /** Where they lie in it. */
  span: Span;
}

/**
 * The values that a column of a database holds exactly, where its own type holds others than its
 * `dataType` says. All but `float` and integers within 64 bits are written as text,
 * which the database reads.
 */
export type ColumnDomain =
  | { kind: 'integer'; min: bigint; max: bigint; asText: boolean }
  /** A double that 32 bits hold. */
  | { kind: 'float' }
  /** Text that matches the regular expression as a whole. */
  | { kind: 'pattern'; pattern: string }
  | { kind: 'words'; words: readonly string[] }
  /** Nothing: every value goes to a variant. */
  | { kind: 'none' };

/** Type of a column: dlt's data type with what refines it. */
export interface ColumnType {
  /** dlt's word for the type. */
  dataType: DataType;
  /** As in {@link ColumnHint}; left out where it is the default. */
  precision?: number;
  /** As in {@link ColumnHint}; left out where it is the default. */
  scale?: number;
  /** False for a `timestamp` column without a time zone; else left out. */
  timezone?: boolean;
}

/** One column of a table's schema. */
export interface ColumnSchema extends ColumnType {
  /** Name of the column, normalized. */
  name: string;
  /** Whether rows may have no value. */
  nullable: boolean;
  /** Created for values that did not fit the column after which it is named. */
  variant: boolean;
  /**
   * For `bigint`: every value so far is exact as a double, so the column may still widen. True for
   * other types.
   */
  exactAsDouble: boolean;
  /**
   * Raw keys whose values it holds, as in {@link FlatColumn.path}; left out for sluice's own
   * columns, and where nobody knows.
   */
  path?: readonly string[];
  /** Set where the database's own type of the column holds other values than `dataType` says. */
  domain?: ColumnDomain;
  /**
   * The column keeps its type: values that do not fit go to a variant, and it is never widened.
   * Left out for columns that may widen.
   */
  isFixed?: true;
}

/** Structure of one table. Immutable: a change makes a new one. */
export interface TableSchema {
  /** Name of the table, normalized. */
  name: string;
  /** Name of the parent table; null for a root table. */
  parent: string | null;
  /**
   * Raw keys of the list in the parent's rows, empty for lists in lists; left out for root tables,
   * and where nobody knows.
   */
  path?: readonly string[];
  /**
   * In the order of the table's columns, `_dlt_*` among them; `_dlt_load_id` of root tables is here
   * but never in a batch.
   */
  columns: readonly ColumnSchema[];
}

/** Schemas of the tables of a dataset by name. */
export type DatasetSchema = Readonly<Record<string, TableSchema>>;

/**
 * A column of a page, fitted to its table's schema. Its type is that of these buffers. The schema
 * may have widened since (integers to double or beyond 64 bits); `batch` casts.
 */
export interface ShapedColumn extends Buffers, ColumnType {
  /** Name of the column, as the schema has it. */
  name: string;
}

/** The rows of one table in a page, fitted to its schema. */
export interface ShapedTable {
  /** The table's schema, this page's changes included. */
  schema: TableSchema;
  /** What the load does with its rows. */
  hints: TableHints;
  /** Number of rows. */
  rows: number;
  /**
   * Per row of a child table the number of its row in the root table, ascending; left out for root
   * tables, and for tables that rows are appended to.
   */
  rootRows?: Int32Array;
  /** Columns that have values in the page. */
  columns: readonly ShapedColumn[];
}

/** Rows or values of a page that a schema contract left out, for one reason. */
export interface Discard {
  /** Name of the table. */
  table: string;
  /** The column that is new, or for which the values would have made a variant; null for tables. */
  column: string | null;
  /** What the contract speaks of. */
  entity: 'tables' | 'columns' | 'dataType';
  /** What it says: whole rows go, or values alone. */
  mode: 'discard_row' | 'discard_value';
  /** Rows left out of this table. Each row is counted for its first reason. */
  rows: number;
  /** Values left out of rows that are kept. */
  values: number;
  /** One sentence for people, about the first of them. */
  message: string;
}

/**
 * A page whose columns fit the schema. Columns that the page lacks are left out, and so are tables
 * without rows.
 */
export interface Shaped {
  /** The page that they are of. */
  page: Page;
  /** As in {@link JoinedPages}. @default `page` alone */
  pages?: readonly Page[];
  /** Tables with rows, parents first. */
  tables: readonly ShapedTable[];
  /** What the page has changed in the schema, in order. */
  changes: readonly SchemaChange[];
  /** What schema contracts left out of the page. @default nothing */
  discards?: readonly Discard[];
}

/**
 * How far a resource (and parent) has come: the last page that is in the batch, and the next
 * request.
 */
export interface Position extends Partial<PagePlace> {
  /** Name of the resource. */
  resource: string;
  /** Which parent row the list is of, as {@link Page.parent}; null where there is one list. */
  parent: string | null;
  /** Number of the page, from 0. */
  page: number;
  /**
   * {@link Page.next} of that page; null when the resource (for this parent) is finished. Left out
   * where the page has {@link Page.position} and a later one of its list is in the batch.
   */
  next?: Json;
  /** {@link Page.state} of that page. */
  state: Json;
}

/** What is appended at once: whole pages only. */
export interface Batch {
  /**
   * Every table that has rows in the batch, parents first. Columns without a value in the batch,
   * and `_dlt_load_id`, are left out.
   */
  tables: readonly {
    schema: TableSchema;
    hints: TableHints;
    batch: RecordBatch;
    /** As in {@link ShapedTable}, for rows of the batch. */
    rootRows?: Int32Array;
  }[];
  /** What its pages have changed in the schema, in order. */
  changes: readonly SchemaChange[];
  /** One per page, in order. */
  positions: readonly Position[];
  /** Size of the buffers in bytes. */
  bytes: number;
}

/** One step of a load's progress. */
export interface LoadStep {
  /**
   * `append`: a batch is in the open transaction. `commit`: the rows and pages that it names are
   * durable; others may wait in memory for a later one. `complete`: the load is finished and
   * visible.
   */
  kind: 'append' | 'commit' | 'complete';
  /** The `_dlt_load_id` of its rows. */
  loadId: string;
  /**
   * Rows by table: of the batch for `append`; of the transaction for `commit`; of the whole load
   * for `complete`.
   */
  tables: Readonly<Record<string, number>>;
  /** Pages of the batch for `append`; those since the last commit for `commit` and `complete`. */
  positions: readonly Position[];
  /** Schema changes that this step made in the database. */
  changes: readonly SchemaChange[];
}
