import { readdirSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.js';
import type { Dump } from './dump.js';
import type { GoldenCase } from './golden-case.js';
import { loadCase } from './load-case.js';

/** `before`: statements that make the database which dlt left after two runs. */
interface HandOver {
  before: readonly string[];
  expected: Dump;
}

const here = new URL('./', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, here), 'utf8'));
const scenarios = read('hand-over.json') as GoldenCase[];
/** All take a while (`npm run test:golden`); each fifth shows soon whether one broke. */
const names = readdirSync(new URL('hand-over/', here))
  .toSorted()
  .map((file) => file.replace('.json', ''))
  .filter((_, i) => process.env['GOLDEN'] === 'all' || i % 5 === 0);

const folder = tempFolder();

describe('a database that dlt left after two runs', () => {
  it.each(names)('is with two more of sluice what dlt leaves alone: %s', async (name) => {
    const given = scenarios.find((one) => one.name === name) as GoldenCase;
    const { before, expected } = read(`hand-over/${name}.json`) as HandOver;
    const instance = await DuckDBInstance.create(folder.path(`${name}.duckdb`));
    const connection = await instance.connect();
    await connection.run(before.join('\n'));
    connection.closeSync();
    instance.closeSync();
    const { runs, left } = await loadCase(given, folder.path('.'), 'dlt', given.runs.slice(2));
    expect(runs.map(({ error }) => error)).toEqual([null, null]);
    expect({ tables: ofRows(left), state: left?.state }).toEqual({
      tables: ofRows(expected),
      state: expected.state,
    });
  });
});

/** Tables of rows alone. */
function ofRows(dumped: Dump | null): Dump['tables'] {
  return Object.fromEntries(
    Object.entries(dumped?.tables ?? {}).filter(([name]) => !name.startsWith('_dlt')),
  );
}
