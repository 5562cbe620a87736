/** Works that run beside their caller. */
export interface WorkPool<T> {
  /** Begins a work, as soon as fewer than the limit run. */
  begin(work: () => Promise<T>): Promise<void>;
  /** What all works gave, in the order of their beginnings. Rejects once all have ended. */
  end(): Promise<T[]>;
}

/** Runs at most `limit` works at once. */
export function workPool<T>(limit: number): WorkPool<T> {
  const all: Promise<T>[] = [];
  const running = new Set<Promise<unknown>>();
  return {
    async begin(work) {
      while (running.size >= limit) await Promise.race(running);
      const given = work();
      all.push(given);
      const ended: Promise<unknown> = Promise.allSettled([given]).then(() => running.delete(ended));
      running.add(ended);
    },
    async end() {
      await Promise.allSettled(all);
      return Promise.all(all);
    },
  };
}
