import { contractShape } from '../../operators/columns/contract-shape.js';
import { namingIn } from '../../operators/schema/dlt-schema.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import type { SchemaDocument } from '../dataset/schema-types.js';
import { schemaDocumentShape } from './schema-document-shape.js';
import { schemaHints } from './schema-hints.js';
import type { Source, SourceHints } from './source.js';
import { storedContract } from './stored-contract.js';
import { storedNesting } from './stored-nesting.js';

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
  const document = requireShape('`schema`', schema, schemaDocumentShape) as SchemaDocument;
  return {
    ...source,
    resources: source.resources.map((resource) => schemaHints(resource, document)),
    hints: { ...documentHints(document), ...source.hints },
    withResources: (names) => withSchema(source.withResources(names), document),
  };
}

/** What a document says of all its tables. */
function documentHints(document: SchemaDocument): SourceHints {
  const { settings, normalizers } = document;
  const contract = storedContract(Object(settings));
  const { json } = Object(normalizers) as { json?: { config?: unknown } };
  const nesting = storedNesting(json?.config);
  const { root_key_propagation: rootKey } = Object(json?.config) as Record<string, unknown>;
  if (contract !== undefined)
    requireShape('`schema`: the contract in its settings', contract, contractShape);
  return {
    ...(contract !== undefined && { schemaContract: contract }),
    ...(nesting !== undefined && { maxTableNesting: nesting }),
    ...(typeof rootKey === 'boolean' && { rootKey }),
    ...(namingIn(document) === 'direct' && { naming: 'direct' }),
  };
}
