import { defer } from 'rxjs';
import { isObject } from '../../operators/json/is-object.js';
import type { SchemaDocument } from '../dataset/schema-types.js';
import { ConfigError } from '../errors.js';
import { schemaHints } from './schema-hints.js';
import type { Source } from './source.js';

/**
 * A source whose tables have the hints of a schema document of dlt's, beneath those of its own
 * resources: types and nullability of columns, primary keys, write dispositions, nesting. A notice
 * says what is not applied: columns of child tables, whose types come from their values.
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
  const resources = source.resources.map((resource) => schemaHints(resource, schema));
  const children = childTables(schema, resources);
  return {
    ...source,
    resources,
    pages: (context) =>
      defer(() => {
        if (children.length > 0)
          context.observe({
            kind: 'notice',
            resource: source.name,
            message: `The schema's columns of child tables are not applied, their types come from their values: ${children.join(', ')}.`,
          });
        return source.pages(context);
      }),
    withResources: (names) => withSchema(source.withResources(names), schema),
  };
}

function isDocument(schema: object): schema is SchemaDocument {
  return isObject(schema) && isObject(schema['tables']);
}

/** Child tables below those of the resources, of which the document has columns. */
function childTables({ tables }: SchemaDocument, resources: Source['resources']): string[] {
  const roots = resources.map(({ name, tableName }) => tableName ?? name);
  const rootOf = (name: string): string => {
    const parent = tables[name]?.parent;
    return parent === undefined ? name : rootOf(parent);
  };
  return Object.entries(tables)
    .filter(([name, { parent, columns = {} }]) => {
      const own = Object.keys(columns).some((column) => !column.startsWith('_dlt_'));
      return parent !== undefined && own && roots.includes(rootOf(name));
    })
    .map(([name]) => name);
}
