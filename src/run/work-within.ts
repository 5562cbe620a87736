/** Runs a work, and returns what it returns. */
export type Runner = <T>(work: () => T) => T;

/** A work that others may run within what they open for it. */
export interface WorkWithin {
  /** Adds one; the first one is the outermost. */
  readonly enter: (run: Runner) => void;
  /** Runs the work. */
  readonly run: Runner;
}

/** Makes a place for runners, which nobody need use. */
export function workWithin(): WorkWithin {
  const runners: Runner[] = [];
  return {
    enter: (run) => void runners.push(run),
    run: <T>(work: () => T): T =>
      runners.reduceRight<() => T>((inner, run) => () => run(inner), work)(),
  };
}
