import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import type { DucklakeConfig } from 'sluice';
import type { CrashEngine, LakeDatabase } from '../../crash/crash-database.js';
import { lakePoints } from '../../crash/crash-points.js';
import type { Kill } from '../../crash/crash-trial.js';
import { expectAsUnstopped } from '../../crash/expect-as-unstopped.js';
import { randomTrial } from '../../crash/random-trial.js';
import { seededRandom } from '../../support/seeded-random.js';
import { startBuckets } from '../files/bucket-servers.js';
import { describePostgres, startPostgres } from '../postgres/server.js';

// As test/crash, into DuckLakes. `CRASHES` is the number of random kills of each kind of DuckLake,
// and of lost connections; from 50 on all points are tried in each kind, else some in one.

const CRASHES = Number(process.env['CRASHES'] ?? 3);
const IS_WHOLE = CRASHES >= 50;
const PER_TRIAL = Math.min(CRASHES, 5);
const TRIALS = Array.from({ length: Math.ceil(CRASHES / PER_TRIAL) }, (_, seed) => [seed]);
const LONG = 900_000;
/** A commit takes longer than elsewhere. */
const SIZES = { batch: { rows: 500 }, commit: { rows: 2_000, ms: 5_000 } };

const [bucket] = await startBuckets(['S3']);

describePostgres(
  await startPostgres('ducklake'),
  ({ config, sql }) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    let made = 0;
    const inFile: CrashEngine = {
      sizes: SIZES,
      make: () => ({ lake: { catalog: join(folder, `${(made += 1)}.ducklake`) } }),
    };
    const inPostgres = (
      dataOf: (name: string) => Pick<DucklakeConfig, 'dataPath' | 's3'>,
    ): CrashEngine => ({
      sizes: SIZES,
      async make() {
        const database = `trial_${(made += 1)}`;
        await sql(`CREATE DATABASE ${database}`);
        const { host, user } = config;
        const catalog = { host, database, ...(user !== undefined && { user }) };
        return { lake: { catalog, ...dataOf(database) }, catalog };
      },
      async disconnect(database) {
        const { catalog } = database as LakeDatabase;
        await sql(
          `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE datname = '${catalog?.database}'`,
        );
      },
    });

    describe.each([
      ['a DuckDB file', inFile, []],
      ['Postgres', inPostgres((name) => ({ dataPath: join(folder, name) })), ['fence']],
      ...(bucket === undefined
        ? []
        : [
            [
              'Postgres, and data in S3',
              inPostgres((name) => ({ dataPath: `${bucket.url}/${name}`, ...bucket.config })),
              ['fence'],
            ] as const,
          ]),
    ] as const)(
      'with its catalog in %s has the tables of an unstopped load',
      (kind, engine, more) => {
        const expectAll = (points: readonly Kill[]): Promise<void> =>
          expectAsUnstopped({
            engine,
            kills: points.length,
            nextKill: (killed) => points[killed] as Kill,
          });

        it.runIf(IS_WHOLE || kind === 'Postgres').each([
          ['while pages come', ['request', 'append', 'DDL']],
          ['when rows are committed', ['commit', 'state', ...more]],
          ['when rows are brought into place', ['swap', 'merge']],
        ])('where it is killed %s', (_, names) => expectAll(lakePoints(names, IS_WHOLE)), LONG);

        const points = ['append', 'DDL', 'commit', 'state', 'swap', 'merge', ...more];
        const all = lakePoints(points, true);
        it.each(TRIALS)(
          'where it is killed at random moments (seed %i)',
          (seed) => expectAsUnstopped({ engine, ...randomTrial(seed, PER_TRIAL, all) }),
          LONG,
        );

        it.runIf(kind === 'Postgres').each(TRIALS)(
          'where its connections are lost at random moments (seed %i)',
          async (seed) => {
            const random = seededRandom(seed + 1_000);
            await expectAsUnstopped({
              engine,
              kills: PER_TRIAL,
              nextKill: () => ({ at: 'disconnect', ms: 1 + Math.floor(random() * 2_500) }),
              isFirst: seed % 2 === 1,
            });
          },
          LONG,
        );

        it.runIf(kind === 'Postgres')(
          'where connections are lost while a commit runs, or rows are brought into place',
          () =>
            expectAll(
              [
                ['COMMIT', 1],
                ['COMMIT', 2],
                ['COMMIT', 5],
                ['DELETE FROM "ducklake"."data"."visits"', 1],
              ].map(
                ([pattern, count]) => ({ at: 'statement', when: 'within', pattern, count }) as Kill,
              ),
            ),
          LONG,
        );
      },
    );
  },
  'ducklake()',
);
