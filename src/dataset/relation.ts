import type { Table } from 'apache-arrow';
import { requireShape } from '../../operators/settings/require-shape.js';
import {
  count as aCount,
  name as aName,
  type Shape,
  whole,
  words,
} from '../../operators/settings/shape.js';
import type { BufferBlock, ValueBlock } from '../destination/column-block.js';
import type { DatasetReader, ReadRow } from '../destination/destination.js';
import { ConfigError } from '../errors.js';
import type { LoadFilter, RelationPlan, RelationStep } from './relation-plan.js';
import { type RelationQuery, relationSql } from './relation-sql.js';
import { renumber } from './renumber.js';
import type { Structures } from './table-chain.js';

/** Rows of a joined table: its name stands before the names of its columns. */
export type Joined<Name extends string, Row> = {
  [Column in keyof Row & string as `${Name}__${Column}`]: Row[Column];
};

/** Names of the tables that are known by their types. */
export type TableName<Tables> = keyof Tables & string;

/**
 * Rows of a dataset, as a query that is built step by step. Immutable: each step gives another
 * relation. Nothing runs before rows are read; each reading runs the query anew, and sees what is
 * committed when it begins.
 *
 * Errors: ConfigError for a column, condition or join that cannot be, LoadError for a table that
 * the dataset lacks and for what the database refuses; both when it is read.
 */
export interface Relation<
  Row extends object = ReadRow,
  Tables extends object = AnyTables,
> extends AsyncIterable<Row> {
  /** Gives only these columns, in this order. The other steps may name all others too. */
  select<Column extends keyof Row & string>(
    ...columns: [Column, ...Column[]]
  ): Relation<Pick<Row, Column>, Tables>;
  /**
   * Keeps rows for which an SQL condition is true. Its parameters are `$1`, `$2`, … in each call
   * anew. Columns are named as in the rows, after a join as well. Several conditions must all be
   * true.
   *
   * @example orders.where('total > $1 AND status = $2', 5, 'paid')
   */
  where(condition: string, ...parameters: readonly unknown[]): Relation<Row, Tables>;
  /** Sorts by a column; further calls sort rows that are equal in those before. */
  orderBy(column: string, direction?: 'asc' | 'desc'): Relation<Row, Tables>;
  /** Keeps the first `count` rows behind `offset`. Steps behind it see only these. */
  limit(count: number, offset?: number): Relation<Row, Tables>;
  /**
   * Puts rows of a child or parent table beside these, however many levels lie between. The names
   * of its columns begin with the table's (`orders__items__sku`). `left` keeps rows that have none.
   *
   * @example orders.join('orders__items')
   */
  join<Name extends TableName<Tables>>(
    table: Name,
    how?: 'inner' | 'left',
  ): Relation<Row & Joined<Name, Tables[Name]>, Tables>;
  /** The same with rows that are chosen before: a relation of a child or parent table. */
  join<Child extends object>(
    relation: Relation<Child, Tables>,
    how?: 'inner' | 'left',
  ): Relation<Row & Record<string, unknown>, Tables>;
  /** The SQL that is run, with parameters as `$1`, `$2`, …, for people. */
  sql(): Promise<string>;
  /**
   * The rows one by one, fetched in blocks as they are read; ending the loop ends the query. Values
   * are as `Dataset.rows` gives them.
   */
  rows(): AsyncIterable<Row>;
  /** The number of rows. */
  count(): Promise<number>;
  /**
   * The rows as an Arrow table, whose buffers are copied from the database in blocks: HUGEINT as
   * Decimal128(38, 0), JSON as text, UUID and types that Arrow lacks as text.
   */
  arrow(): Promise<Table>;
  /** Writes the rows to a Parquet file, which is replaced; gives their number. */
  toParquet(path: string): Promise<number>;
  /** Writes the rows to a CSV file with a header, which is replaced; gives their number. */
  toCsv(path: string): Promise<number>;
}

/** Tables of which nothing is known. */
export type AnyTables = Record<string, ReadRow>;

/** What reads a relation: a destination that speaks SQL. */
export type SqlReader = Required<DatasetReader>;

/** To the system a path ends at a NUL character: another file would be written. */
const aPath: Shape<string> = {
  kind: 'value',
  label: 'text, not empty, without NUL characters',
  is: (value) => typeof value === 'string' && value.trim() !== '' && !value.includes('\0'),
};

const plans = new WeakMap<object, RelationPlan>();

/**
 * All rows of a table. `reader` is called when rows are read, and throws where the destination
 * knows no SQL.
 */
