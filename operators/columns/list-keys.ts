/**
 * Returns the raw keys that a list's level adds to the name of its table. dlt names a table of
 * elements that are lists `list`, at the root `value`.
 */
export function listKeys(path: readonly string[], level: number): readonly string[] {
  if (path.length > 0) return path;
  return level === 0 ? ['value'] : ['list'];
}
