import { statSync } from 'node:fs';
import { LoadError } from '../../errors.js';
import { openToWrite } from './open-to-write.js';
import { openTwice } from './opening-problem.js';
import type { SizeWatch } from './watch-size.js';

/** Milliseconds between two looks at all files that are open: there may be thousands. */
const LOOK_MS = 1_000;

/**
 * Remembers the file of a database, and returns a check that it is still there: a file that is
 * deleted or replaced while it is open takes further rows without an error, and is gone when it is
 * closed. It also finds a file that was cut, or that this process has opened once more meanwhile.
 * For a database without a file the check does nothing.
 *
 * The check throws LoadError naming the file.
 */
export function watchFile(path: string | null, size: SizeWatch): () => void {
  if (path === null) return () => undefined;
  const opened = inodeOf(path);
  let next = 0;
  return () => {
    if (opened === inodeOf(path)) {
      size.require();
      if (performance.now() < next) return;
      next = performance.now() + LOOK_MS;
      if (openToWrite(path) > 1) throw openTwice(path);
      return;
    }
    throw new LoadError(
      `The database ${path} was deleted or replaced while it was open, so what is written to it is lost. Run again.`,
    );
  };
}

/** Null where there is no file. */
function inodeOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
