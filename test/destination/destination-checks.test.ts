import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { duckdb, DuckDBInstance, type Destination, type Session } from 'sluice';
import { destinationChecks } from 'sluice/testing';
import { MANY } from './many-rows.js';
import { memory } from './memory-destination.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-checks-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = (): string => join(folder, `${(files += 1)}.duckdb`);

const instance = await DuckDBInstance.create(':memory:');

describe.each<[string, () => Destination]>([
  ['duckdb(file)', () => duckdb(file())],
  ['duckdb(file, { thread: false })', () => duckdb(file(), { thread: false })],
  ['duckdb(":memory:")', () => duckdb(':memory:')],
  ['a destination written from outside', memory],
])('%s', (_, make) => {
  for (const { name, run } of destinationChecks(make, MANY)) it(name, run);
});

describe('duckdb(instance)', () => {
  for (const { name, run } of destinationChecks(() => duckdb(instance), MANY))
    it(name, async () => {
      const connection = await instance.connect();
      await connection.run('DROP SCHEMA IF EXISTS sluice_checks CASCADE');
      connection.closeSync();
      await run();
    });
});

describe('destinationChecks()', () => {
  it('chooses checks by the capabilities', () => {
    const names = (make: () => Destination): string[] =>
      destinationChecks(make).map(({ name }) => name);
    expect(names(memory).filter((name) => /replace|merge|committed/.test(name))).toEqual([
      'readers see nothing of a batch that is not committed',
      'an aborted load leaves nothing that was not committed, and may be aborted again',
    ]);
    expect(names(() => duckdb(':memory:')).length).toBeGreaterThan(names(memory).length);
  });

  it('fails a destination that shows what is not committed', async () => {
    const leaky = changed((session) => ({
      append: async (batch) => {
        await session.append(batch);
        return session.finish({ completeness: [] });
      },
    }));
    const check = destinationChecks(leaky).find(({ name }) => name.endsWith('not committed'));
    await expect(check?.run()).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
  });

  it('fails a destination that takes a batch of a large load twice', async () => {
    const hasty = changed((session) => {
      let batches = 0;
      return {
        append: async (batch) => {
          batches += 1;
          if (batches === 2) await session.append(batch);
          return session.append(batch);
        },
      };
    });
    const checks = destinationChecks(hasty, { manyRows: 20_001 });
    const check = checks.find(({ name }) => name.startsWith('a large load'));
    await expect(check?.run()).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
  });

  it('fails a destination that ignores cursors', async () => {
    const forgetful = changed((session) => ({
      finish: ({ completeness }) => session.finish({ completeness }),
    }));
    const check = destinationChecks(forgetful).find(({ name }) => name.includes('cursors'));
    await expect(check?.run()).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
  });
});

/** Makes destinations in memory whose sessions do something else than they should. */
function changed(change: (session: Session) => Partial<Session>): () => Destination {
  return () => {
    const real = memory();
    return {
      ...real,
      begin: async (load) => {
        const session = await real.begin(load);
        return { ...session, ...change(session) };
      },
    };
  };
}
