import { storedJson } from '../destination/stored-json.js';
import { LoadError } from '../errors.js';
import type { SqlReader } from './relation.js';
import type { SchemaDocument } from './schema-types.js';

/** A version of a schema, as it is in `_dlt_version`. */
export interface StoredSchema {
  hash: string;
  document: SchemaDocument;
}

/**
 * Every version of every schema of a dataset, the oldest first; none where nobody wrote any.
 *
 * Errors: LoadError for a row that holds no document.
 */
export async function storedSchemas(reader: SqlReader): Promise<StoredSchema[]> {
  const tables = await reader.structure();
  if (!tables.some(({ name }) => name === '_dlt_version')) return [];
  const rows = await reader.query<{ version_hash: string; schema: string }>(
    'SELECT "version_hash", "schema" FROM "_dlt_version" ORDER BY "inserted_at", "version"',
  );
  return rows.map(({ version_hash: hash, schema }) => ({
    hash,
    document: parsed(schema, `${reader.name}._dlt_version, version ${hash}`),
  }));
}

function parsed(text: string, where: string): SchemaDocument {
  try {
    return JSON.parse(String(storedJson(text))) as SchemaDocument;
  } catch (error) {
    throw new LoadError(`${where} holds no schema document of dlt.`, { cause: error });
  }
}
