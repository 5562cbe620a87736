import { basename } from 'node:path';
import { engineDestination } from '#src/destination/duckdb/engine-destination.js';
import type { MotherduckDatabase } from '#src/destination/duckdb/motherduck/motherduck-database.js';
import { openEngineIn } from '#src/destination/duckdb/open-engine-in.js';
import { openOnce } from '#src/destination/duckdb/open-once.js';
import type { DuckdbDestination } from 'sluice';

/**
 * What motherduck() makes, with a file of DuckDB in place of the service: it is attached, and loads
 * have the dialect, the fence and the session that they have on MotherDuck.
 */
export function standIn(path: string, about: Partial<MotherduckDatabase> = {}): DuckdbDestination {
  const database: MotherduckDatabase = {
    engine: 'motherduck',
    address: path,
    name: basename(path, '.duckdb'),
    token: null,
    extension: null,
    extensions: null,
    ...about,
  };
  return engineDestination({
    name: 'motherduck',
    location: `motherduck:${database.name}`,
    ...openOnce(() => openEngineIn(true, database)),
  });
}
