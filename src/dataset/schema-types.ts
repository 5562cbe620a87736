/** dlt's schema document, as far as it is read here. Other members are kept as they are. */
export interface SchemaDocument {
  /** Name of the source whose tables these are. */
  name: string;
  /** Tables by their names, those of dlt's bookkeeping included. */
  tables: Readonly<Record<string, SchemaTable>>;
  /** Other members, as dlt has them. */
  [member: string]: unknown;
}

/** A table of a schema document, its columns in their order. */
export interface SchemaTable {
  /** Columns by their names. @default none */
  columns?: Readonly<Record<string, SchemaColumn>>;
  /** Name of the table whose rows this one's belong to. @default none: a root table */
  parent?: string;
  /** Name of the resource that fills it; of root tables. @default none */
  resource?: string;
  /** Other members, as dlt has them. */
  [member: string]: unknown;
}

/** A column of a schema document. */
export type SchemaColumn = Readonly<Record<string, unknown>>;
