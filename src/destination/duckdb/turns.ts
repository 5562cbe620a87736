/**
 * Lets at most `limit` works run at once; the others wait in the order they came.
 *
 * DuckDB's asynchronous calls each hold a thread of libuv's pool (four for the whole process),
 * which DNS and gunzip need too.
 */
export function turns(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < limit) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
