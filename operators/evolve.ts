import { defer, map, type OperatorFunction } from 'rxjs';
import { SchemaError } from './errors.js';
import { isObject } from './json/is-object.js';
import { knownTables } from './schema/known-tables.js';
import { planPage } from './schema/plan-page.js';
import { givenOptions } from './settings/given-options.js';
import { requireInput } from './settings/require-input.js';
import { record, words } from './settings/shape.js';
import { isPromise } from './settings/user-function.js';
import type { Compat, DatasetSchema, Flat, Shaped } from './types.js';

/**
 * What is known of the tables before the first page. Without options: nothing. ConfigError when
 * `evolve` is called for what is no object.
 */
export interface EvolveConfig {
  /** Schemas of the tables that are there already. @default none */
  schema?: DatasetSchema;
  /** Whose rules coerce values and make variant columns. @default 'sluice' */
  compat?: Compat;
}

/**
 * Fits the columns of each page to the schema of their tables; the schema grows as they need it.
 *
 * - In: pages as columns.
 * - Out: one `Shaped` per page, in order. Tables without rows in the page are left out. `changes`
 *   lists what is new.
 * - Errors: `SchemaError` for a row without a value in a key column or in a column that is declared
 *   or stored as not null, and for a list that would fill a resource's table.
 * - State: the schema of every table seen. A page that raises an error changes nothing in it.
 *
 * A column has the type of its first value, or of its hint. Integers widen to double when a
 * fraction comes and every integer so far is exact as a double. Other values are stored in the
 * column where nothing is lost by it (`coerce`), else in a column `<name>__v_<type>`. The result
 * does not depend on how rows are cut into pages.
 *
 * Raw keys that normalize to one name each get a column, and lists a table. One key gets the plain
 * name; every other gets `<name>__<hash of the raw key>`. The plain name belongs to the key that
 * the schema names, else to the key of the earliest row, and within one row to the key that is
 * spelt like the name. `load` stores the owner, which keeps the name in later loads. Where one such
 * key comes from one parent and another from another, the first response of the first load decides.
 * A hint follows the column of the key that it names.
 *
 * @example
 * rows.pipe(
 *   flatten({ table: 'orders' }),
 *   evolve({ schema: await destination.dataset('shop').schema() }),
 * )
 */
export function evolve(config?: EvolveConfig | null): OperatorFunction<Flat, Shaped> {
  const { schema = {}, compat = 'sluice' } = givenOptions('evolve()', config, SHAPE);
  return (source) =>
    defer(() => {
      let known = knownTables(schema, compat);
      return source.pipe(
        map((flat): Shaped => {
          const {
            known: next,
            tables,
            changes,
            violations,
          } = planPage(known, requireInput('evolve()', flat, 'flat'));
          const [violation] = violations;
          if (violation !== undefined) throw new SchemaError(violation.message);
          known = next;
          return { page: flat.page, tables, changes };
        }),
      );
    });
}

const SHAPE = record<EvolveConfig>('evolve()', {
  schema: {
    kind: 'value',
    label: 'the schemas of tables, as `await destination.dataset(…).schema()` gives them',
    is: (value) => isObject(value) && !isPromise(value),
  },
  compat: words('sluice', 'dlt'),
});
