import { emptySchema } from '../../operators/schema/dlt-schema.js';
import { withTables } from '../../operators/schema/dlt-tables.js';
import { isVariantName } from '../../operators/schema/variant-name.js';
import type { TableStructure } from '../destination/table-structure.js';
import type { SchemaDocument } from './schema-types.js';

/**
 * A schema document for tables of which no document was stored: what the database knows of them.
 * Hints of loads (keys, dispositions) are not in it.
 */
export function schemaDocument(name: string, tables: readonly TableStructure[]): SchemaDocument {
  const stored = tables.map((table) => ({
    ...table,
    hints: { resource: table.name, writeDisposition: 'append' as const, primaryKey: [] },
    columns: table.columns.map((column) => ({ ...column, variant: isVariantName(column.name) })),
  }));
  const document = withTables(emptySchema(name), stored);
  const own = new Set(tables.map((table) => table.name));
  return {
    ...document,
    version: 1,
    tables: Object.fromEntries(
      Object.entries(document.tables).map(([table, { write_disposition: how, ...rest }]) => [
        table,
        // How rows of these came is not known.
        own.has(table) || how === undefined ? rest : { ...rest, write_disposition: how },
      ]),
    ),
  };
}
