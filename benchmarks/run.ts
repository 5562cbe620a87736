import { cpus, release, totalmem } from 'node:os';
import { engines } from './engines/engines.js';
import { groups } from './groups/index.js';
import { readArguments } from './harness/arguments.js';
import type { Comparison } from './harness/comparison.js';
import { dltVersion } from './harness/dlt-version.js';
import { PYTHON } from './harness/programs.js';
import { publish, readResults } from './harness/published.js';
import { groupText } from './harness/report.js';
import { requireSame } from './harness/require-same.js';
import type { Measure, Result } from './harness/results.js';
import { runWay } from './harness/run-way.js';

// `npm run bench -- [long | smoke] [group | comparison …] [rounds]`: every way in a process of its
// own, one after another and in turning order; the results are printed, and but for `smoke` and a
// number of rounds of one's own published.

const all = groups.flatMap(({ comparisons }) => comparisons);
const { form, names, rounds } = readArguments(process.argv.slice(2), [
  ...groups.map(({ name }) => name),
  ...all.map(({ key }) => key),
]);
const meant = groups.flatMap(({ name, comparisons }) =>
  comparisons.filter(
    ({ key, isLong }) =>
      (names.length === 0 || names.includes(name) || names.includes(key)) &&
      (form === 'long') === (isLong === true),
  ),
);
const chosen = meant.filter(({ key, engine }) => {
  const missing = engine === undefined ? [] : engines[engine].missing();
  if (missing.length > 0)
    process.stderr.write(`${key} is skipped: ${missing.join(' and ')} is missing (.ci/engines).\n`);
  return missing.length === 0;
});
const dlt = form === 'smoke' ? null : dltVersion();
if (dlt === null)
  process.stderr.write(
    form === 'smoke'
      ? 'dlt is skipped.\n'
      : `dlt is skipped: ${PYTHON} cannot import it. Name a Python that can in DLT_PYTHON (rivals/requirements.txt).\n`,
  );

const measures = new Map(chosen.map(({ key }) => [key, new Map<string, Measure[]>()]));
const began = performance.now();
if (form === 'smoke') {
  // Nobody reads these times, so both processors may be used.
  const waiting = [...chosen];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await runRound(next, 0);
  };
  await Promise.all([worker(), worker()]);
} else {
  const most = Math.max(...chosen.map((comparison) => rounds ?? comparison.rounds));
  for (let round = 0; round < most; round += 1)
    for (const comparison of chosen) await runRound(comparison, round);
}
const fresh = Object.fromEntries(chosen.map((one) => [one.key, resultOf(one)]));
for (const group of groups) {
  const text = groupText(group, fresh);
  if (text !== '') process.stdout.write(`\n## ${group.title}\n\n${text}\n`);
}
process.stdout.write(`\nTook ${Math.round((performance.now() - began) / 1_000)} s.\n`);
if (form !== 'smoke' && rounds === null) await publish(groups, { ...readResults(), ...fresh });

async function runRound(comparison: Comparison, round: number): Promise<void> {
  const size = form === 'smoke' ? comparison.smokeSize : comparison.size;
  const own = rounds ?? comparison.rounds;
  const due = comparison.ways.filter(
    (way) => round < Math.min(own, way.rounds ?? own) && !(way.isDlt === true && dlt === null),
  );
  for (const way of round % 2 === 0 ? due : due.toReversed()) {
    const measure = await runWay(comparison, way, size);
    const list = measures.get(comparison.key);
    list?.set(way.key, [...(list.get(way.key) ?? []), measure]);
    process.stderr.write('.');
  }
  // At once: nobody waits for figures of ways that did not do the same.
  requireSame(comparison, resultOf(comparison));
}

function resultOf({ key, size, smokeSize }: Comparison): Result {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${process.platform} ${release()}, Node ${process.version}`,
    dlt,
    size: form === 'smoke' ? smokeSize : size,
    ways: Object.fromEntries(measures.get(key) ?? []),
  };
}
