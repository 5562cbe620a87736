import type { SqlReader } from './relation.js';
import { type StoredSchema, storedSchemas } from './stored-schemas.js';

/** The load in which a column was first seen; null where that is not known. */
export type FirstSeen = (table: string, column: string) => string | null;

/** A complete load, and the version of which schema it left. */
export interface SchemaLoad {
  loadId: string;
  schema: string | null;
  hash: string | null;
}

/** Reads versions of schemas and loads of a dataset, if it has them. */
export async function readFirstSeen(reader: SqlReader): Promise<FirstSeen> {
  const schemas = await storedSchemas(reader);
  if (schemas.length === 0) return () => null;
  const loads = await reader.query<{ load_id: string; schema_name: string; hash: string | null }>(
    'SELECT "load_id", "schema_name", "schema_version_hash" AS "hash" FROM "_dlt_loads" WHERE "status" = 0 ORDER BY "inserted_at", "load_id"',
  );
  return firstSeen(
    schemas,
    loads.map(({ load_id: loadId, schema_name: schema, hash }) => ({ loadId, schema, hash })),
  );
}

/**
 * Loads in their order, each with the columns of the version that it left. What is new behind a
 * load whose version is not known may have come with that one, so nothing is said of it.
 */
export function firstSeen(
  schemas: readonly StoredSchema[],
  loads: readonly SchemaLoad[],
): FirstSeen {
  const versions = new Map(schemas.map(({ hash, document }) => [hash, document]));
  const seen = new Map<string, string | null>();
  const unknown = new Set<string | null>();
  for (const { loadId, schema, hash } of loads) {
    const document = hash === null ? undefined : versions.get(hash);
    if (document === undefined) {
      unknown.add(schema);
      continue;
    }
    for (const [table, { columns = {} }] of Object.entries(document.tables))
      for (const column of Object.keys(columns)) {
        const key = JSON.stringify([table, column]);
        if (!seen.has(key)) seen.set(key, unknown.has(schema) ? null : loadId);
      }
    unknown.delete(schema);
  }
  return (table, column) => seen.get(JSON.stringify([table, column])) ?? null;
}
