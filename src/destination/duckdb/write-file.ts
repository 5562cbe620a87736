import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import { identifier } from '../sql/identifier.js';
import { boundParameters } from './bound-parameters.js';
import { literal } from './literal.js';
import type { QuerySpec } from './read/open-cursor.js';
import { useDataset } from './read/use-dataset.js';

/** Where the rows of a query are written to. */
export interface FileSpec extends QuerySpec {
  path: string;
  format: 'parquet' | 'csv';
}

/**
 * Writes the rows of a query to a file; gives their number. Parquet knows no integers beyond 64
 * bits, and DuckDB would write doubles for them: they are written as DECIMAL(38, 0), and unsigned
 * ones as text.
 *
 * Errors: LoadError for what DuckDB refuses, and where the file cannot be written.
 */
export async function writeFile(
  connection: DuckDBConnection,
  { sql, parameters, dataset, path, format }: FileSpec,
): Promise<number> {
  if (dataset !== null) await useDataset(connection, dataset);
  const { values, types } = boundParameters(parameters);
  const run = (text: string): ReturnType<DuckDBConnection['run']> =>
    connection.run(text, values, types as DuckDBType[]);
  const options = format === 'csv' ? 'FORMAT csv, HEADER true' : 'FORMAT parquet';
  try {
    let rows = sql;
    if (format === 'parquet') {
      const result = await run(`SELECT * FROM (${sql}\n) LIMIT 0`);
      const replaced = exactColumns(result.columnNames(), result.columnTypes());
      if (replaced.length > 0) rows = `SELECT * REPLACE (${replaced.join(', ')}) FROM (${sql}\n)`;
    }
    return (await run(`COPY (${rows}\n) TO ${literal(path)} (${options})`)).rowsChanged;
  } catch (error) {
    throw new LoadError(`${path} was not written: ${(error as Error).message}`, { cause: error });
  }
}

function exactColumns(names: readonly string[], types: readonly DuckDBType[]): string[] {
  return types.flatMap(({ typeId }, i) => {
    const type = EXACT[typeId];
    const column = identifier(names[i] as string);
    return type === undefined ? [] : [`CAST(${column} AS ${type}) AS ${column}`];
  });
}

const EXACT: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.HUGEINT]: 'DECIMAL(38, 0)',
  [DuckDBTypeId.UHUGEINT]: 'VARCHAR',
};
