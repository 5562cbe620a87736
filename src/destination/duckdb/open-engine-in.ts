import type { AttachedDatabase } from './attached-database.js';
import type { Engine } from './engine.js';
import { loaderFile, openInThread } from './thread/thread-engine.js';

/**
 * Opens a database in a loader thread, or in the caller's own: then DuckDB is imported there, and
 * not before.
 */
export async function openEngineIn(
  thread: boolean,
  database: string | AttachedDatabase,
): Promise<Engine> {
  if (thread && loaderFile() !== null) return openInThread(database);
  const { openEngine } = await import('./engine.js');
  return openEngine(database);
}
