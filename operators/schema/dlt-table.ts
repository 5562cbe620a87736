import type { JsonObject } from '../types.js';

/** A table of dlt's schema document, its columns in their order. */
export interface DltTable extends JsonObject {
  /** Columns by their names, in the order of the table. */
  columns: { [column: string]: DltColumn };
}

/** A column of dlt's schema document: its type and hints. */
export type DltColumn = JsonObject;
