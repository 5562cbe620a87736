import { readFile } from 'node:fs/promises';
import { isObject } from '../../operators/json/is-object.js';
import type { SchemaDocument } from '../dataset/schema-types.js';
import { ConfigError } from '../errors.js';

/**
 * Reads a file with a schema document of dlt's, YAML or JSON: what `sluice schema` and dlt's
 * `export_schema_path` write.
 *
 * Errors: ConfigError that names the file, for one that cannot be read or holds no such document.
 */
export async function readSchema(path: string): Promise<SchemaDocument> {
  let found: unknown;
  try {
    const text = await readFile(path, 'utf8');
    // Whoever reads no YAML does not wait for its parser.
    found = /\.json$/i.test(path) ? JSON.parse(text) : (await import('yaml')).parse(text);
  } catch (error) {
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (isObject(found) && isObject(found['tables'])) return found as unknown as SchemaDocument;
  throw new ConfigError(`${path} holds no schema document of dlt: it has no \`tables\`.`);
}
