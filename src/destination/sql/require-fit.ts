import type { ColumnSchema, TableSchema } from '../../../operators/types.js';
import { LoadError } from '../../errors.js';
import type { RealColumn } from './catalog.js';
import { isSame, type Names } from './names.js';
import type { Scope } from './sql.js';

/**
 * Errors: LoadError where a table of the database is no pipeline's, or has a column that does not
 * take the rows' values: one takes its own type, and a wider one that the database casts to.
 */
export function requireFit(
  { dataset, dialect }: Scope,
  { name, columns }: { name: string; columns: readonly ColumnSchema[] },
  real: readonly RealColumn[],
): void {
  const { fold, types } = dialect;
  if (
    real.length > 0 &&
    columns.some((column) => column.name === '_dlt_id') &&
    !real.some((column) => column.name === '_dlt_id')
  )
    throw new LoadError(
      `Table ${dataset}.${name} exists but has no column _dlt_id, so it is not one of a pipeline. Load into another dataset or give the resource another tableName.`,
    );
  const byName = new Map(real.map((column) => [fold(column.name), column]));
  for (const { name: column, dataType, domain } of columns) {
    const has = byName.get(fold(column));
    if (has === undefined) continue;
    const takes = dialect.dataTypeOf(has.sqlType);
    const own = dialect.domainOf(has.sqlType);
    // What was not fitted to a column's domain a database would round, but for integers: those it
    // takes or refuses.
    const isFitted =
      own?.kind === domain?.kind || (own?.kind === 'integer' && dataType === 'bigint');
    const fits =
      isFitted &&
      (takes === dataType ||
        takes === 'text' ||
        (dataType === 'bigint' && takes === 'double') ||
        (dataType === 'double' && has.sqlType === types.bigint));
    if (!fits)
      throw new LoadError(
        `Column ${dataset}.${name}.${column} is ${has.sqlType} in the database and the rows have ${types[dataType]}. Start evolve from the dataset's schema (pipeline() does), or declare the column's dataType as it is in the database.`,
      );
  }
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
