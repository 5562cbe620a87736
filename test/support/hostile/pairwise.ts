/** One value of each dimension. */
export type Choice<D> = { [K in keyof D]: D[K] extends readonly (infer V)[] ? V : never };

/**
 * Choices in which every two values of different dimensions come together at least once, where
 * `isPossible` allows it: what goes wrong mostly takes two, and the full product would take hours.
 * Deterministic. The dimension with most values first.
 */
export function pairwise<D extends Record<string, readonly unknown[]>>(
  dimensions: D,
  isPossible: (choice: Choice<D>) => boolean,
): Choice<D>[] {
  const names = Object.keys(dimensions);
  const sizes = names.map((name) => (dimensions[name] as readonly unknown[]).length);
  const made = (at: readonly number[]): Choice<D> =>
    Object.fromEntries(
      names.map((name, i) => [name, dimensions[name]?.[at[i] as number]]),
    ) as Choice<D>;
  const open = new Set<string>();
  for (const [a, some] of sizes.entries())
    for (let b = a + 1; b < sizes.length; b += 1)
      for (let i = 0; i < some; i += 1)
        for (let j = 0; j < (sizes[b] as number); j += 1) open.add(pair(a, i, b, j));

  const choices: Choice<D>[] = [];
  for (const wanted of open) {
    if (!open.has(wanted)) continue;
    const best = completed(wanted);
    open.delete(wanted);
    if (best === null) continue;
    for (const covered of pairsOf(best)) open.delete(covered);
    choices.push(made(best));
  }
  return choices;

  /**
   * The pair with the other dimensions filled in, each with the value that covers most; null where
   * no choice with it is possible.
   */
  function completed(wanted: string): number[] | null {
    const [a = 0, i = 0, b = 0, j = 0] = wanted.split(' ').map(Number);
    let partial: (number | undefined)[] = names.map((_name, n) =>
      n === a ? i : n === b ? j : undefined,
    );
    for (const [n, size] of sizes.entries()) {
      if (partial[n] !== undefined) continue;
      const values = Array.from({ length: size }, (_value, k) => partial.with(n, k));
      const possible = values.filter((one) => anyWhole(one) !== null);
      const [best] = possible.toSorted((x, y) => news(y) - news(x));
      if (best === undefined) return null;
      partial = best;
    }
    const whole = partial as number[];
    return isPossible(made(whole)) ? whole : null;
  }

  function news(at: readonly (number | undefined)[]): number {
    return pairsOf(at).filter((one) => open.has(one)).length;
  }

  /** A possible choice that goes on from a partial one; null where there is none. */
  function anyWhole(at: readonly (number | undefined)[]): number[] | null {
    const n = at.indexOf(undefined);
    if (n < 0) return isPossible(made(at as number[])) ? (at as number[]) : null;
    for (let k = 0; k < (sizes[n] as number); k += 1) {
      const whole = anyWhole(at.with(n, k));
      if (whole !== null) return whole;
    }
    return null;
  }
}

function pair(a: number, i: number, b: number, j: number): string {
  return `${a} ${i} ${b} ${j}`;
}

function pairsOf(at: readonly (number | undefined)[]): string[] {
  return at.flatMap((i, a) =>
    at
      .slice(a + 1)
      .flatMap((j, n) => (i === undefined || j === undefined ? [] : [pair(a, i, a + 1 + n, j)])),
  );
}
