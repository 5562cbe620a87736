import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { type CrashDatabase, type CrashEngine, isFiles } from '../../crash/crash-database.js';
import { filesPoints } from '../../crash/crash-points.js';
import type { Kill } from '../../crash/crash-trial.js';
import { expectAsUnstopped } from '../../crash/expect-as-unstopped.js';
import { randomTrial } from '../../crash/random-trial.js';
import { type Bucket, startBuckets } from './bucket-servers.js';

// As test/crash, into files of a folder and of buckets. `CRASHES` is the number of random kills of
// each; a short form for a folder is in load.test.ts.

const CRASHES = Number(process.env['CRASHES'] ?? 10);
const PER_TRIAL = 5;
const TRIALS = Array.from({ length: Math.ceil(CRASHES / PER_TRIAL) }, (_, seed) => [seed]);
const LONG = 900_000;

const buckets = await startBuckets();
const folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

const inFolder: CrashEngine = {
  make: () => ({ root: join(folder, String((made += 1))) }),
  leftovers(database) {
    const path = join(rootOf(database), 'data');
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return Promise.resolve(
      unnamed(
        names.filter((name) => existsSync(join(path, name))),
        (name) => readFileSync(join(path, name), 'utf8'),
      ),
    );
  },
};

const inBucket = ({ url, config, store }: Bucket): CrashEngine => ({
  make: () => ({ root: `${url}/${(made += 1)}`, ...config }),
  async leftovers(database) {
    const files = store(rootOf(database).slice(url.length + 1));
    const names = (await files.tree('data')).map((name) => name.slice('data/'.length));
    const texts = new Map<string, string>();
    for (const name of names)
      if (name.startsWith('_sluice/')) texts.set(name, (await files.read(`data/${name}`)) ?? '');
    return unnamed(names, (name) => texts.get(name) ?? '');
  },
});

describe
  .runIf(process.env['ENGINES'] === 'all')
  .each([
    ['a folder', 'folder', inFolder],
    ...buckets.map((bucket) => [`a bucket of ${bucket.name}`, 'bucket', inBucket(bucket)] as const),
  ] as const)('files() in %s have the tables of an unstopped load', (_, kind, engine) => {
  const expectAll = (points: readonly Kill[]): Promise<void> =>
    expectAsUnstopped({
      engine,
      kills: points.length,
      nextKill: (killed) => points[killed] as Kill,
    });

  it.each([
    ['while pages come', ['request', 'append']],
    ['while files are made', ['files']],
    ['while files are put, named by a manifest, and removed', [kind]],
  ])('where it is killed %s', (__, names) => expectAll(filesPoints(names)), LONG);

  const all = filesPoints(['append', 'files', kind]);
  it.each(TRIALS)(
    'where it is killed at random moments (seed %i)',
    (seed) => expectAsUnstopped({ engine, ...randomTrial(seed, PER_TRIAL, all) }),
    LONG,
  );
});

function rootOf(database: CrashDatabase): string {
  if (!isFiles(database)) throw new Error('a database of files was expected');
  return database.root;
}

/** Files of rows that the last manifest does not name, and folders in which files were made. */
function unnamed(names: readonly string[], read: (name: string) => string): string[] {
  const last = names.filter((name) => /^_sluice.\d{10}\.json$/.test(name)).sort();
  const manifest = read(last.at(-1) ?? '');
  return names.filter(
    (name) =>
      /(^|[/\\])\./.test(name) ||
      (name.endsWith('.parquet') && !manifest.includes(`"data/${name.replaceAll('\\', '/')}"`)),
  );
}
