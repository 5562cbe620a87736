/** The functions that wait for a signal, and the one listener that calls them. */
interface Waiters {
  stops: Set<() => void>;
  ring: () => void;
}

const waiters = new WeakMap<AbortSignal, Waiters>();

/**
 * Calls `stop` when the signal aborts, in a microtask if it has aborted already. Returns a function
 * that removes `stop`.
 *
 * One signal has one listener, however many functions wait for it: Node warns of a leak from the
 * eleventh on.
 */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  if (signal.aborted) {
    queueMicrotask(stop);
    return () => undefined;
  }
  const { stops, ring } = waiters.get(signal) ?? listening(signal);
  stops.add(stop);
  return () => {
    stops.delete(stop);
    if (stops.size > 0) return;
    signal.removeEventListener('abort', ring);
    waiters.delete(signal);
  };
}

function listening(signal: AbortSignal): Waiters {
  const stops = new Set<() => void>();
  const ring = (): void => {
    for (const stop of stops) stop();
  };
  signal.addEventListener('abort', ring, { once: true });
  waiters.set(signal, { stops, ring });
  return { stops, ring };
}
