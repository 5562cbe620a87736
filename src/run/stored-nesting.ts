/**
 * The levels of nesting in a normalizer's settings in a schema document, those of a table or of all
 * tables; undefined for none.
 */
export function storedNesting(config: unknown): number | undefined {
  const { max_nesting: nesting } = (config ?? {}) as { max_nesting?: unknown };
  return typeof nesting === 'number' ? nesting : undefined;
}
