import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/seeded-random.js';
import type { CrashSizes } from './crash-load.js';
import { crashPoints } from './crash-points.js';
import type { Kill } from './crash-trial.js';
import { expectAsUnstopped } from './expect-as-unstopped.js';

// A process that loads is killed again and again until its load is complete; then the tables are
// those of a load that nobody stopped. `npm run test:crash` kills `CRASHES` of them.

const CRASHES = Number(process.env['CRASHES'] ?? 0);
const PER_TRIAL = CRASHES === 0 ? 3 : 6;
const TRIALS = Math.max(2, Math.ceil(CRASHES / PER_TRIAL));

const began = performance.now();
let kills = 0;

/** Says how far it is, where that takes long. */
function count(more: number): void {
  kills += more;
  const seconds = Math.round((performance.now() - began) / 1_000);
  if (CRASHES > 0) process.stderr.write(`${kills} loads killed, ${seconds} s\n`);
}

describe('a load whose process is killed has the tables and the verdicts of one that is not', () => {
  it.each([
    ['while pages come', ['request', 'append', 'DDL']],
    ['when rows are committed and brought into place', ['state', 'swap', 'merge', 'commit']],
  ])(
    '%s: before and after each %s',
    async (_, names) => {
      const points = crashPoints(names, CRASHES > 0);
      await expectAsUnstopped({
        kills: points.length,
        nextKill: (killed) => points[killed] as Kill,
      });
      count(points.length);
    },
    600_000,
  );

  it.each(Array.from({ length: TRIALS }, (_, seed) => [seed]))(
    'at random moments (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      await expectAsUnstopped({
        kills: PER_TRIAL,
        nextKill: () => randomKill(random),
        isFirst: seed % 4 > 1,
        isBusy: seed % 5 === 3,
        ...(seed > 0 && { sizes: randomSizes(random) }),
      });
      count(PER_TRIAL);
    },
    600_000,
  );

  it.runIf(CRASHES > 0)('as often as it was to be tried', () => {
    expect(kills).toBeGreaterThanOrEqual(CRASHES);
  });
});

const ALL = crashPoints(['append', 'DDL', 'commit', 'state', 'swap', 'merge'], true);

function randomKill(random: () => number): Kill {
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const kind = random();
  if (kind < 0.25) {
    const point = ALL[upTo(ALL.length) - 1] as Kill;
    return 'count' in point && random() < 0.5 ? { ...point, count: upTo(4) } : point;
  }
  if (kind < 0.6)
    return { at: 'request', when: random() < 0.5 ? 'before' : 'after', count: upTo(60) };
  return { at: 'moment', ms: upTo(900) };
}

/** Small pages wait for each other where batches are large. */
function randomSizes(random: () => number): CrashSizes {
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
