/** A name as SQL: quoted, quotes inside doubled. The only place where names become SQL. */
export function identifier(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/** A text as SQL. The only place where values become SQL; prefer bound parameters. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
