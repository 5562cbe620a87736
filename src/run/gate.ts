import { requireShape } from '../../operators/settings/require-shape.js';
import { count } from '../../operators/settings/shape.js';
import { onAbort } from '../signals/on-abort.js';

/**
 * Limits what is in flight between a producer and a consumer: the producer waits while more than
 * `limit` units are added and not yet released. Between reading and loading, units are bytes on
 * their way to the loader, so a page that a user filters out neither leaks nor blocks anything;
 * between parents and children, they are rows that wait.
 */
export class Gate {
  readonly #limit: number;
  #inFlight = 0;
  #ahead = 0;
  #waiting: (() => void)[] = [];

  /**
   * @param limit units in flight above which producers wait. @default 16 MiB of bytes: two batches
   * wait while DuckDB compresses one, and the next is gathered
   */
  constructor(limit: number = 16 * 1024 * 1024) {
    this.#limit = requireShape('The limit of a Gate', limit, count);
  }

  /** Units added and not yet released. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Adds units that are in flight now: bytes to the loader, for example. */
  add(units: number): void {
    this.#inFlight += units;
  }

  /** Removes units that arrived, or never will because the run ended. */
  release(units: number): void {
    this.#inFlight -= units;
    if (this.#inFlight > this.#limit) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /**
   * Adds units that are fetched before their turn if there is room for them beside what is in
   * flight; else returns false. They hold up nobody but others that are ahead: what waits for its
   * turn could otherwise wait for itself.
   */
  reserve(units: number): boolean {
    const ahead = this.#ahead + units;
    if (this.#inFlight + ahead > this.#limit) return false;
    this.#ahead += units;
    return true;
  }

  /** Changes what is reserved: a page ahead came, and is larger than expected, or has its turn. */
  adjust(units: number): void {
    this.#ahead += units;
  }

  /**
   * Resolves at once while no more than `limit` units are in flight, else as soon as that is so;
   * rejects with the signal's reason when that aborts first.
   */
  async whenOpen(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#inFlight > this.#limit) {
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
 * Returns the gate that streams composed by hand share when none is passed to both ends. It is on
 * globalThis, where operators find it that count what waits for them.
 */
export function processGate(): Gate {
  const places = globalThis as Record<symbol, unknown>;
  places[PROCESS_GATE] ??= new Gate();
  return places[PROCESS_GATE] as Gate;
}
