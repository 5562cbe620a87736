import { Roster } from './roster.js';

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
  return new OwnStopper();
}

/** A class, since each object literal with a getter has a map of its own in the old generation. */
class OwnStopper implements Stopper {
  readonly #calls = new Roster<() => void>();
  #stopped: { reason: unknown } | null = null;
  #controller: AbortController | null = null;

  stop(reason: unknown): void {
    if (this.#stopped !== null) return;
    this.#stopped = { reason };
    this.#controller?.abort(reason);
    for (const { value: call } of this.#calls.places()) call?.();
  }

  get reason(): unknown {
    return this.#stopped?.reason;
  }

  throwIfStopped(): void {
    if (this.#stopped !== null) throw this.#stopped.reason;
  }

  onStop(call: () => void): () => void {
    if (this.#stopped === null) {
      const place = this.#calls.add(call);
      return () => this.#calls.remove(place);
    }
    queueMicrotask(call);
    return () => undefined;
  }

  signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#stopped !== null) this.#controller.abort(this.#stopped.reason);
    }
    return this.#controller.signal;
  }
}
