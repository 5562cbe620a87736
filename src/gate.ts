/**
 * A latch by level between what is read and what is written: while more than `limit` bytes are posted to the loader and
 * not yet acknowledged, no new request starts. It counts nothing but those bytes, so a page that a user filters away can
 * neither leak nor block anything.
 */
export class Gate {
  readonly #limit: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  /** @param limit bytes under way above which the gate is shut. @default 16 MiB: one batch is written while the next is gathered */
  constructor(limit: number = 16 * 1024 * 1024) {
    this.#limit = limit;
  }

  /** Bytes posted and not yet acknowledged. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes were posted to the loader. */
  post(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The loader has taken in bytes posted before (or will never, because the run ended). */
  acknowledge(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes > this.#limit) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /** Resolves at once while the gate is open, else when it opens; rejects with the signal's reason when that aborts first. */
  async opened(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#bytes > this.#limit) {
      await new Promise<void>((resolve, reject) => {
        const resume = (): void => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        const abort = (): void => {
          this.#waiting = this.#waiting.filter((other) => other !== resume);
          reject(signal?.reason as Error);
        };
        this.#waiting.push(resume);
        signal?.addEventListener('abort', abort, { once: true });
      });
    }
  }
}

let shared: Gate | undefined;

/** The gate that streams composed by hand share when none is passed to both ends. */
export function processGate(): Gate {
  shared ??= new Gate();
  return shared;
}
