import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { dltWorker } from './dlt-worker.js';
import { type Dump, dump } from './dump.js';
import { type GoldenCase, hasExactIds } from './golden-case.js';
import { loadCase } from './load-case.js';

/**
 * `node dist/test/golden/hand-over.js PYTHON [part of a name]`: dlt and sluice load into one
 * database, run by run, each from a machine without local state. Prints where the end is what dlt
 * alone would have left. `d` is a run of dlt, `s` one of sluice.
 */
const TURNS = ['ddss', 'sddd', 'dsds', 'sdsd'];

const [python = 'python3', part = ''] = process.argv.slice(2);
const path = new URL('../../../test/golden/hand-over.json', import.meta.url);
const scenarios = (JSON.parse(readFileSync(path, 'utf8')) as GoldenCase[]).filter(({ name }) =>
  name.includes(part),
);
const root = mkdtempSync(join(tmpdir(), 'hand-over-'));
const dlt = dltWorker(python);
const passed: Record<string, number> = {};
const count = (what: string): void => void (passed[what] = (passed[what] ?? 0) + 1);

for (const given of scenarios) {
  const { left: alone } = await played(given, 'dddd');
  const results: string[] = [];
  for (const turns of TURNS) {
    const { left, trouble, attached } = await played(given, turns);
    const found = trouble ?? difference(alone, left);
    if (found === null) count(turns);
    if (found === null && attached === '') count(`${turns} attach`);
    if (found === null && isDeepStrictEqual(rowsOf(alone, true), rowsOf(left, true)))
      count(`${turns} child ids`);
    results.push(`  ${turns} ${found ?? 'as dlt alone'}${attached}`);
    if (found === null)
      for (const what of ['schemas', 'state'] as const)
        if (isDeepStrictEqual(alone?.[what], left?.[what])) count(`${turns} ${what}`);
  }
  console.log([given.name, ...results].join('\n'));
}
dlt.close();
console.log(`of ${scenarios.length}: ${JSON.stringify(passed)}`);

async function played(
  given: GoldenCase,
  turns: string,
): Promise<{ left: Dump | null; trouble: string | null; attached: string }> {
  const folder = join(root, given.name, turns);
  mkdirSync(folder, { recursive: true });
  let attached = '';
  for (const [i, run] of given.runs.entries()) {
    const bySluice = turns[i] === 's';
    const error = bySluice
      ? (await loadCase(given, folder, 'dlt', [run])).runs[0]?.error
      : (await dlt.run(given, run, folder)).error;
    if (error != null) return { left: null, trouble: `run ${i + 1}: ${short(error)}`, attached };
    if (bySluice && turns[i + 1] === 'd') {
      const found = await dlt.attach(given, folder);
      if (found.error != null) attached = `; attach after run ${i + 1}: ${short(found.error)}`;
    }
  }
  const left = await dump(join(folder, `${given.name}.duckdb`), hasExactIds(given));
  return { left, trouble: null, attached };
}

function short(error: unknown): string {
  const text = typeof error === 'string' ? error : JSON.stringify(error);
  return text.replaceAll(/\s+/g, ' ').slice(0, 220);
}

/** The first table that is not the same. */
function difference(alone: Dump | null, left: Dump | null): string | null {
  const [wanted, found] = [rowsOf(alone, false), rowsOf(left, false)];
  if (isDeepStrictEqual(wanted, found)) return null;
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  const table = names.find((name) => !isDeepStrictEqual(wanted[name], found[name])) ?? '';
  const [a, b] = [wanted[table], found[table]];
  const part = isDeepStrictEqual(a?.columns, b?.columns) ? 'rows' : 'columns';
  const without = (own: typeof a, other: typeof a): string =>
    JSON.stringify(own?.[part].filter((one) => !other?.[part].some(isSame(one))) ?? 'no table');
  return `${table} ${part}: dlt ${short(without(a, b))} here ${short(without(b, a))}`;
}

function isSame(one: unknown): (other: unknown) => boolean {
  return (other) => isDeepStrictEqual(one, other);
}

/** The tables of rows; without `marks` an id of a list's row may be any. */
function rowsOf(dumped: Dump | null, marks: boolean): Dump['tables'] {
  const own = Object.entries(dumped?.tables ?? {}).filter(([name]) => !name.startsWith('_dlt'));
  const text = JSON.stringify(Object.fromEntries(own));
  return JSON.parse(marks ? text : text.replaceAll('!"', '"')) as Dump['tables'];
}
