import { fenceDataset } from '../fence-dataset.js';
import { lockDataset } from '../postgres/lock-dataset.js';
import type { Connections, Hold, Target } from '../target.js';

/** Where a dataset is held. */
export interface HoldTargets {
  lake: Target;
  /** The Postgres database of the catalog. */
  catalog: Target;
  /** The schema of the catalog's tables. */
  metadataSchema: string | null;
}

/**
 * Holds a dataset of a DuckLake. A lock in the catalog's database keeps other loads out as long as
 * this process is connected to it. Whoever has lost the lock without knowing commits nothing any
 * more, for the next load is in the fence's row then.
 *
 * Errors: LoadError naming who loads the dataset.
 */
export async function holdDataset(
  connections: Connections,
  { lake, catalog, metadataSchema }: HoldTargets,
  dataset: string,
  pipeline: string,
): Promise<Hold> {
  const name = `ducklake ${metadataSchema ?? ''} ${dataset}`;
  const lock = await lockDataset(connections, catalog, { name, dataset, pipeline });
  try {
    const { commit } = await fenceDataset(connections, lake, dataset, pipeline);
    return { commit, free: () => lock.free() };
  } catch (error) {
    await lock.free();
    throw error;
  }
}
