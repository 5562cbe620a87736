import type { Span } from '../types.js';

/** The span of a page without rows. */
export const NO_ROWS: Span = Object.freeze({ kind: 'none', start: 0, end: 0, count: 0 });
