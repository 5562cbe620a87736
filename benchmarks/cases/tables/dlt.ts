import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Measure, withDatabase } from '../../measure.js';
import { mergeFile, ORDER_NAMES, versionsFile } from '../../order-data.js';
import { contents } from '../../seeded-database.js';
import { WIDE_COLUMNS, wideFile } from '../../wide-data.js';
import { withTable } from './merge.js';
import { COMPARED, withVersions } from './versions.js';

/** The Python that dlt is looked for in. */
export const PYTHON: string = process.env['DLT_PYTHON'] ?? 'python3';

/** Returns which dlt is there; null for none. */
export function dltVersion(): string | null {
  try {
    const code = 'import dlt, duckdb; print(dlt.__version__, "with DuckDB", duckdb.__version__)';
    return execFileSync(PYTHON, ['-c', code], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}

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
  const script = fileURLToPath(new URL('../../../../benchmarks/dlt/tables.py', import.meta.url));
  const output = execFileSync(PYTHON, [script, name, path, file], { encoding: 'utf8' });
  return JSON.parse(output) as Measure;
}
