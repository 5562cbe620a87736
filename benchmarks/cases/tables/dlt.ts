import { execFileSync } from 'node:child_process';
import { mergeFile, ORDER_NAMES, versionsFile } from '../../data/orders.js';
import { contents } from '../../data/seeded-database.js';
import { WIDE_COLUMNS, wideFile } from '../../data/wide-rows.js';
import { PYTHON, source } from '../../harness/programs.js';
import type { Measure } from '../../harness/results.js';
import { withDatabase } from '../../harness/with-database.js';
import { withTable } from './merge.js';
import { COMPARED, withVersions } from './versions.js';

export const dltUpsert = (rows: number): Promise<Measure> => merged('merge-upsert', rows);
export const dltDeleteInsert = (rows: number): Promise<Measure> =>
  merged('merge-delete-insert', rows);

export async function dltVersions(rows: number): Promise<Measure> {
  const file = await versionsFile(rows);
  return withVersions(rows, async (path) => ({
    ...byDlt('versions', path, file),
    ...(await contents(path, 'orders', COMPARED)),
  }));
}

export function dltWide(rows: number): Promise<Measure> {
  const file = wideFile(rows);
  const names = WIDE_COLUMNS.map(([name]) => name).join(', ');
  return withDatabase(async (path) => ({
    ...byDlt('wide', path, file),
    ...(await contents(path, 'wide', names)),
  }));
}

export function dltArrow(rows: number): Promise<Measure> {
  return withTable(rows, (path) => Promise.resolve(byDlt('arrow', path, '')));
}

async function merged(name: string, rows: number): Promise<Measure> {
  const file = await mergeFile(rows);
  return withTable(rows * 10, async (path) => ({
    ...byDlt(name, path, file),
    ...(await contents(path, 'orders', ORDER_NAMES)),
  }));
}

function byDlt(name: string, path: string, file: string): Measure {
  const script = source('rivals/dlt_tables.py');
  const output = execFileSync(PYTHON, [script, name, path, file], { encoding: 'utf8' });
  return JSON.parse(output) as Measure;
}
