/**
 * Counts who uses connections, and calls `close` when nobody does any more.
 *
 * Each call of the function that it gives begins a use and gives what ends it (once; further calls
 * do nothing). `close` is called after the current turn of the event loop and only if no other use
 * has begun by then, so that requests one after another share their connections.
 */
export function connectionUse(close: () => void): () => () => void {
  let users = 0;
  return () => {
    users += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      users -= 1;
      if (users > 0) return;
      setImmediate(() => {
        if (users === 0) close();
      });
    };
  };
}
