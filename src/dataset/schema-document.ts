import type { TableStructure } from '../destination/table-structure.js';
import type { SchemaColumn, SchemaDocument, SchemaTable } from './schema-types.js';

/** Version of dlt's schema documents. */
const ENGINE_VERSION = 11;

/** What dlt says of the columns that every table of their sort has. */
const SYSTEM: Readonly<Record<string, SchemaColumn>> = {
  _dlt_id: { unique: true, row_key: true },
  _dlt_parent_id: { parent_key: true },
  _dlt_root_id: { root_key: true },
};

/**
 * A schema document for tables of which no document was stored: what the database knows of them.
 * Hints of loads (keys, dispositions) are not in it.
 */
export function schemaDocument(name: string, tables: readonly TableStructure[]): SchemaDocument {
  return {
    version: 1,
    engine_version: ENGINE_VERSION,
    name,
    tables: Object.fromEntries(tables.map((table) => [table.name, tableOf(table)])),
    normalizers: {
      names: 'snake_case',
      json: { module: 'dlt.common.normalizers.json.relational' },
    },
  };
}

function tableOf({ name, parent, columns }: TableStructure): SchemaTable {
  return {
    columns: Object.fromEntries(
      columns.map(({ name: column, type, nullable }) => [
        column,
        { ...type, nullable, ...SYSTEM[column] },
      ]),
    ),
    ...(parent === null ? { resource: name } : { parent }),
  };
}
