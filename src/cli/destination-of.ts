import { duckdb } from '../destination/duckdb/duckdb.js';
import type { DuckdbDestination } from '../destination/duckdb/engine-destination.js';

/** Returns the destination that the command line loads into: the database of `--db`. */
export function destinationOf(database: string): DuckdbDestination {
  return duckdb(database);
}
