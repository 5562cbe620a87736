/**
 * Stops one piece of work. An `AbortController` takes as long to make as all else here, so it is
 * made only for those who need a signal.
 */
export interface Stopper {
  /** Stops the work and calls those that wait for it; further calls do nothing. */
  stop(reason: unknown): void;
  /** Why the work was stopped; undefined while it is not. */
  readonly reason: unknown;
  /** Throws the reason where the work was stopped. */
  throwIfStopped(): void;
  /**
   * Calls `call` when the work is stopped, in a microtask if it is stopped already. Returns a
   * function that removes `call`.
   */
  onStop(call: () => void): () => void;
  /** A signal that aborts when the work is stopped; the same one for all. */
  signal(): AbortSignal;
}

export function stopper(): Stopper {
  const calls = new Set<() => void>();
  let stopped: { reason: unknown } | null = null;
  let controller: AbortController | null = null;
  return {
    stop(reason) {
      if (stopped !== null) return;
      stopped = { reason };
      controller?.abort(reason);
      for (const call of calls) call();
    },
    get reason() {
      return stopped?.reason;
    },
    throwIfStopped() {
      if (stopped !== null) throw stopped.reason;
    },
    onStop(call) {
      if (stopped === null) calls.add(call);
      else queueMicrotask(call);
      return () => void calls.delete(call);
    },
    signal() {
      if (controller === null) {
        controller = new AbortController();
        if (stopped !== null) controller.abort(stopped.reason);
      }
      return controller.signal;
    },
  };
}
