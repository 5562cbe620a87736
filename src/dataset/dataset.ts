import { givenOptions } from '../../operators/settings/given-options.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import {
  either,
  list,
  name as aName,
  type RecordShape,
  record,
  words,
} from '../../operators/settings/shape.js';
import type { DatasetSchema, NamingConvention } from '../../operators/types.js';
import { destinationShape } from '../destination/destination-shape.js';
import type { DatasetReader, Destination, ReadRow } from '../destination/destination.js';
import { ConfigError } from '../errors.js';
import { datasetName } from './dataset-name.js';
import type { LoadFilter } from './relation-plan.js';
import { relationSql } from './relation-sql.js';
import {
  type AnyTables,
  countOf,
  relation,
  type Relation,
  type SqlReader,
  structuresOf,
  type TableName,
  tablePlan,
} from './relation.js';

/** Which rows of a table are read. */
export interface TableOptions {
  /**
   * Only rows of complete loads, or of the loads with these ids; child rows by the load of their
   * root row. @default all rows that are committed, those of an unfinished load too
   */
  loads?: LoadFilter;
}

/**
 * The tables of a dataset. `Tables` says what their rows are, by name (`sluice types` writes it);
 * nothing checks that they are so.
 */
export interface Dataset<Tables extends object = AnyTables> {
  /** Name of the dataset, normalized: the schema of the database. */
  readonly name: string;
  /** Structures of the tables; empty where nothing was loaded. */
  schema(): Promise<DatasetSchema>;
  /** Names of the tables, sorted; none of those in which destinations keep their books. */
  tables(): Promise<string[]>;
  /**
   * Runs a statement, also one that writes, and gives its rows as objects; integers beyond 2^53 as
   * BigInt, timestamps as Date. Of several statements the last one's rows. The dataset's tables
   * need no prefix. Parameters are `$1`, `$2`, …; a Date is an instant, and lists of values are
   * lists. Nothing checks that the rows are `T`. Errors: ConfigError for parameters that are no
   * values of SQL; LoadError for what the database refuses; ConfigError where the destination knows
   * no SQL, and after `close`.
   */
  query<T extends object = ReadRow>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Rows of one table, as `DatasetReader.rows` gives them. Nothing checks that they are `T`. */
  rows<Name extends TableName<Tables>>(table: Name): Promise<Tables[Name][]>;
  /** The same where `Tables` is not given: the caller says what the rows are. */
  rows<T extends object>(table: string extends TableName<Tables> ? string : never): Promise<T[]>;
  /**
   * Rows of one table or view as a relation, which can be filtered, joined and streamed.
   *
   * @example for await (const order of dataset.table('orders').where('total > $1', 5)) …
   */
  table<Name extends TableName<Tables>>(
    table: Name,
    options?: TableOptions | null,
  ): Relation<Tables[Name] & object, Tables>;
  /**
   * The number of rows of each table, by its name; empty where nothing was loaded. Errors: those of
   * a relation; ConfigError where the destination knows no SQL.
   */
  rowCounts(options?: TableOptions | null): Promise<Record<string, number>>;
}

/**
 * A dataset of a destination, without a pipeline. `name` is normalized by `naming`, which is
 * 'snake_case' where it is not given.
 *
 * Errors: ConfigError for what is no destination; those of its methods when they are called.
 *
 * @example await dataset(duckdb('shop.duckdb'), 'shop_data').table('orders').count()
 */
export function dataset<Tables extends object = AnyTables>(
  destination: Destination,
  name: string,
  options?: { naming?: NamingConvention } | null,
): Dataset<Tables> {
  requireShape('The destination of dataset()', destination, destinationShape);
  requireShape('The name of dataset()', name, aName);
  const { naming } = givenOptions('dataset()', options, NAMING);
  return datasetOf(destination.dataset(datasetName(name, destination, naming)), destination.name);
}

/** What a destination reads, as a dataset. */
export function datasetOf<Tables extends object>(
  reader: DatasetReader,
  destination: string,
): Dataset<Tables> {
  const sqlReader = (): SqlReader => {
    if (reader.open !== undefined) return reader as SqlReader;
    throw new ConfigError(
      `Destination ${destination} does not take SQL. Read a table with dataset().rows(table).`,
    );
  };
  const table = (name: string, options?: TableOptions | null): Relation<object, Tables> => {
    const { loads = null } = givenOptions('table()', options, TABLE);
    return relation(sqlReader, tablePlan(name, loads));
  };
  return {
    name: reader.name,
    schema: () => reader.schema(),
    tables: () => reader.tables(),
    query: async <T extends object>(sql: string, parameters?: readonly unknown[]) => {
      if (reader.query === undefined) sqlReader();
      return (reader as SqlReader).query<T>(sql, parameters);
    },
    rows: async (name: string) =>
      (await reader.rows(requireShape('The table of rows()', name, aName))) as never,
    table: table as Dataset<Tables>['table'],
    async rowCounts(options) {
      const { loads = null } = givenOptions('rowCounts()', options, TABLE);
      const from = sqlReader();
      const names = await from.tables();
      const structures = await structuresOf(from);
      const counts: Record<string, number> = {};
      for (const name of names)
        counts[name] = await countOf(from, relationSql(tablePlan(name, loads), structures));
      return counts;
    },
  };
}

const NAMING = record<{ naming?: NamingConvention }>('dataset()', {
  naming: words('snake_case', 'direct'),
});
const TABLE: RecordShape<TableOptions> = record<TableOptions>('table()', {
  loads: either(words('complete'), list(aName)),
});
