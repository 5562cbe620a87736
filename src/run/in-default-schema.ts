import type { OwnDataset } from './drop-resources.js';
import type { Source } from './source.js';

/**
 * Rows that come without a source, as a source of the schema that dlt puts them into: the
 * pipeline's default, which is the first that it loaded (`default_schema_name` of the stored
 * state). As they are where nothing was loaded yet, or the destination keeps no state.
 */
export async function inDefaultSchema(
  rows: Source,
  { reader, pipeline }: OwnDataset,
): Promise<Source> {
  const documents = await reader.documents?.(pipeline);
  const name = documents?.state.default_schema_name;
  if (name === undefined || name === rows.name) return rows;
  const source: Source = { ...rows, name, withResources: () => source };
  return source;
}
