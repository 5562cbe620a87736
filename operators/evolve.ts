import { defer, map, type OperatorFunction } from 'rxjs';
import { tableEvolution, type TableEvolution } from './schema/table-evolution.js';
import type { DatasetSchema, Flat, SchemaChange, Shaped } from './types.js';

export interface EvolveConfig {
  /** Schemas of the tables that are there already. @default none */
  schema?: DatasetSchema;
}

/**
 * Columns fitted to the schema of their tables, which grows as they need it.
 *
 * In:     pages as columns.
 * Out:    one `Shaped` a page, same order; tables without rows in the page are left out. `changes` tells what is new.
 * Errors: `SchemaError` for a row without a value in a key column, or in one that is declared or stored as not null.
 * State:  the schema of every table seen.
 *
 * A column has the type of its first value (or its hint). Integers widen to double when a fraction comes and every integer
 * so far stays exact; other values are coerced as dlt does, or go to a column `<name>__v_<type>`. The result does not depend
 * on how rows are cut into pages.
 *
 * @example rows.pipe(flatten({ table: 'orders' }), evolve({ schema: await destination.schema('shop') }))
 */
export function evolve({ schema = {} }: EvolveConfig = {}): OperatorFunction<Flat, Shaped> {
  return (source) =>
    defer(() => {
      const tables = new Map<string, TableEvolution>();
      return source.pipe(map((flat) => shape(flat, tables, schema)));
    });
}

/** One page fitted; `tables` holds what is known of each table and learns. */
export function shape(flat: Flat, tables: Map<string, TableEvolution>, schema: DatasetSchema): Shaped {
  const changes: SchemaChange[] = [...flat.collisions];
  const shaped = flat.tables
    .filter(({ rows }) => rows > 0)
    .map((table) => {
      const { table: name } = table.hints;
      const evolution = tables.get(name) ?? tableEvolution(table.hints, Object.hasOwn(schema, name) ? schema[name] : undefined);
      tables.set(name, evolution);
      const fitted = evolution.fit(table, flat.page);
      changes.push(...fitted.changes);
      return { schema: evolution.schema, rows: table.rows, columns: fitted.columns };
    });
  return { page: flat.page, tables: shaped, changes };
}
