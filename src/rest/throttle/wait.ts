/** How long a request has to wait, and why. */
export interface Wait {
  /** Milliseconds; 0: not at all; null: until another request is finished. */
  ms: number | null;
  reason: string;
}

/** The longest of several waits, of equal ones the first; no wait where there are none. */
export function longest(waits: readonly Wait[]): Wait {
  return waits.reduce((most, wait) => (shorter(most, wait) ? wait : most), { ms: 0, reason: '' });
}

/** Whether the first is over before the second. */
export function shorter(a: Wait, b: Wait): boolean {
  return (a.ms ?? Number.POSITIVE_INFINITY) < (b.ms ?? Number.POSITIVE_INFINITY);
}
