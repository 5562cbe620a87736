import { Roster } from './roster.js';

/** The functions that wait for a signal, and what removes the listener that calls them. */
interface Waiters {
  stops: Roster<() => void>;
  /** Null for a signal of ours, which has no listener. */
  off: (() => void) | null;
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
  const { stops, off } = waiters.get(signal) ?? listening(signal);
  const place = stops.add(stop);
  return () => {
    stops.remove(place);
    if (stops.size === 0) off?.();
  };
}

/**
 * A function that aborts a signal of ours and calls those that wait for it by `onAbort`; further
 * calls do nothing. To be called before anyone waits. Such a signal has no listener for them, which
 * would cost more than all else about a signal where each of many lists has one.
 */
export function aborter(own: AbortController): (reason: unknown) => void {
  const stops = new Roster<() => void>();
  waiters.set(own.signal, { stops, off: null });
  return (reason) => {
    if (own.signal.aborted) return;
    own.abort(reason);
    for (const { value: stop } of stops.places()) stop?.();
  };
}

function listening(signal: AbortSignal): Waiters {
  const stops = new Roster<() => void>();
  const ring = (): void => {
    for (const { value: stop } of stops.places()) stop?.();
  };
  signal.addEventListener('abort', ring, { once: true });
  const off = (): void => {
    signal.removeEventListener('abort', ring);
    waiters.delete(signal);
  };
  waiters.set(signal, { stops, off });
  return { stops, off };
}
