import { expect } from 'vitest';
import { databasePath } from '../destination/duckdb/tools.js';
import { crashApi } from './crash-api.js';
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
let unstopped: Unstopped[] = [];

/**
 * Expects that a trial ends with the tables and the verdicts of as many loads that nobody stopped,
 * which have the rows that the API sent, and that no page which had been committed was requested
 * again.
 */
export async function expectAsUnstopped(trial: CrashTrial): Promise<void> {
  const { tables, last, loads, again } = await crashTrial(trial);
  if (unstopped.length < loads) unstopped = await unstoppedLoads(Math.max(LOADS, loads));
  const control = unstopped[loads - 1];
  expect(tables).toEqual(control?.tables);
  if (last.info !== null) expect(last.info.tables).toEqual(control?.rows);
  // What was committed last may be lost with a part of the database.
  if (trial.damage === undefined) expect(again).toEqual([]);
}

async function unstoppedLoads(count: number): Promise<Unstopped[]> {
  const api = await crashApi();
  const path = databasePath('t.duckdb');
  const found: Unstopped[] = [];
  for (let loads = 1; loads <= count; loads += 1) {
    api.version = loads;
    const { errors, info } = await crashLoad({ url: api.url, path, loads }, CRASH_SIZES, null);
    expect([errors, info?.resumed]).toEqual(['', undefined]);
    const tables = await crashTables(path);
    expect(foundRows(tables)).toEqual(crashTruth(api.rows, loads));
    found.push({ tables, rows: info?.tables });
  }
  return found;
}
