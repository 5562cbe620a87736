import { it } from 'vitest';
import type { CrashEngine } from '../../crash/crash-database.js';
import { postgresPoints } from '../../crash/crash-points.js';
import type { Kill } from '../../crash/crash-trial.js';
import { expectAsUnstopped } from '../../crash/expect-as-unstopped.js';
import { randomSizes, randomTrial } from '../../crash/random-trial.js';
import { seededRandom } from '../../support/seeded-random.js';
import { describePostgres, startPostgres } from './server.js';

// As test/crash, into Postgres: processes are killed, and connections are ended by the server.
// `CRASHES` is the number of random ones of each.

const CRASHES = Number(process.env['CRASHES'] ?? 10);
const PER_TRIAL = 5;
const TRIALS = Array.from({ length: Math.ceil(CRASHES / PER_TRIAL) }, (_, seed) => [seed]);
const LONG = 900_000;

describePostgres(await startPostgres(), ({ config, sql }) => {
  let made = 0;
  const engine: CrashEngine = {
    async make() {
      const database = `trial_${(made += 1)}`;
      await sql(`CREATE DATABASE ${database}`);
      return { ...config, database };
    },
    async disconnect(database) {
      const { database: name } = database as typeof config;
      await sql(
        `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE datname = '${name}'`,
      );
    },
  };
  const expectAll = (points: readonly Kill[]): Promise<void> =>
    expectAsUnstopped({
      engine,
      kills: points.length,
      nextKill: (killed) => points[killed] as Kill,
    });

  it.each([
    ['while pages come', ['request', 'append', 'DDL']],
    ['when rows are committed', ['commit', 'state']],
    ['when rows are brought into place', ['swap', 'merge']],
  ])(
    'has the tables of an unstopped load where it is killed %s',
    (_, names) => expectAll(postgresPoints(names)),
    LONG,
  );

  it(
    'has them where connections are lost while a commit runs, or rows are brought into place',
    () =>
      expectAll(
        [
          ['COMMIT', 1],
          ['COMMIT', 2],
          ['COMMIT', 5],
          ['INSERT INTO "data"."_dlt_loads"', 1],
          ['DELETE FROM "data"."visits"', 1],
        ].map(([pattern, count]) => ({ at: 'statement', when: 'within', pattern, count }) as Kill),
      ),
    LONG,
  );

  const all = postgresPoints(['append', 'DDL', 'commit', 'state', 'swap', 'merge']);
  it.each(TRIALS)(
    'has them where it is killed at random moments (seed %i)',
    (seed) => expectAsUnstopped({ engine, ...randomTrial(seed, PER_TRIAL, all) }),
    LONG,
  );

  it.each(TRIALS)(
    'has them where its connections are lost at random moments (seed %i)',
    async (seed) => {
      const random = seededRandom(seed + 1_000);
      const ms = (): number => 1 + Math.floor(random() * 2_500);
      await expectAsUnstopped({
        engine,
        kills: PER_TRIAL,
        nextKill: () => ({ at: 'disconnect', ms: ms() }),
        isFirst: seed % 2 === 1,
        sizes: randomSizes(random),
      });
    },
    LONG,
  );
});