export function relation<Row extends object, Tables extends object>(
  reader: () => SqlReader,
  plan: RelationPlan,
): Relation<Row, Tables> {
  const after = <Next extends object>(step: RelationStep): Relation<Next, Tables> =>
    relation(reader, { ...plan, steps: [...plan.steps, step] });
  const queryOf = async (from: SqlReader): Promise<RelationQuery> =>
    relationSql(plan, await structuresOf(from));
  const run = async <T>(
    work: (from: SqlReader, query: RelationQuery) => Promise<T>,
  ): Promise<T> => {
    const from = reader();
    return work(from, await queryOf(from));
  };
  const write = (format: 'parquet' | 'csv', path: string): Promise<number> =>
    run((from, { sql, parameters }) =>
      from.write(sql, parameters, requireShape('The path of the file', path, aPath), format),
    );
  const made: Relation<Row, Tables> = {
    select: (...columns) => after({ kind: 'select', columns: requireColumns(columns) }),
    where(condition, ...parameters) {
      requireShape('The condition of where()', condition, aName);
      // What is wrong with it is said where it stands.
      renumber(condition, parameters.length, 0);
      return after({ kind: 'where', condition, parameters });
    },
    orderBy: (column, direction = 'asc') =>
      after({
        kind: 'orderBy',
        column: requireShape('The column of orderBy()', column, aName),
        direction: requireShape('The direction of orderBy()', direction, words('asc', 'desc')),
      }),
    limit: (count, offset = 0) =>
      after({
        kind: 'limit',
        count: requireShape('The count of limit()', count, aCount),
        offset: requireShape('The offset of limit()', offset, whole(0)),
      }),
    join(other: string | object, how: 'inner' | 'left' = 'inner') {
      requireShape('The kind of join()', how, words('inner', 'left'));
      return after<never>({ kind: 'join', other: joinedPlan(other), how });
    },
    sql: () => run(async (_, { sql }) => sql),
    rows: () => ({ [Symbol.asyncIterator]: () => streamed<Row>(run) }),
    [Symbol.asyncIterator]: () => streamed<Row>(run),
    count: () => run(countOf),
    arrow: () =>
      run(async (from, { sql, parameters }) => {
        const cursor = await from.open(sql, parameters);
        try {
          const blocks: BufferBlock[] = [];
          for (let block; (block = await cursor.buffers()) !== null;) blocks.push(block);
          const { arrowTable } = await import('./arrow-table.js');
          return arrowTable(cursor.columns, blocks);
        } finally {
          await cursor.close();
        }
      }),
    toParquet: (path) => write('parquet', path),
    toCsv: (path) => write('csv', path),
  };
  plans.set(made, plan);
  return made;
}

/** The tables of a dataset by name, as they are. */
export async function structuresOf(from: SqlReader): Promise<Structures> {
  return new Map((await from.structure()).map((table) => [table.name, table]));
}

/** The number of rows of a query. */
export async function countOf(
  from: SqlReader,
  { sql, parameters }: RelationQuery,
): Promise<number> {
  const [row] = await from.query<{ n: number }>(
    `SELECT count(*) AS n FROM (${sql}\n) counted`,
    parameters,
  );
  return row?.n ?? 0;
}

/** The plan of all rows of a table, or of those of loads. Errors: ConfigError. */
export function tablePlan(table: string, loads: LoadFilter | null): RelationPlan {
  return { table: requireShape('The name of the table', table, aName), loads, steps: [] };
}

function requireColumns(columns: readonly string[]): readonly string[] {
  if (columns.length === 0)
    throw new ConfigError('select() takes names of columns; found none. Leave it out for all.');
  for (const column of columns) requireShape('Each column of select()', column, aName);
  const twice = columns.find((column, i) => columns.indexOf(column) < i);
  if (twice !== undefined)
    throw new ConfigError(`select() names column \`${twice}\` twice. Name each column once.`);
  return columns;
}

function joinedPlan(other: string | object): RelationPlan {
  if (typeof other === 'string') return tablePlan(other, null);
  const plan = plans.get(Object(other) as object);
  if (plan === undefined)
    throw new ConfigError('join() takes the name of a table, or a relation that table() made.');
  return plan;
}

async function* streamed<Row>(
  run: <T>(work: (from: SqlReader, query: RelationQuery) => Promise<T>) => Promise<T>,
): AsyncGenerator<Row, void, undefined> {
  const cursor = await run((from, { sql, parameters }) => from.open(sql, parameters));
  try {
    const rowOf = rowMaker<Row>(cursor.columns.map(({ name }) => name));
    for (let block; (block = await cursor.values()) !== null;)
      for (let row = 0; row < block.rows; row += 1) yield rowOf(block.columns, row);
  } finally {
    await cursor.close();
  }
}

/** Makes objects with these keys, in their order. */
function rowMaker<Row>(
  names: readonly string[],
): (columns: ValueBlock['columns'], row: number) => Row {
  // An assignment to it would set the prototype.
  if (names.includes('__proto__'))
    return (columns, row) =>
      Object.fromEntries(names.map((name, i) => [name, columns[i]?.[row]])) as Row;
  return (columns, row) => {
    const made: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i += 1) made[names[i] as string] = columns[i]?.[row];
    return made as Row;
  };
}
