import { onAbort } from '../../signals/on-abort.js';

/**
 * Lets at most `limit` works run at once; the others wait in the order they came. One that still
 * waits when its signal aborts is left out, and rejects with the signal's reason.
 *
 * DuckDB's asynchronous calls each hold a thread of libuv's pool (four for the whole process),
 * which DNS and gunzip need too.
 */
export function concurrencyLimit(
  limit: number,
): <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  const place = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = (): void => {
        off();
        resolve();
      };
      const off =
        signal === undefined
          ? () => undefined
          : onAbort(signal, () => {
              waiting.splice(waiting.indexOf(begin), 1);
              reject(signal.reason as Error);
            });
      waiting.push(begin);
    });
  return async (work, signal) => {
    signal?.throwIfAborted();
    if (running < limit) running += 1;
    else await place(signal);
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
