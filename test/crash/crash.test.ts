import { rmSync, statSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { databasePath } from '../destination/duckdb/tools.js';
import { seededRandom } from '../support/seeded-random.js';
import { crashApi, type CrashApi, type PageName } from './crash-api.js';
import { type CrashConfig, type CrashLoad, crashLoad, type KillPoint } from './crash-load.js';
import { crashTables } from './crash-tables.js';

// A process that loads is killed again and again until its load is complete; then the tables are
// those of a load that nobody stopped. `npm run test:crash` kills more often.

const KILLS = Number(process.env['CRASHES'] ?? 0);

/** Where a process is killed: by itself at a point, or by us with a request of a number. */
type Kill = KillPoint | { kind: 'request'; count: number };

const named = (pattern: string, when: 'before' | 'after', count = 1): Kill => ({
  kind: 'statement',
  pattern,
  when,
  count,
});

/** Each of a list is reached by the load that those before it have stopped. */
const POINTS: Record<string, Kill[]> = {
  'while pages come': [
    { kind: 'event', name: 'request', count: 20 },
    { kind: 'event', name: 'page', count: 30 },
    { kind: 'event', name: 'append', count: 2 },
    { kind: 'event', name: 'commit', count: 1 },
  ],
  'around commits': [
    named('INSERT INTO "t"."data"."_sluice_loads"', 'after'),
    named('INSERT INTO "t"."data"."_sluice_positions"', 'before', 2),
    named('_sluice_progress', 'after', 3),
    named('COMMIT', 'before', 3),
    named('COMMIT', 'after', 2),
  ],
  'while it is completed': [
    named('RENAME TO', 'before'),
    named('RENAME TO', 'after'),
    named('UPDATE "t"."data"."prices"', 'after'),
    named('INSERT INTO "t"."data"."_dlt_pipeline_state"', 'after'),
    named('INSERT INTO "t"."data"."_dlt_loads"', 'after'),
  ],
};
const ALL = Object.values(POINTS).flat();

/** Resources whose pages are numbered. */
const NUMBERED = new Set(['orders', 'shops', 'staff', 'prices']);

/**
 * Loads version 1, then version 2 with the kills, and looks at what is there. Where it is to end
 * with one load, version 1 is loaded with the kills.
 *
 * @param damage is called with the database after each kill
 */
async function trial(
  kills: readonly Kill[],
  config?: CrashConfig,
  damage: (path: string) => void = () => undefined,
): Promise<{
  tables: Record<string, unknown>;
  last: CrashLoad;
  killed: number;
  again: PageName[];
}> {
  const api = await crashApi();
  const path = databasePath('t.duckdb');
  if (config?.loads !== 1) {
    const first = await crashLoad(api.url, path, null);
    expect([first.errors, first.info?.resumed]).toEqual(['', undefined]);
    api.version = 2;
  }
  let killed = 0;
  const again: PageName[] = [];
  const committed = new Set<string>();
  const load = async (kill: Kill | null): Promise<CrashLoad> => {
    api.requests.length = 0;
    const result = await killedLoad(api, path, kill, config);
    const compared = new Set<string>();
    for (const page of api.requests) {
      if (!committed.has(JSON.stringify(page))) continue;
      // The last page of a list that is numbered is compared with what it was, once.
      const list = JSON.stringify([page.resource, page.parent]);
      const isLast = !committed.has(JSON.stringify({ ...page, page: page.page + 1 }));
      if (NUMBERED.has(page.resource) && isLast && !compared.has(list)) compared.add(list);
      else again.push(page);
    }
    for (const page of result.committed) committed.add(JSON.stringify(page));
    return result;
  };
  for (const kill of kills) {
    const result = await load(kill);
    if (!result.isKilled) {
      // It came to its end before.
      expect(result.errors).toBe('');
      return { tables: await crashTables(path), last: result, killed, again };
    }
    killed += 1;
    damage(path);
  }
  const last = await load(null);
  expect(last.errors).toBe('');
  return { tables: await crashTables(path), last, killed, again };
}

function killedLoad(
  api: CrashApi,
  path: string,
  kill: Kill | null,
  config?: CrashConfig,
): Promise<CrashLoad> {
  if (kill?.kind !== 'request') return crashLoad(api.url, path, kill, undefined, config);
  const atRequest = (now: () => void): void => {
    let count = 0;
    api.onRequest = () => {
      count += 1;
      if (count === kill.count) now();
    };
  };
  return crashLoad(api.url, path, null, atRequest, config).finally(
    () => (api.onRequest = () => undefined),
  );
}

const controls = new Map<number, ReturnType<typeof trial>>();

async function expectSame(
  kills: readonly Kill[],
  config: CrashConfig = {},
  damage?: (path: string) => void,
): Promise<number> {
  const { loads = 2 } = config;
  const control = controls.get(loads) ?? trial([], { loads });
  controls.set(loads, control);
  const { tables, last } = await control;
  const stopped = await trial(kills, config, damage);
  expect(stopped.tables).toEqual(tables);
  if (stopped.last.info !== null) expect(stopped.last.info.tables).toEqual(last.info?.tables);
  // What was committed last may be lost with a part of the database.
  if (damage === undefined) expect(stopped.again).toEqual([]);
  return stopped.killed;
}

describe('a load whose process is killed', () => {
  it.each(Object.entries(POINTS))(
    '%s has the tables and the verdict of one that is not',
    async (_, kills) => {
      expect(await expectSame(kills)).toBe(kills.length);
    },
    300_000,
  );

  it.each(Array.from({ length: Math.max(2, Math.ceil(KILLS / 6)) }, (_, seed) => [seed]))(
    'at random moments has the tables and the verdict of one that is not (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const kills = Array.from({ length: KILLS === 0 ? 3 : 6 }, (): Kill =>
        random() < 0.3
          ? (ALL[Math.floor(random() * ALL.length)] as Kill)
          : { kind: 'request', count: 1 + Math.floor(random() * 60) },
      );
      // Small pages wait for each other where batches are large.
      await expectSame(kills, {
        ...(seed % 2 === 1 && { batch: {} }),
        loads: seed % 4 < 2 ? 2 : 1,
      });
    },
    300_000,
  );
});

// What a disk has of a database when its power fails: the file as of the last checkpoint, and none
// of the write-ahead log or a part of it.
describe('a load whose database lost the end of its write-ahead log', () => {
  it.each(Array.from({ length: Math.max(1, Math.ceil(KILLS / 12)) }, (_, seed) => [seed]))(
    'has the tables and the verdict of one that is not stopped (seed %i)',
    async (seed) => {
      const random = seededRandom(seed + 1_000);
      const kills = Array.from({ length: KILLS === 0 ? 2 : 4 }, (): Kill => ({
        kind: 'request',
        count: 20 + Math.floor(random() * 60),
      }));
      const lose = (path: string): void => {
        const log = `${path}.wal`;
        const { size } = statSync(log, { throwIfNoEntry: false }) ?? { size: 0 };
        if (size === 0) return;
        if (random() < 0.3) rmSync(log);
        else truncateSync(log, Math.floor(random() * size));
      };
      await expectSame(kills, { loads: seed % 2 === 0 ? 1 : 2 }, lose);
    },
    300_000,
  );
});
