import { defer, map, type OperatorFunction } from 'rxjs';
import { withRootIds } from './schema/root-ids.js';
import { tableEvolution, type TableEvolution } from './schema/table-evolution.js';
import { inOrderOfClaim, nameTable, tableId } from './schema/table-names.js';
import type { DatasetSchema, Flat, FlatTable, SchemaChange, Shaped } from './types.js';

export interface EvolveConfig {
  /** Schemas of the tables that are there already. @default none */
  schema?: DatasetSchema;
}

/**
 * Columns fitted to the schema of their tables, which grows as they need it.
 *
 * In:     pages as columns.
 * Out: one `Shaped` a page, same order; tables without rows in the page are left out. `changes`
 * tells what is new. Errors: `SchemaError` for a row without a value in a key column, or in one
 * that is declared or stored as not null; for a
 *         list that would fill a resource's table.
 * State:  the schema of every table seen.
 *
 * A column has the type of its first value (or its hint). Integers widen to double when a fraction
 * comes and every integer so far stays exact; other values are coerced as dlt does, or go to a
 * column `<name>__v_<type>`. The result does not depend on how rows are cut into pages.
 *
 * Raw keys that normalize to one name are kept apart, and so are lists: one has the plain name,
 * each other `<name>__<tag>`, a tag that its raw keys alone decide. The plain name belongs to whom
 * the schema says; else to the key of the earliest row, in one row to the one that is spelt so.
 * Whoever has it keeps it in later loads, for `load` writes the owners down. So where one such key
 * comes from one parent and another from another, the first answer of the first load decides.
 *
 * @example rows.pipe(flatten({ table: 'orders' }), evolve({ schema: await
 * destination.dataset('shop').schema() }))
 */
export function evolve({ schema = {} }: EvolveConfig = {}): OperatorFunction<Flat, Shaped> {
  return (source) =>
    defer(() => {
      const tables = new Map<string, TableEvolution>();
      return source.pipe(map((flat) => shape(flat, tables, schema)));
    });
}

/** One page fitted; `tables` holds what is known of each table by its id, and learns. */
export function shape(
  flat: Flat,
  tables: Map<string, TableEvolution>,
  schema: DatasetSchema,
): Shaped {
  const changes: SchemaChange[] = [];
  const root = (flat.tables[0] as FlatTable).name;
  const withRows = flat.tables.filter(({ rows }) => rows > 0);
  const known = {
    of: (id: string) => tables.get(id)?.schema,
    all: () => [...tables.values()].map((table) => table.schema),
    schema,
  };
  for (const table of inOrderOfClaim(withRows)) {
    const id = tableId(root, table.path);
    if (tables.has(id)) continue;
    const { name, parent, collisions } = nameTable(root, table, known);
    changes.push(...collisions);
    tables.set(
      id,
      tableEvolution(
        { ...table, name, parent },
        Object.hasOwn(schema, name) ? schema[name] : undefined,
      ),
    );
  }
  const shaped = withRows.map((table) => {
    const evolution = tables.get(tableId(root, table.path)) as TableEvolution;
    const fitted = evolution.fit(withRootIds(table, evolution.schema, flat.tables), flat.page);
    changes.push(...fitted.changes);
    const { columns: _, ...hints } = table.hints;
    return {
      schema: evolution.schema,
      hints,
      rows: table.rows,
      columns: fitted.columns,
    };
  });
  return { page: flat.page, tables: shaped, changes };
}
