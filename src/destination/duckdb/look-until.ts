import { setTimeout as pause } from 'node:timers/promises';

/** How often a database is looked at that does not say what became of a transaction. */
const MOST_LOOKS = 40;
const LOOK_MS = 250;

/**
 * Looks what became of a transaction whose connection was lost, until that is known; null where the
 * database does not say within ten seconds. A look that fails is one that says nothing.
 */
export async function lookUntil<T>(look: () => Promise<T | null>): Promise<T | null> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const found = await look().catch(() => null);
    if (found !== null) return found;
    await pause(LOOK_MS);
  }
  return null;
}
