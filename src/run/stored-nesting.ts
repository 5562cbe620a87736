import type { SchemaDocument, SchemaTable } from '../dataset/schema-types.js';

/**
 * The levels of nesting that a schema document has for a table, else for all tables of its source;
 * undefined for none.
 */
export function storedNesting(table: SchemaTable, document: SchemaDocument): number | undefined {
  const normalizers = document['normalizers'] as { json?: { config?: unknown } } | undefined;
  return maxNesting(table['x-normalizer']) ?? maxNesting(normalizers?.json?.config);
}

function maxNesting(config: unknown): number | undefined {
  const { max_nesting: nesting } = (config ?? {}) as { max_nesting?: unknown };
  return typeof nesting === 'number' ? nesting : undefined;
}
