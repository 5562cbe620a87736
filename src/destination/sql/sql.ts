/** A name as SQL: quoted, quotes inside doubled. The only place where names become SQL. */
export function identifier(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/**
 * A schema of a database. Always named in full: a file `shop.duckdb` with a schema `shop` makes
 * `shop.orders` ambiguous.
 */
export interface Scope {
  catalog: string;
  dataset: string;
}

/** A schema, or a table in it, as SQL. */
export function qualified({ catalog, dataset }: Scope, ...table: readonly string[]): string {
  return identifier(catalog, dataset, ...table);
}

/** A text as SQL. The only place where values become SQL; prefer bound parameters. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  // A statement ends at a NUL character, wherever it is.
  return quoted.includes('\0') ? `(${quoted.replaceAll('\0', "' || chr(0) || '")})` : quoted;
}
