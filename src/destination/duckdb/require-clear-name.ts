import { ConfigError } from '../../errors.js';
import type { DatasetScope } from './target.js';

const RESERVED = /^(information_schema|pg_catalog)$/i;

/**
 * A dataset and a database of one name make `name.table` ambiguous for everybody who queries it.
 * One that is there already is loaded: our own statements name the database as well. Schemas of
 * DuckDB's own take no tables.
 */
export function requireClearName({ dataset, isThere, isAmbiguous }: DatasetScope): void {
  if (RESERVED.test(dataset))
    throw new ConfigError(
      `Dataset ${dataset} would have the name of a schema of DuckDB's own, which holds no tables. Give \`dataset\` another name, for example ${dataset}_data.`,
    );
  if (!isThere && isAmbiguous)
    throw new ConfigError(
      `Dataset ${dataset} would have the name of a database that is open in DuckDB (a file's name without its ending, or memory, temp, system), and DuckDB finds every ${dataset}.<table> ambiguous. Give \`dataset\` another name, for example ${dataset}_data, or the file.`,
    );
}
