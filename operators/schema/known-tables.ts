import type { Compat, DatasetSchema, DeclaredHints, TableSchema } from '../types.js';

/** What is known of one table of a stream. Immutable. */
export interface KnownTable {
  schema: TableSchema;
  /** The column that each hint names, by the hint's key. */
  hinted: ReadonlyMap<string, string>;
  /** The columns of the primary key, by the keys as declared. */
  keys: ReadonlyMap<string, string>;
  /** Losses that have been reported, once a column. */
  reported: ReadonlySet<string>;
  /** Hints whose declared columns are in the schema: those of each resource of the table. */
  declared: readonly DeclaredHints[];
  /** New columns for which a contract has discarded a row: rows with them add nothing more. */
  refused: ReadonlySet<string>;
}

/** What is known of all tables. Immutable: a page that changes something makes a new one. */
export interface KnownTables {
  /** Tables that were there before the stream, by name. */
  schema: DatasetSchema;
  compat: Compat;
  /** Those of them that are new to contracts all the same. */
  newTables: ReadonlySet<string>;
  /** Tables of the stream so far, by the ids that `tableId` gives them. */
  tables: ReadonlyMap<string, KnownTable>;
}

/** Returns what is known before the first page. */
export function knownTables(
  schema: DatasetSchema,
  compat: Compat = 'sluice',
  newTables: readonly string[] = [],
): KnownTables {
  return { schema, compat, newTables: new Set(newTables), tables: new Map() };
}
