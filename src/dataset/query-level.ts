import { didYouMean } from '../../operators/settings/nearest.js';
import { identifier } from '../destination/sql/identifier.js';
import { ConfigError } from '../errors.js';

/** A column that a level has: its name in the rows, and the expression for it. */
export interface Output {
  name: string;
  sql: string;
}

/** A column that rows are sorted by, by its name in the rows. */
export interface Order {
  column: string;
  direction: 'asc' | 'desc';
}

/**
 * One SELECT. A step that cannot stand beside those before it (a condition behind a limit, say)
 * begins another one around it, which sees columns by their names in the rows.
 */
export interface QueryLevel {
  from: string;
  outputs: readonly Output[];
  /** How columns of the tables in it are written. */
  tables: ReadonlyMap<string, (column: string) => string>;
  /** What the names of a table's columns begin with in the rows; tables without are not in them. */
  prefixes: ReadonlyMap<string, string>;
  hasJoin: boolean;
  where: readonly string[];
  order: readonly Order[];
  /** The order of what is within, which holds unless there is another. */
  carried: readonly Order[];
  limit: string | null;
}

/** The expression for a column of the rows. Errors: ConfigError where there is none. */
export function columnOf({ outputs }: QueryLevel, column: string): string {
  const found = outputs.find(({ name }) => name === column);
  if (found !== undefined) return found.sql;
  const names = outputs.map(({ name }) => name);
  throw new ConfigError(
    `There is no column \`${column}\`.${didYouMean(column, names)} Columns: ${names.join(', ')}.`,
  );
}

/** The level as a table of another one, under the name of the relation's first table. */
export function wrapped(level: QueryLevel, alias: string): QueryLevel {
  const names = level.outputs.map(({ name }) => name);
  return {
    from: `(\n${printed(level, names)}\n) AS ${identifier(alias)}`,
    outputs: names.map((name) => ({ name, sql: identifier(name) })),
    tables: new Map(
      [...level.prefixes].map(([table, prefix]) => [
        table,
        (column) => identifier(alias, `${prefix}${column}`),
      ]),
    ),
    prefixes: level.prefixes,
    hasJoin: false,
    where: [],
    order: [],
    carried: level.order.length > 0 ? level.order : level.carried,
    limit: null,
  };
}

/** The SELECT of a level with these columns of the rows. */
export function printed(level: QueryLevel, names: readonly string[]): string {
  const { from, outputs, hasJoin, where, limit } = level;
  const order = level.order.length > 0 ? level.order : level.carried;
  const isWhole =
    !hasJoin &&
    names.length === outputs.length &&
    names.every((name, i) => name === outputs[i]?.name);
  const columns = names.map((name) => {
    const sql = columnOf(level, name);
    return sql === identifier(name) ? sql : `${sql} AS ${identifier(name)}`;
  });
  const by = order.map(
    ({ column, direction }) => `${columnOf(level, column)} ${direction.toUpperCase()}`,
  );
  return [
    `SELECT ${isWhole ? '*' : columns.join(', ')}`,
    `FROM ${from}`,
    ...(where.length > 0 ? [`WHERE ${where.join(' AND ')}`] : []),
    ...(by.length > 0 ? [`ORDER BY ${by.join(', ')}`] : []),
    ...(limit === null ? [] : [limit]),
  ].join('\n');
}
