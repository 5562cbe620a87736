import { isSameType } from '../../../operators/schema/column-type.js';
import type { ColumnSchema, TableSchema } from '../../../operators/types.js';
import { LoadError } from '../../errors.js';
import { isFilled, type RealColumn, type Relations, takesOf } from './catalog.js';
import { isWider } from './ddl.js';
import type { Dialect } from './dialect.js';
import { isSame, type Names } from './names.js';
import type { Scope } from './sql.js';

const ELSEWHERE = 'Load into another dataset or give the resource another tableName.';
const IDS = /^_dlt_(id|parent_id|root_id|load_id)$/;

/**
 * Errors: LoadError where rows cannot be loaded into a table of this name: there is a view, or a
 * table of other letters that the database takes for the same.
 */
export function requireTable(
  { dataset, dialect }: Scope,
  table: string,
  relations: Relations,
): void {
  const found = relations.get(dialect.fold(table));
  if (found?.kind === 'view')
    throw new LoadError(
      `${dataset}.${found.name} is a view in the database, and rows for table ${table} cannot be loaded into a view. ${ELSEWHERE}`,
    );
  if (found !== undefined && found.name !== table)
    throw new LoadError(
      `Table ${dataset}.${found.name} is in the database, and table ${table} differs from its name by case alone, which the database takes for the same. Rename it there, load into another dataset or give the resource another tableName.`,
    );
}

/**
 * Errors: LoadError where a table of the database is no pipeline's, or has a column that does not
 * take the rows' values: one takes its own type, and a wider one that the database casts to.
 * `isFixed`: its columns cannot be widened.
 */
export function requireFit(
  { dataset, dialect }: Scope,
  { name, columns }: { name: string; columns: readonly ColumnSchema[] },
  real: readonly RealColumn[],
  isFixed: boolean,
): void {
  const { fold, types } = dialect;
  if (
    real.length > 0 &&
    columns.some((column) => column.name === '_dlt_id') &&
    !real.some((column) => column.name === '_dlt_id')
  )
    throw new LoadError(
      `Table ${dataset}.${name} exists but has no column _dlt_id, so no pipeline made it. ${ELSEWHERE}`,
    );
  for (const own of real)
    if (
      IDS.test(own.name) &&
      (isFilled(own) ||
        dialect.columnTypeOf(own.sqlType).dataType !== 'text' ||
        dialect.domainOf(own.sqlType) !== undefined)
    )
      throw new LoadError(
        `Column ${dataset}.${name}.${own.name} is ${own.sqlType} in the database${isFilled(own) ? ', which fills it by itself' : ''}, and ids are ${types.text} that come with the rows, so no pipeline made the table. ${ELSEWHERE}`,
      );
  const byName = new Map(real.map((column) => [fold(column.name), column]));
  for (const own of columns) {
    const has = byName.get(fold(own.name));
    if (has === undefined || isHeldBy(dialect, has, own, isFixed)) continue;
    throw new LoadError(
      `Column ${dataset}.${name}.${own.name} is ${has.sqlType} in the database and the rows have ${dialect.sqlTypeOf(own)}. Start evolve from the dataset's schema (pipeline() does), or declare the column's dataType as it is in the database.`,
    );
  }
}

/** Returns whether a column of the database holds the values of one of ours, or is widened to. */
function isHeldBy(dialect: Dialect, has: RealColumn, own: ColumnSchema, isFixed: boolean): boolean {
  const { domain, ...takes } = takesOf(dialect, has);
  // What was not fitted to a column's domain a database would round, but for integers: those it
  // takes or refuses.
  if (domain !== undefined && domain.kind !== own.domain?.kind)
    return domain.kind === 'integer' && own.dataType === 'bigint';
  if ((!isFixed && isWider(dialect, has, own)) || isSameType(takes, own)) return true;
  if (takes.dataType === 'text') return true;
  if (own.dataType === 'bigint') return takes.dataType === 'double' || takes.dataType === 'bigint';
  return (
    own.dataType === 'timestamp' && takes.dataType === 'timestamp' && takes.precision === undefined
  );
}

/**
 * What has a name in the database keeps it: rows of another key, or another list, are not for it.
 */
export function requireOwnKeys(
  { name, parent, path, columns }: TableSchema,
  real: readonly RealColumn[],
  names: Names,
  dataset: string,
): void {
  const refusal = (what: string, owner: readonly string[], found: readonly string[]): LoadError =>
    new LoadError(
      `${what} holds values of \`${owner.join('.')}\` in the database and the rows bring those of \`${found.join('.')}\`. Start evolve from the dataset's schema (pipeline() does).`,
    );
  const list = names.list(name);
  if (
    real.length > 0 &&
    list !== undefined &&
    path !== undefined &&
    !(list.parent === parent && isSame(list.path, path))
  )
    throw refusal(
      `Table ${dataset}.${name}`,
      [list.parent, ...list.path],
      [String(parent), ...path],
    );
  for (const { name: column, path: found } of columns) {
    const owner = names.column(name, column);
    if (
      found !== undefined &&
      owner !== undefined &&
      !isSame(owner, found) &&
      real.some((has) => has.name === column)
    )
      throw refusal(`Column ${dataset}.${name}.${column}`, owner, found);
  }
}
