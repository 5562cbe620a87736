import { expect } from 'vitest';
import { crashApi } from './crash-api.js';
import { type CrashEngine, FILES, isFiles } from './crash-database.js';
import { CRASH_SIZES, crashLoad } from './crash-load.js';
import { crashTables } from './crash-tables.js';
import { type CrashTrial, crashTrial } from './crash-trial.js';
import { crashTruth, foundRows } from './crash-truth.js';

/** What a database has after a load that nobody stopped. */
interface Unstopped {
  tables: Record<string, unknown>;
  rows: object | undefined;
}

const LOADS = 2;
const unstopped = new Map<CrashEngine, Unstopped[]>();

/**
 * Expects that a trial ends with the tables and the verdicts of as many loads that nobody stopped,
 * which have the rows that the API sent, and that no page which had been committed was requested
 * again.
 */
export async function expectAsUnstopped(trial: CrashTrial): Promise<void> {
  const { database, tables, last, loads, again } = await crashTrial(trial);
  const { engine = FILES } = trial;
  if ((unstopped.get(engine)?.length ?? 0) < loads)
    unstopped.set(engine, await unstoppedLoads(engine, Math.max(LOADS, loads)));
  const control = unstopped.get(engine)?.[loads - 1];
  expect(tables).toEqual(control?.tables);
  if (last.info !== null) {
    expect(last.info.tables).toEqual(control?.rows);
    expect((await engine.leftovers?.(database)) ?? []).toEqual([]);
  }
  // What was committed last may be lost with a part of the database.
  if (trial.damage === undefined) expect(again).toEqual([]);
}

async function unstoppedLoads(engine: CrashEngine, count: number): Promise<Unstopped[]> {
  const api = await crashApi();
  const database = await engine.make();
  const { sizes = CRASH_SIZES } = engine;
  const found: Unstopped[] = [];
  for (let loads = 1; loads <= count; loads += 1) {
    api.version = loads;
    const { errors, info } = await crashLoad({ url: api.url, database, loads }, sizes, null);
    expect([errors, info?.resumed]).toEqual(['', undefined]);
    const tables = await crashTables(database);
    expect(foundRows(tables)).toEqual(crashTruth(api.rows, loads, !isFiles(database)));
    found.push({ tables, rows: info?.tables });
  }
  return found;
}
