import { setTimeout } from 'node:timers/promises';
import { isLocked } from './opening-problem.js';

/** Milliseconds between two attempts. */
const PAUSE = 100;

/**
 * Opens a file, again and again as long as another process has it open.
 *
 * @param longest milliseconds that it goes on
 *
 * Errors: those of `open`, that of a locked file after the time; the signal's reason when that
 * aborts.
 */
export async function whenUnlocked<T>(
  open: () => Promise<T>,
  longest: number,
  signal?: AbortSignal,
): Promise<T> {
  const until = performance.now() + longest;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const left = until - performance.now();
      if (!isLocked(error) || left <= 0) throw error;
      await setTimeout(Math.min(PAUSE, left), undefined, signal && { signal }).catch(() => {
        signal?.throwIfAborted();
      });
    }
  }
}
