/**
 * Type of a column of a query's result, as plain data. Each names the layout that Arrow gives it.
 */
export type BlockType =
  | { kind: 'bool' | 'binary' | 'date' | 'interval' | 'null' }
  /** `json`: the text is a JSON document. */
  | { kind: 'text'; isJson: boolean }
  | { kind: 'integer'; bits: 8 | 16 | 32 | 64; isSigned: boolean }
  | { kind: 'float'; bits: 32 | 64 }
  /** 16 bytes each; HUGEINT is a decimal of precision 38 and scale 0. */
  | { kind: 'decimal'; precision: number; scale: number }
  /** 8 bytes each, since midnight. */
  | { kind: 'time'; unit: 'us' | 'ns' }
  /** 8 bytes each, since 1970; `timezone` null for local time. */
  | { kind: 'timestamp'; unit: TimeUnit; timezone: 'UTC' | null }
  | { kind: 'list'; of: BlockType }
  /** Lists of one length. */
  | { kind: 'array'; of: BlockType; size: number }
  /** A list of structs with a key and a value. */
  | { kind: 'map'; of: BlockType }
  | { kind: 'struct'; fields: readonly { name: string; type: BlockType }[] };

export type TimeUnit = 's' | 'ms' | 'us' | 'ns';

/** Values of a column in Arrow's layout (little-endian; validity one bit per row, 1 = valid). */
export interface BlockColumn {
  /** Number of values, nulls included. */
  rows: number;
  /** Number of nulls. */
  nulls: number;
  /** Null where there are no nulls. */
  validity: Uint8Array | null;
  /** `rows + 1` offsets of texts, bytes and lists; else null. */
  offsets: Int32Array | null;
  /** Null for lists and structs, whose values are in `children`. */
  data: Uint8Array | null;
  /** Values of lists, and fields of structs; empty for other types. */
  children: readonly BlockColumn[];
}

/** Some rows of a query's result as buffers. */
export interface BufferBlock {
  /** Number of rows. */
  rows: number;
  /** In the order of `QueryCursor.columns`. */
  columns: readonly BlockColumn[];
}

/** Some rows of a query's result as JavaScript values, column by column. */
export interface ValueBlock {
  /** Number of rows. */
  rows: number;
  /** Values of each column, in the order of `QueryCursor.columns`. */
  columns: readonly (readonly unknown[])[];
}

/** A column of a query's result. */
export interface ResultColumn {
  /** Name of the column; several may have the same. */
  name: string;
  /** Type of its values, as they lie in a `BufferBlock`. */
  type: BlockType;
}

/**
 * The result of a query, read block by block; the database works only while a block is fetched. It
 * must be closed.
 */
export interface QueryCursor {
  /** Columns of the result, in their order. */
  readonly columns: readonly ResultColumn[];
  /** The next rows as JavaScript values; null at the end. */
  values(): Promise<ValueBlock | null>;
  /** The next rows in Arrow's layout, tens of thousands at once; null at the end. */
  buffers(): Promise<BufferBlock | null>;
  /** Ends the query, also one that is being worked on. May be called again. */
  close(): Promise<void>;
}
