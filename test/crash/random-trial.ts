import { seededRandom } from '../support/seeded-random.js';
import type { CrashSizes } from './crash-database.js';
import { crashPoints } from './crash-points.js';
import type { CrashTrial, Kill } from './crash-trial.js';

const ALL = crashPoints(['append', 'DDL', 'commit', 'state', 'swap', 'merge'], true);

/**
 * A trial whose process is killed so often at random; each seed has its own.
 *
 * @param points where it may be killed, beside requests and moments
 */
export function randomTrial(
  seed: number,
  kills: number,
  points: readonly Kill[] = ALL,
): CrashTrial {
  const random = seededRandom(seed);
  return {
    kills,
    nextKill: () => randomKill(random, points),
    isFirst: seed % 4 > 1,
    isBusy: seed % 5 === 3,
    ...(seed > 0 && { sizes: randomSizes(random) }),
  };
}

/** Chooses where a process is killed: at a point, at a request or at a moment. */
function randomKill(random: () => number, all: readonly Kill[]): Kill {
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const kind = random();
  if (kind < 0.25) {
    const point = all[upTo(all.length) - 1] as Kill;
    return 'count' in point && random() < 0.5 ? { ...point, count: upTo(4) } : point;
  }
  if (kind < 0.6)
    return { at: 'request', when: random() < 0.5 ? 'before' : 'after', count: upTo(60) };
  return { at: 'moment', ms: upTo(900) };
}

/** Small pages wait for each other where batches are large. */
export function randomSizes(random: () => number): CrashSizes {
  const among = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return {
    batch: among([{}, { rows: 50 }, { rows: 200 }, { rows: 500 }, { bytes: 4_096 }]),
    commit: among([
      { rows: 100, ms: 20 },
      { rows: 500, ms: 100 },
      { rows: 500, ms: 5 },
      { rows: 2_000, ms: 300 },
      { ms: 50 },
    ]),
  };
}
