import { existsSync } from 'node:fs';
import { normalizeIdentifier } from '../../operators/schema/naming.js';
import type { SqlReader } from '../dataset/relation.js';
import { ConfigError } from '../errors.js';
import { destinationOf } from './destination-of.js';

/**
 * Reads a dataset of a database file and closes the file again. Without a name it is the only one
 * that the database has: a schema with a table of loads.
 *
 * Errors: ConfigError for a file that does not exist, and where the dataset must be named;
 * LoadError where the file cannot be read.
 */
export async function withDataset<T>(
  database: string,
  name: string | null,
  work: (reader: SqlReader) => Promise<T>,
): Promise<T> {
  // Opening it would make it.
  if (!existsSync(database))
    throw new ConfigError(`There is no database file ${database}. Check the path.`);
  const destination = destinationOf(database);
  try {
    const rows = await destination.query<{ name: string }>(
      `SELECT DISTINCT table_schema AS name FROM information_schema.tables
        WHERE table_catalog = current_database() AND ($1::VARCHAR IS NULL AND table_name = '_dlt_loads'
          OR lower(table_schema) IN (lower($1), lower($2))) ORDER BY name`,
      [name === null ? null : normalizeIdentifier(name), name],
    );
    // The name as it stands, which naming `direct` keeps, comes before the normalized one.
    const exact = rows.filter((row) => row.name.toLowerCase() === name?.toLowerCase());
    const [found, ...others] = (exact.length > 0 ? exact : rows).map((row) => row.name);
    if (found === undefined)
      throw new ConfigError(
        name === null
          ? `${database} holds no dataset: no schema has a table _dlt_loads. Name the schema with --dataset.`
          : `${database} has no tables in dataset ${normalizeIdentifier(name)}. Check --dataset.`,
      );
    if (others.length > 0)
      throw new ConfigError(
        `${database} holds several datasets: ${[found, ...others].join(', ')}. Choose one with --dataset.`,
      );
    return await work(destination.dataset(found) as SqlReader);
  } finally {
    await destination.close();
  }
}
