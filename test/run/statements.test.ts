import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { duckdb, type Pipeline, pipeline, type RowsConfig } from 'sluice';
import { DuckDBConnection } from 'sluice/duckdb';
import { databasePath } from '../destination/duckdb/tools.js';

// What a run costs DuckDB beside its rows. A run that needs more has to say why here. Two
// statements of each set the temporary directory, which is beside the file. A first load keeps
// the tables that it makes until it is complete, so that they go with it where it is begun anew;
// a later one reads the latest load id, which its own has to be behind whatever the clock says.

/** Times that DuckDB is called with SQL, and statements in all of them. */
type Counts = [calls: number, statements: number];

/** Counts what was sent since the last time. */
function counting(): () => Counts {
  const run = vi.spyOn(DuckDBConnection.prototype, 'run');
  onTestFinished(() => run.mockRestore());
  return () => {
    const texts = run.mock.calls.map(([sql]) => sql);
    run.mockClear();
    return [texts.length, texts.flatMap((text) => text.split(/;\s/)).length];
  };
}

const shop = (): Pipeline =>
  pipeline({ name: 'shop', destination: duckdb(databasePath(), { thread: false }) });

const flat = [{ id: 1, name: 'a' }];
const nested = [{ id: 1, tags: ['a', 'b'], items: [{ sku: 'x' }] }];

describe('a small run asks DuckDB for no more than', () => {
  it.each<[string, object[], Partial<RowsConfig>, Counts, Counts]>([
    ['of one table', flat, {}, [19, 53], [17, 32]],
    ['with children', nested, {}, [19, 57], [17, 32]],
    ['that merges', flat, { writeDisposition: 'merge', primaryKey: 'id' }, [22, 58], [22, 38]],
    ['that replaces', flat, { writeDisposition: 'replace' }, [21, 56], [20, 36]],
  ])('%s', async (_, rows, config, first, again) => {
    // An instance of DuckDB starts once a process.
    await shop().run(flat, { table: 'other' });
    const sent = counting();
    const own = shop();
    const run = async (): Promise<Counts> => {
      await own.run(rows, { table: 'orders', ...config });
      return sent();
    };
    expect([await run(), await run(), await run()]).toEqual([first, again, again]);
  });
});
