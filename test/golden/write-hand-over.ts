import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { dltWorker } from './dlt-worker.js';
import { dump } from './dump.js';
import { type GoldenCase, hasExactIds } from './golden-case.js';
import { printShort } from './print-short.js';
import { sqlOf } from './sql-of.js';

/**
 * `node dist/test/golden/write-hand-over.js PYTHON NAME…` writes `hand-over/<name>.json` for these
 * scenarios: `before`, the database that dlt left after two runs, as SQL; and `expected`, what dlt
 * leaves after all four.
 */
const golden = fileURLToPath(new URL('../../../test/golden/', import.meta.url));
const [python = 'python3', ...wanted] = process.argv.slice(2);
const scenarios = JSON.parse(readFileSync(join(golden, 'hand-over.json'), 'utf8')) as GoldenCase[];
const folder = mkdtempSync(join(tmpdir(), 'hand-over-'));
mkdirSync(join(golden, 'hand-over'), { recursive: true });
const dlt = dltWorker(python);
for (const name of wanted) {
  const given = scenarios.find((one) => one.name === name);
  if (given === undefined) throw new Error(`There is no scenario ${name}.`);
  const path = join(folder, `${name}.duckdb`);
  const [first, second, third, last] = given.runs.map((run) => () => dlt.run(given, run, folder));
  await first?.();
  await second?.();
  const before = await sqlOf(path);
  await requireSame(before, path, given);
  await third?.();
  await last?.();
  const expected = await dump(path, hasExactIds(given));
  writeFileSync(join(golden, 'hand-over', `${name}.json`), printShort({ before, expected }));
}
dlt.close();

/** The statements make what they were read from. */
async function requireSame(before: string[], path: string, given: GoldenCase): Promise<void> {
  const copy = join(folder, `${given.name}.copy.duckdb`);
  const instance = await DuckDBInstance.create(copy);
  const connection = await instance.connect();
  await connection.run(before.join('\n'));
  connection.closeSync();
  instance.closeSync();
  const [made, read] = [await dump(copy, true), await dump(path, true)];
  if (!isDeepStrictEqual(made, read)) throw new Error(`The copy of ${given.name} differs.`);
}
