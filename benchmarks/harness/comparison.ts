import type { EngineName } from '../engines/engines.js';
import type { Command } from './programs.js';
import type { Field } from './results.js';

/** Ways to do one piece of work, side by side in one run. The first way is sluice's. */
export interface Comparison {
  /** Unique among all comparisons. */
  key: string;
  title: string;
  /** What a reader must know to judge the figures: data, conditions, what is not the same work. */
  note: string;
  /** How much work: rows, pages or requests, as the title says. */
  size: number;
  /** The size in tests, which only see that every way still runs. */
  smokeSize: number;
  /** How often each way is run. */
  rounds: number;
  /** Whether it is run only by `npm run bench -- long`. */
  isLong?: true;
  /** The site (`sites.ts`) that a process of its own serves while a way runs. */
  site?: string;
  /** The server that ways load into; a new one for each. Left out where it is not installed. */
  engine?: EngineName;
  ways: readonly Way[];
  goals: readonly Goal[];
  /** Its name in the chart; without one it is not there. */
  chart?: string;
}

/** One way to do it: a program in a process of its own. */
export interface Way {
  /** Unique in its comparison. */
  key: string;
  title: string;
  command: Command;
  /** Runs this often where the comparison's rounds would take too long. */
  rounds?: number;
  /** Left out where no Python with dlt is there. */
  isDlt?: true;
  /** Another way of sluice's, and so nobody that we could lose to. */
  isOurs?: true;
  /** Does less than the work, to show what no way can do without. */
  isFloor?: true;
}

/**
 * What is to be reached. With `against`, the faster one of these ways is the measure: of their
 * `ratio` (ours divided by theirs) or of the `difference`. Without a limit the figure is only
 * shown.
 */
export interface Goal {
  /** What is measured, in words. */
  text: string;
  /** The way it is about; the first one by default. */
  way?: string;
  field: Field;
  against?: readonly string[];
  by?: 'ratio' | 'difference';
  atMost?: number;
  atLeast?: number;
}

/** Comparisons that belong together, in the order of benchmarks/README.md. */
export interface Group {
  name: string;
  title: string;
  comparisons: readonly Comparison[];
}
