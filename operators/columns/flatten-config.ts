import { tableHints } from '../schema/table-hints.js';
import type {
  ColumnHint,
  Compat,
  DeclaredHints,
  Naming,
  NestedHints,
  SchemaContract,
  WriteDispositionHint,
} from '../types.js';
import type { FlattenEvent } from './flatten-event.js';
import type { Limits } from './limits.js';

/**
 * The root table of a resource's rows, and what is declared of it. Only `table` is needed.
 * ConfigError when `flatten` is called for an option that is missing, unknown, of another kind or
 * out of range.
 */
export interface FlattenConfig {
  /** Name of the root table; normalized. */
  table: string;
  /** Resource that the rows belong to. @default the table's name */
  resource?: string;
  /** @default 'append' */
  writeDisposition?: WriteDispositionHint;
  /**
   * Key or keys that identify a row, nested ones joined by `__`; a name that is no key of the rows
   * names the column that it normalizes to. @default none
   */
  primaryKey?: string | readonly string[];
  /**
   * Key or keys, named as in `primaryKey`, that a merging load finds rows by beside the primary
   * key: of all rows with a value of the load those of the load stay. @default none
   */
  mergeKey?: string | readonly string[];
  /**
   * Hints by raw key of the root table's rows, nested keys joined by `__`; a name that is no key of
   * the rows names the column that it normalizes to. @default none
   */
  columns?: Readonly<Record<string, ColumnHint>>;
  /**
   * Hints of child tables by their list: its raw keys from the root table on, joined by `__`
   * (`items`, `items__parts`), or what these normalize to. @default none
   */
  nestedHints?: Readonly<Record<string, NestedHints>>;
  /**
   * Levels of nesting that are flattened; deeper values stay JSON text (dlt's
   * max_table_nesting). @default 1000
   */
  maxTableNesting?: number;
  /**
   * Gives every row of a child table the id of its root row as `_dlt_root_id`; tables that merge
   * have it anyway. @default false
   */
  rootKey?: boolean;
  /** Whose rules name tables and columns. @default 'sluice' */
  compat?: Compat;
  /**
   * How keys are named; in names that are given as joined by `__`, `direct` has `▶` in its place.
   * @default 'snake_case'
   */
  naming?: Naming;
  /**
   * What becomes of data for which the tables have no place once they are there; also of the child
   * tables. @default 'evolve'
   */
  schemaContract?: SchemaContract;
  /**
   * Path in each row to the value that `incremental` goes by; it need not be a column. @default
   * none
   */
  cursorPath?: string;
  /**
   * Called when the rows are at their end and some hints of `columns` were about no key of any row:
   * these names, and keys that there were; once more for each child table, whose names are behind
   * its own. @default nothing
   */
  onUnmatchedHints?: (names: readonly string[], keys: readonly string[]) => void;
  /** The same for `nestedHints`: names of lists that no key of any row had. @default nothing */
  onUnmatchedLists?: (names: readonly string[], keys: readonly string[]) => void;
  /** @default 1,000 tables, 10,000 columns a table, 1,000 levels, 1 GiB */
  limits?: Partial<Limits>;
  /** Called with findings on a page that a user should know. @default none */
  observe?: (met: FlattenEvent) => void;
}

/**
 * The hints of the root table. A merge key has a value in every row by dlt's rules, also where
 * nothing is merged.
 */
export function rootHints(resource: string, config: FlattenConfig): DeclaredHints {
  const root = tableHints(resource, config);
  if (config.compat !== 'dlt' || root.writeDisposition === 'merge') return root;
  const required = [config.mergeKey ?? []]
    .flat()
    .map((key): [string, ColumnHint] => [key, { nullable: false, ...root.columns[key] }]);
  return required.length === 0
    ? root
    : { ...root, columns: { ...root.columns, ...Object.fromEntries(required) } };
}
