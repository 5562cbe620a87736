import { existsSync } from 'node:fs';
import { normalizeIdentifier } from '../../operators/schema/naming.js';
import type { SqlReader } from '../dataset/relation.js';
import { destinationFrom } from '../destinations/destination-from.js';
import { ConfigError } from '../errors.js';
import { loadDotEnv } from './load-dot-env.js';

/**
 * Reads a dataset of a destination and closes that again. Without a name it is the only one that
 * the database has: a schema with a table of loads. `from` names the database in messages.
 *
 * Errors: ConfigError as `destinationFrom`, for a file that does not exist, and where the dataset
 * must be named; LoadError where the database cannot be read.
 */
export async function withDataset<T>(
  from: string,
  name: string | null,
  work: (reader: SqlReader, from: string) => Promise<T>,
): Promise<T> {
  loadDotEnv();
  const destination = destinationFrom(from);
  const [, file] = /^duckdb:(.*)$/s.exec(destination.location) ?? [];
  // Opening it would make it.
  if (file !== undefined && !existsSync(file))
    throw new ConfigError(`There is no database file ${file}. Check the path.`);
  // What was given may hold a password.
  const database = file ?? destination.location;
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
    return await work(destination.dataset(found) as SqlReader, database);
  } finally {
    await destination.close();
  }
}
