import { concatMap, defer, type OperatorFunction } from 'rxjs';
import { contractShape } from './columns/contract-shape.js';
import { SchemaError } from './errors.js';
import { knownTables } from './schema/known-tables.js';
import { type AllowedPlan, planAllowed } from './schema/plan-allowed.js';
import { QUARANTINE, quarantineTable } from './schema/quarantine-table.js';
import { rootTableName } from './schema/root-table-name.js';
import { markPlace } from './settings/error-place.js';
import { givenOptions } from './settings/given-options.js';
import { isRecord } from './settings/is-record.js';
import { placeOfPage } from './settings/page-place.js';
import { requireInput } from './settings/require-input.js';
import { either, flag, fn, list, name, record, words } from './settings/shape.js';
import type { Compat, DatasetSchema, Flat, SchemaContract, Shaped } from './types.js';

/**
 * What is known of the tables before the first page. Without options: nothing. ConfigError when
 * `evolve` is called for what is no object.
 */
export interface EvolveConfig {
  /** Schemas of the tables that are there already. @default none */
  schema?: DatasetSchema;
  /** Whose rules coerce values and make variant columns. @default 'sluice' */
  compat?: Compat;
  /**
   * What becomes of data for which tables have no place, over the contracts that `flatten` gives
   * them. @default the tables' own, else 'evolve'
   */
  schemaContract?: SchemaContract;
  /**
   * Keeps rows and values that a contract discards as JSON in a table, with the reason: true for
   * `_sluice_quarantine`, or its name. @default false
   */
  quarantine?: boolean | string;
  /**
   * Removes secrets from messages, which show the first value that does not fit, and from the
   * reasons in the quarantine table. @default texts stay as they are
   */
  redact?: (text: string) => string;
  /**
   * Tables of `schema` that the load has made itself, before it was stopped: contracts let new
   * columns into them. @default none
   */
  newTables?: readonly string[];
}

/**
 * Fits the columns of each page to the schema of their tables; the schema grows as they need it.
 *
 * - In: pages as columns.
 * - Out: one `Shaped` per page, in order. Tables without rows in the page are left out. `changes`
 *   lists what is new.
 * - Errors: `SchemaError` for a row without a value in a key column or in a column that is declared
 * or stored as not null, for a list that would fill a resource's table, and for data that a schema
 *   contract refuses (`freeze`).
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
  const options = givenOptions('evolve()', config, SHAPE);
  const { schema = {}, compat = 'sluice', schemaContract, redact, newTables } = options;
  const clean = <T extends { message: string }>(said: readonly T[]): readonly T[] =>
    redact === undefined ? said : said.map((one) => ({ ...one, message: redact(one.message) }));
  const quarantine = quarantineName(options.quarantine);
  return (source) =>
    defer(() => {
      let known = knownTables(schema, compat, newTables);

      function* shaped(flat: Flat): Generator<Shaped> {
        const { page, joined } = flat;
        const allowed = planAllowed(known, flat, schemaContract, quarantine !== null);
        const { plan, quarantined } = allowed;
        // What is reported names a page.
        if (joined !== undefined && !isPlain(allowed)) {
          for (const one of joined.apart()) yield* shaped(one);
          return;
        }
        const discards = clean(allowed.discards);
        const [violation] = clean(plan.violations);
        if (violation !== undefined)
          throw markPlace(new SchemaError(violation.message), placeOfPage(page));
        known = plan.known;
        yield {
          page,
          ...(joined && { pages: joined.pages }),
          tables:
            quarantine === null || quarantined.length === 0
              ? plan.tables
              : [...plan.tables, quarantineTable(quarantine, page.resource, clean(quarantined))],
          changes: clean(plan.changes),
          ...(discards.length > 0 && { discards }),
        };
      }
      return source.pipe(concatMap((flat) => shaped(requireInput('evolve()', flat, 'flat'))));
    });
}

/** The page changes nothing in the schema, and all of it is allowed. */
function isPlain({ plan, discards }: AllowedPlan): boolean {
  return plan.changes.length === 0 && plan.violations.length === 0 && discards.length === 0;
}

const SHAPE = record<EvolveConfig>('evolve()', {
  schema: {
    kind: 'value',
    label: 'the schemas of tables, as `await destination.dataset(…).schema()` gives them',
    is: (value) =>
      isRecord(value) &&
      Object.values(value).every((table) => isRecord(table) && Array.isArray(table['columns'])),
  },
  compat: words('sluice', 'dlt'),
  schemaContract: contractShape,
  quarantine: either(flag, name),
  redact: fn,
  newTables: list(name),
});

/** Returns the name of the table for discarded rows; null for none. */
function quarantineName(quarantine: EvolveConfig['quarantine'] = false): string | null {
  if (typeof quarantine === 'string') return rootTableName(quarantine, '`quarantine` of evolve()');
  return quarantine ? QUARANTINE : null;
}
