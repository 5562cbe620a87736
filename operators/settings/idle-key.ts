/** Says why `key` does nothing beside `rows`; null where it names the field for a map's keys. */
export function idleKey({ rows = 'array', key }: { rows?: string; key?: string }): string | null {
  return key === undefined || rows !== 'array'
    ? null
    : "does nothing here: it names the field for the keys of a map, and the rows are a list. Set `rows` to 'map' or 'array-or-map', or leave it out.";
}
