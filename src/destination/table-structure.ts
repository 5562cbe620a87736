import type { DltType } from '../../operators/schema/dlt-tables.js';

/** A table or view as the database has it. */
export interface TableStructure {
  /** Name of the table or view. */
  name: string;
  /** The table whose rows this one's belong to; null for a root table, and where nobody knows. */
  parent: string | null;
  /** In the order of the table. */
  columns: readonly ColumnStructure[];
  /** It holds no rows of its own. */
  isView?: true;
}

/** A column as the database has it. */
export interface ColumnStructure {
  /** Name of the column. */
  name: string;
  /** The database's own type, as it prints it. */
  sqlType: string;
  /** The type in dlt's words. */
  type: DltType;
  /** Whether rows may have no value. */
  nullable: boolean;
  /** TypeScript's type of its values in rows, null aside: `number | bigint`. */
  rowType: string;
}
