/** A record as a service sends it. */
export type Row = Record<string, unknown>;

/** Returns `length` values, each made from its place. */
export function count<T>(length: number, make: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => make(i));
}

/** Returns the row without some of its fields. */
export function without(row: Row, ...fields: string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !fields.includes(name)));
}

/**
 * Returns the rows whose fields have the values of the parameters of the same names; a parameter
 * that is not there rules out nothing.
 */
export function matching(
  rows: readonly Row[],
  query: URLSearchParams,
  names: readonly string[],
): Row[] {
  const wanted = names.filter((name) => query.has(name));
  return rows.filter((row) => wanted.every((name) => String(row[name]) === query.get(name)));
}

/** Returns the fields of a JSON body; none when it is something else than an object. */
export function fieldsOf(body: unknown): Row {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Row) : {};
}

/** Milliseconds since 1970 of an ISO time; NaN for anything else. */
export function timeOf(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : NaN;
}
