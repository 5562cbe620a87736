import type { Dialect } from './dialect.js';

/**
 * A schema of a database, and how that database spells SQL. Always named in full: in a
 * database `shop` with a schema `shop`, `shop.orders` is ambiguous.
 */
export interface Scope {
  catalog: string;
  dataset: string;
  dialect: Dialect;
}

/** A schema, or a table in it, as SQL. */
export function qualified(
  { catalog, dataset, dialect }: Scope,
  ...table: readonly string[]
): string {
  return [catalog, dataset, ...table].map((name) => dialect.identifier(name)).join('.');
}
