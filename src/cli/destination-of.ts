import type { DuckdbDestination } from '../destination/duckdb/engine-destination.js';
import { destinationFrom } from '../destinations/destination-from.js';
import { duckdbKind } from '../destinations/duckdb-kind.js';
import { ConfigError } from '../errors.js';

/**
 * Returns the destination that `sluice run` loads into: the file of `--db`, what `--destination`
 * says, or the file that is named after the pipeline.
 *
 * Errors: ConfigError where both are given, and as `destinationFrom`.
 */
export function destinationOf(
  db: string | null,
  destination: string | null,
  pipeline: string,
): DuckdbDestination {
  if (db === null) return destinationFrom(destination ?? 'duckdb', { pipeline });
  if (destination !== null && destination !== 'duckdb')
    throw new ConfigError(
      '--db is the path of a DuckDB file, and --destination says where to load too. Leave one out.',
    );
  return duckdbKind.make(db, {});
}
