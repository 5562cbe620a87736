import { isObject } from '../../operators/json/is-object.js';
import type { SchemaDocument } from '../dataset/schema-types.js';
import { ConfigError } from '../errors.js';
import { schemaHints } from './schema-hints.js';
import type { Source } from './source.js';

/**
 * A source whose tables have the hints of a schema document of dlt's, beneath those of its own
 * resources: types and nullability of columns (of child tables too), keys, write dispositions,
 * nesting.
 *
 * Errors: ConfigError for what is no schema document, and for hints that no table can have here.
 *
 * @example withSchema(source, await readSchema('shop.schema.yaml'))
 */
export function withSchema(source: Source, schema: object): Source {
  if (!isDocument(schema))
    throw new ConfigError(
      '`schema` must be a schema document of dlt, an object with `tables`. Read a file of one with readSchema().',
    );
  return {
    ...source,
    resources: source.resources.map((resource) => schemaHints(resource, schema)),
    withResources: (names) => withSchema(source.withResources(names), schema),
  };
}

function isDocument(schema: object): schema is SchemaDocument {
  return isObject(schema) && isObject(schema['tables']);
}
