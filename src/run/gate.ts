import { requireKind } from '../../operators/settings/given-options.js';
import { onAbort } from '../signals/on-abort.js';

/**
 * A latch by level between who makes and who takes: while more than `limit` units are posted and
 * not yet acknowledged, nobody makes more. Between reading and writing, units are bytes posted to
 * the loader, so a page that a user filters away can neither leak nor block anything; between
 * parents and children, they are rows that wait.
 */
export class Gate {
  readonly #limit: number;
  #posted = 0;
  #waiting: (() => void)[] = [];

  /**
   * @param limit units under way above which the gate is shut. @default 8 MiB of bytes: one batch
   * is written while the next is gathered
   */
  constructor(limit: number = 8 * 1024 * 1024) {
    this.#limit = requireKind('The limit of a Gate', limit, 'count');
  }

  /** Units posted and not yet acknowledged. */
  get posted(): number {
    return this.#posted;
  }

  /** Units are under way: bytes to the loader, say. */
  post(units: number): void {
    this.#posted += units;
  }

  /** Units posted before were taken in (or will never be, because the run ended). */
  acknowledge(units: number): void {
    this.#posted -= units;
    if (this.#posted > this.#limit) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /**
   * Resolves at once while the gate is open, else when it opens; rejects with the signal's reason
   * when that aborts first.
   */
  async opened(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#posted > this.#limit) {
      await new Promise<void>((resolve, reject) => {
        const resume = (): void => {
          off?.();
          resolve();
        };
        this.#waiting.push(resume);
        const off =
          signal &&
          onAbort(signal, () => {
            this.#waiting = this.#waiting.filter((other) => other !== resume);
            reject(signal.reason as Error);
          });
      });
    }
  }
}

const PROCESS_GATE = Symbol.for('sluice.gate');

/**
 * The gate that streams composed by hand share when none is passed to both ends. It is on
 * globalThis, where operators find it that count what waits for them.
 */
export function processGate(): Gate {
  const places = globalThis as Record<symbol, unknown>;
  places[PROCESS_GATE] ??= new Gate();
  return places[PROCESS_GATE] as Gate;
}
