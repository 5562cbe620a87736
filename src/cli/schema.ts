import { stringify } from 'yaml';
import { mermaid } from '../dataset/mermaid.js';
import type { SqlReader } from '../dataset/relation.js';
import { schemaDocument } from '../dataset/schema-document.js';
import type { SchemaDocument } from '../dataset/schema-types.js';
import { storedSchemas } from '../dataset/stored-schemas.js';
import { holdsRows } from '../destination/sql/catalog.js';
import { ConfigError } from '../errors.js';
import type { SchemaCommand, SchemaFormat } from './arguments.js';
import { withDataset } from './with-dataset.js';

/**
 * `sluice schema`: prints a schema document of a dataset on stdout.
 *
 * Errors: ConfigError where the document must be named, and as `withDataset`; LoadError for one
 * that cannot be read.
 */
export async function schema({
  destination,
  dataset,
  schema: name,
  format,
}: SchemaCommand): Promise<void> {
  const document = await withDataset(destination, dataset, (reader) => documentOf(reader, name));
  process.stdout.write(PRINT[format](document));
}

const PRINT: Readonly<Record<SchemaFormat, (document: SchemaDocument) => string>> = {
  // As dlt prints it: lists are not indented, long texts stay on their line.
  yaml: (document) => stringify(withoutNames(document), { indentSeq: false, lineWidth: 0 }),
  json: (document) => `${JSON.stringify(withoutNames(document), null, 2)}\n`,
  mermaid,
};

/** Tables and columns without their names, which are their keys. */
function withoutNames(document: SchemaDocument): SchemaDocument {
  const bare = ({ name: _, ...rest }: Record<string, unknown>): Record<string, unknown> => rest;
  const tables = Object.entries(document.tables).map(([name, table]) => {
    const columns = Object.entries(table.columns ?? {}).map(([own, column]) => [own, bare(column)]);
    return [name, { ...bare(table), columns: Object.fromEntries(columns) }];
  });
  return { ...document, tables: Object.fromEntries(tables) };
}

/** The latest document of a name; the only one for null. */
async function documentOf(reader: SqlReader, name: string | null): Promise<SchemaDocument> {
  const latest = new Map(
    (await storedSchemas(reader)).map(({ document }) => [document.name, document]),
  );
  if (latest.size === 0 && name === null) {
    const tables = (await reader.structure()).filter(
      (table) => holdsRows(table.name) && table.isView !== true,
    );
    return schemaDocument(reader.name, tables);
  }
  const [first, ...others] = name === null ? latest.values() : [latest.get(name)];
  if (first !== undefined && others.length === 0) return first;
  const names = [...latest.keys()].join(', ') || 'none';
  throw new ConfigError(
    name === null
      ? `Dataset ${reader.name} has several schemas: ${names}. Choose one with --schema.`
      : `Dataset ${reader.name} has no schema ${name}. Schemas: ${names}.`,
  );
}
