import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump } from './dump.js';
import { type GoldenCase, hasExactIds } from './golden-case.js';
import { printShort } from './print-short.js';

/** Writes `expected/<case>.json` for each database that `make.py` left in a folder. */
const golden = fileURLToPath(new URL('../../../test/golden/', import.meta.url));
const [folder = ''] = process.argv.slice(2);
const cases = readdirSync(join(golden, 'cases')).flatMap(
  (file) => JSON.parse(readFileSync(join(golden, 'cases', file), 'utf8')) as GoldenCase[],
);
const made = new Set(readdirSync(folder));
for (const one of cases.filter(({ name }) => made.has(`${name}.runs.json`))) {
  const runs: unknown = JSON.parse(readFileSync(join(folder, `${one.name}.runs.json`), 'utf8'));
  const database = `${one.name}.duckdb`;
  const left = made.has(database) ? await dump(join(folder, database), hasExactIds(one)) : null;
  writeFileSync(join(golden, 'expected', `${one.name}.json`), printShort({ runs, ...left }));
}
