import type { RunTrace } from './run-trace.js';

const traces = new WeakMap<object, RunTrace>();

/** Makes {@link traceOf} give the trace of a run for the error that ended it. */
export function attachTrace(error: unknown, trace: RunTrace): void {
  if (typeof error === 'object' && error !== null) traces.set(error, trace);
}

/**
 * The trace of the run that an error ended: `run()` and `stream()` raise it, and there is no
 * `LoadInfo` then. Null for an error that came of no run, and for a run that had not begun.
 *
 * @example
 * await loading.run(shop).catch((error) => {
 *   console.error(String(traceOf(error)));
 *   throw error;
 * });
 */
export function traceOf(error: unknown): RunTrace | null {
  return typeof error === 'object' && error !== null ? (traces.get(error) ?? null) : null;
}
