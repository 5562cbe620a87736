import { statSync } from 'node:fs';
import { LoadError } from '../../errors.js';

/** Watches that nothing but DuckDB makes the file of a database smaller while it is open. */
export interface SizeWatch {
  /** Errors: LoadError where the file is smaller than it was, once. */
  require(): void;
  /** Takes the size that the file has by now; call it after rows were written. */
  note(): void;
  /** Does what may checkpoint, which is when DuckDB itself makes a file smaller. */
  checkpointing<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Watches a file by its size. Where another program cuts it, DuckDB writes on behind the gap
 * without an error, and the rows in the gap are missed only when somebody reads them.
 */
export function watchSize(path: string): SizeWatch {
  let [known, checkpoints] = [sizeOf(path), 0];
  return {
    note() {
      // A file that was cut meanwhile stays so until it is found.
      if (checkpoints === 0 && !(sizeOf(path) < known)) known = sizeOf(path);
    },
    require() {
      if (checkpoints > 0) return;
      const before = known;
      known = sizeOf(path);
      if (known < before)
        throw new LoadError(
          `The database ${path} was cut from ${before} to ${known} bytes while it was open, by something else than DuckDB, so rows in it are lost. Put a copy of it in its place, or delete it (and the .wal file beside it) and load all of it anew.`,
        );
    },
    async checkpointing(work) {
      checkpoints += 1;
      try {
        return await work();
      } finally {
        checkpoints -= 1;
        if (checkpoints === 0) known = sizeOf(path);
      }
    },
  };
}

/** Watches nothing: others write the file too, or there is none. */
export const NO_SIZE: SizeWatch = {
  require: () => undefined,
  note: () => undefined,
  checkpointing: (work) => work(),
};

/** A file that is gone has no size to compare: `watchFile` finds that it is gone. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY;
}
