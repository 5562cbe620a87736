import type { Dialect } from './dialect.js';

/** What is known of rows that loads have moved out of the database. */
export interface Elsewhere {
  /** How many of a load's rows of a table there are. */
  rows(table: string, loadId: string): number;
  /** Integer columns of a table with a value that no double holds. */
  inexact(table: string): ReadonlySet<string>;
  /** The next commit has none of the rows that these tables have now. */
  drop(tables: readonly string[]): void;
}

/**
 * A schema of a database, and how that database spells SQL. Always named in full: in a
 * database `shop` with a schema `shop`, `shop.orders` is ambiguous.
 */
export interface Scope {
  catalog: string;
  dataset: string;
  dialect: Dialect;
  /** There is a schema of this name. @default not known */
  isThere?: boolean;
  /** Rows that are not in the database itself. @default none */
  elsewhere?: Elsewhere;
  /** Tables that are temporary: they are not in the schema, and no other connection sees them. */
  temporary?: ReadonlySet<string>;
}

/** A schema, or a table in it, as SQL. */
export function qualified(
  { catalog, dataset, dialect, temporary }: Scope,
  ...table: readonly [name?: string]
): string {
  const [name] = table;
  const parts =
    name !== undefined && temporary?.has(name) === true
      ? [...dialect.temporary, name]
      : dialect.place(catalog, dataset, name);
  return parts.map((part) => dialect.identifier(part)).join('.');
}
