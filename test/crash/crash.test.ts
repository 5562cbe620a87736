import { describe, expect, it } from 'vitest';
import { crashPoints } from './crash-points.js';
import type { Kill } from './crash-trial.js';
import { expectAsUnstopped } from './expect-as-unstopped.js';
import { randomTrial } from './random-trial.js';

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
      await expectAsUnstopped(randomTrial(seed, PER_TRIAL));
      count(PER_TRIAL);
    },
    600_000,
  );

  it.runIf(CRASHES > 0)('as often as it was to be tried', () => {
    expect(kills).toBeGreaterThanOrEqual(CRASHES);
  });
});
