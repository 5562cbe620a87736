const leavers = new Set<() => void>();
let isListening = false;

/**
 * Calls `leave` when the process exits, by itself or through `process.exit`; the function given
 * back undoes that. One listener serves all.
 */
export function atExit(leave: () => void): () => void {
  if (!isListening) process.once('exit', () => leavers.forEach((each) => each()));
  isListening = true;
  leavers.add(leave);
  return () => leavers.delete(leave);
}
