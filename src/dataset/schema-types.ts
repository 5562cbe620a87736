/** dlt's schema document, as far as it is read here. Other members are kept as they are. */
export interface SchemaDocument {
  name: string;
  tables: Readonly<Record<string, SchemaTable>>;
  [member: string]: unknown;
}

/** A table of a schema document, its columns in their order. */
export interface SchemaTable {
  columns?: Readonly<Record<string, SchemaColumn>>;
  parent?: string;
  resource?: string;
  [member: string]: unknown;
}

/** A column of a schema document. */
export type SchemaColumn = Readonly<Record<string, unknown>>;
