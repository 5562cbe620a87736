import type { DltType } from '../../../operators/schema/dlt-tables.js';
import type { ColumnDomain, ColumnType, DataType } from '../../../operators/types.js';

/**
 * All that the statements of a load need to know of one database. Each destination that speaks SQL
 * gives its own; no statement names a database.
 */
export interface Dialect {
  /** Types of the columns that are made for our types, spelt as `columns` spells them. */
  readonly types: Readonly<Record<DataType, string>>;
  /** Type of JSON in tables of bookkeeping, which gives texts back as they were written. */
  readonly keptJson: string;
  /** Type of a column that is made for one of ours, spelt as `columns` spells it. */
  readonly sqlTypeOf: (type: ColumnType) => string;
  /** Our type that values for an existing column are fitted to. */
  readonly columnTypeOf: (sqlType: string) => ColumnType;
  /**
   * What an existing column holds exactly; undefined for the types that `types` makes and for
   * others that hold every value of their `columnTypeOf`.
   */
  readonly domainOf: (sqlType: string) => ColumnDomain | undefined;
  /** What dlt calls a type in a schema document. */
  readonly dltTypeOf: (sqlType: string) => DltType;
  /** The TypeScript type of a column's values in rows that are read, null aside. */
  readonly rowTypeOf: (sqlType: string) => string;
  /** dlt's name of the destination, as its pipeline states have it. */
  readonly destinationType: string;
  /** The catalog and schema of temporary tables. */
  readonly temporary: readonly string[];
  /**
   * Rows that are staged for tables that are there wait in temporary tables, which are in memory.
   * False: they wait in tables of the database.
   */
  readonly stagesInMemory: boolean;
  /**
   * The parts of the name by which SQL finds a schema of a catalog, or a table in it. Staging
   * tables may have a schema of their own.
   */
  readonly place: (catalog: string, schema: string, table?: string) => readonly string[];
  /** Statements that make a schema where it is not there, or the one of staging tables. */
  readonly createSchema: (catalog: string, schema: string) => string;
  /** A name as SQL. The only place where names become SQL. */
  readonly identifier: (name: string) => string;
  /** A text as SQL. The only place where values become SQL; prefer bound parameters. */
  readonly literal: (text: string) => string;
  /** Bytes of UTF-8 that a name may have. @default any number */
  readonly identifierBytes?: number;
  /** Gives the same text for names that the database takes for one. */
  readonly fold: (name: string) => string;
  /** Rows that are appended to a table need no values for its generated columns. */
  readonly skipsGenerated: boolean;
  /**
   * A query for the columns of all tables and views of schema `$2` in catalog `$1`, in their order:
   * table, column, type, whether it is nullable, and the expression that it is filled by, as a
   * default or always (null for none).
   */
  readonly columns: string;
  /**
   * A query for the columns of schema `$2` in catalog `$1` that are always filled by their
   * expression: table, column. Runs only where a column has an expression.
   */
  readonly generated: string;
  /**
   * A query for what has a table's name in schema `$2` of catalog `$1`: name, and 'view', 'rules'
   * (a table with constraints or indexes), 'kept' (one that others have rights on, whose columns
   * can be altered) or 'table'.
   */
  readonly relations: string;
  /**
   * An expression that no two rows of a table with these columns share, and that grows from one
   * statement that inserts rows to the next.
   */
  readonly rowNumber: (columns: readonly string[]) => string;
  /** An expression that grows as rows are inserted into tables of bookkeeping. */
  readonly inserted: string;
  /**
   * The last column of such a table, which is what `inserted` names; empty where the database
   * numbers rows.
   */
  readonly insertedColumn: string;
  /**
   * What the values of a row that is inserted there end with: nothing, or a comma and the value of
   * that column, which is larger each time.
   */
  readonly insertedValue: () => string;
  /**
   * Columns get wider types where they stand. False: their table is written anew.
   */
  readonly widensInPlace: boolean;
  /**
   * A table can be renamed in the transaction that has altered it. False: its rows are rather
   * written to one with the other name.
   */
  readonly renamesAltered: boolean;
  /**
   * What follows the definition of a column whose values never repeat and never shrink; may be
   * empty.
   */
  readonly idStorage: string;
  /** A condition: the JSON in a column is an object with this key. False for NULL. */
  readonly hasKey: (json: string, key: string) => string;
  /** A condition: the JSON in a column holds more than an object with this key. False for NULL. */
  readonly hasMoreThan: (json: string, key: string) => string;
}
