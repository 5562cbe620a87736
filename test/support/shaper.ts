import { SchemaError } from '#operators/errors.js';
import { knownTables } from '#operators/schema/known-tables.js';
import { planPage } from '#operators/schema/plan-page.js';
import type { Compat, DatasetSchema, Flat, Shaped } from '#operators/types.js';

/** Shapes pages one after another as `evolve` does, without a stream. */
export function shaper(schema: DatasetSchema = {}, compat?: Compat): (flat: Flat) => Shaped {
  let known = knownTables(schema, compat);
  return (flat) => {
    const { known: next, tables, changes, violations } = planPage(known, flat);
    if (violations[0] !== undefined) throw new SchemaError(violations[0].message);
    known = next;
    return { page: flat.page, tables, changes };
  };
}
