/** An interrupt that comes before a query has begun is lost; another one comes so much later. */
const AGAIN_MS = 20;

/**
 * Breaks off what runs on a connection, and whatever begins there until `done` settles. Resolves
 * then; never rejects.
 */
export async function interruptUntil(interrupt: () => void, done: Promise<unknown>): Promise<void> {
  const again = setInterval(interrupt, AGAIN_MS);
  try {
    interrupt();
    await done;
  } catch {
    // Whoever waits for the work gets its error.
  } finally {
    clearInterval(again);
  }
}
