import { listFinding } from '../../run/completeness.js';
import type { ListEnd } from '../../run/source.js';

/**
 * Tells whether rows of a list may never be requested again if its cursor moves on: some are known
 * to be missing, reading stopped before the end, or a response casts doubt on the end.
 */
export function isCut(end: ListEnd): boolean {
  const finding = listFinding(end);
  const isDoubted = finding !== null && (end.doubt ?? null) !== null;
  return end.end === 'maximum' || finding?.verdict === 'incomplete' || isDoubted;
}
