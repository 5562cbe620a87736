/**
 * How often memory is handed back while a load works, in milliseconds: often enough that little
 * gathers, rare enough to cost no time that can be measured.
 */
const TRIM_MS = 25;

/** Has memory handed back to the system while and after something works. */
export interface Trimmer {
  /** Trims on a clock until `work` is done, and once more after. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when no trim runs and none will begin. */
  stop(): Promise<void>;
}

/**
 * Calls `trim` every 25 ms while work is under way and once when it has ended; never twice at once,
 * never while idle. Its errors count for nothing: memory is handed back later, or not at all.
 */
export function trimmer(trim: () => Promise<void>): Trimmer {
  let working = 0;
  let workedSince = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let trimming: Promise<void> = Promise.resolve();

  function schedule(): void {
    if (!stopped) timer ??= setTimeout(tick, TRIM_MS).unref();
  }
  function tick(): void {
    workedSince = working > 0;
    trimming = trim()
      .catch(() => undefined)
      .then(() => {
        timer = undefined;
        if (workedSince) schedule();
      });
  }
  return {
    async during(work) {
      working += 1;
      workedSince = true;
      schedule();
      try {
        return await work();
      } finally {
        working -= 1;
      }
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await trimming;
    },
  };
}
