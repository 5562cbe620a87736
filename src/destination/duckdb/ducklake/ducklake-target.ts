import { ownTarget } from '../own-target.js';
import type { Target } from '../target.js';
import { ducklakeDialect } from './dialect.js';

const OWN = ownTarget(false);

/** An appender writes its rows by itself when they are 204,800. */
const HELD_BYTES = 64 * 1024 * 1024;

/**
 * The tables of a DuckLake that connections of DuckDB use.
 *
 * @param path the file of its catalog; null where that is none
 */
export function ducklakeTarget(path: string | null): Target {
  return {
    ...OWN,
    heldBytes: HELD_BYTES,
    async scopeOf(connection, dataset) {
      return { ...(await OWN.scopeOf(connection, dataset)), dialect: ducklakeDialect, path };
    },
  };
}
