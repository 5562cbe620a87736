/** Counts requests against a limit, as a service does. Pure: time is handed in, in milliseconds. */
export interface Limiter {
  /** Counts a request; milliseconds until one would be let through when this one is not, else 0. */
  take(now: number): number;
}

/** Makes a limiter that accepts at most `requests` in any `perMs`; refused ones do not count. */
export function rollingWindow(requests: number, perMs: number): Limiter {
  const times: number[] = [];
  return {
    take(now) {
      while (times.length > 0 && (times[0] as number) <= now - perMs) times.shift();
      if (times.length >= requests) return (times[0] as number) + perMs - now;
      times.push(now);
      return 0;
    },
  };
}

/** Makes a bucket of `size`, refilled by `perSecond`. */
export function tokenBucket(size: number, perSecond: number): Limiter {
  let tokens = size;
  let at = 0;
  return {
    take(now) {
      tokens = Math.min(size, tokens + ((now - at) / 1000) * perSecond);
      at = now;
      if (tokens < 1) return ((1 - tokens) / perSecond) * 1000;
      tokens -= 1;
      return 0;
    },
  };
}

/** Makes a limiter for each key, made when the key is first seen. */
export function limiterFor(make: () => Limiter): (key: string) => Limiter {
  const limiters = new Map<string, Limiter>();
  return (key) => {
    const limiter = limiters.get(key) ?? make();
    limiters.set(key, limiter);
    return limiter;
  };
}
