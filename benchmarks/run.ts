import { issueFolder } from './data.js';
import type { Measure } from './measure.js';
import { column as columnOf, median, publish, ratioOf, runText } from './results.js';
import { runCase } from './run-case.js';

// `npm run bench [rounds]`: every case in a process of its own, rivals in the same round, in
// turning order; medians and ratios are printed and written to benchmarks/README.md.

const ROUNDS = Number(process.argv[2] ?? 7);
const ROWS = 200_000;
const APPEND_ROWS = 100_000;

interface Comparison {
  title: string;
  ours: string;
  rival: string | null;
  rows: number;
  /** The ratio to reach; `faster`: rival / ours must be at least it. */
  goal: { ratio: number; faster: boolean } | null;
}

const COMPARISONS: readonly Comparison[] = [
  {
    title: '(a) bytes → columns',
    ours: 'kernel',
    rival: 'json-parse',
    rows: ROWS,
    goal: { ratio: 0.4, faster: false },
  },
  {
    title: '(b) columns → appender',
    ours: 'append-blocks',
    rival: 'append-values',
    rows: APPEND_ROWS,
    goal: { ratio: 8, faster: true },
  },
  {
    title: '(c) pages → committed tables',
    ours: 'whole',
    rival: 'read-json',
    rows: ROWS,
    goal: { ratio: 0.9, faster: false },
  },
  { title: '(d) HTTP → committed tables', ours: 'http', rival: null, rows: ROWS, goal: null },
];

const WHAT: Readonly<Record<string, string>> = {
  kernel: 'sluice: locate + kernel',
  'json-parse': 'TextDecoder + JSON.parse alone',
  'append-blocks': 'sluice: block copies',
  'append-values': 'per-value appender of @duckdb/node-api',
  whole: 'sluice: select → … → load, loader thread',
  'read-json': 'DuckDB read_json + SQL flatten, 2 threads, local files',
  http: 'sluice: restSource → pipeline, local server',
  'throttle-simulated':
    'budget, simulated clock, 300/min burst 20, ten minutes, responses in 50–200 ms',
  'throttle-server':
    'restSource, real server, 3000/min burst 20, ten seconds, responses in 5–20 ms',
};

issueFolder(ROWS);
issueFolder(APPEND_ROWS);
/**
 * Cases that measure how much of a quota is used; run once, since they last as long as the quota's
 * window.
 */
const QUOTAS: readonly string[] = ['throttle-simulated', 'throttle-server'];

const measures = new Map<string, Measure[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  const order = COMPARISONS.flatMap(({ ours, rival, rows }) => [
    { name: ours, rows },
    ...(rival === null ? [] : [{ name: rival, rows }]),
  ]);
  for (const { name, rows } of round % 2 === 0 ? order : order.toReversed()) {
    measure(name, rows);
  }
}
for (const name of QUOTAS) measure(name, 0);
const report = reportText();
process.stdout.write(`\n${report}\n`);
publish('results', report);

function measure(name: string, rows: number): void {
  measures.set(name, [...(measures.get(name) ?? []), runCase(name, rows)]);
  process.stderr.write('.');
}

function column(name: string, field: string): number[] {
  return columnOf(measures, name, field);
}

function row(name: string, rows: number): string {
  const times = column(name, 'ms');
  const middle = median(times);
  const range = `${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)}`;
  return `| ${WHAT[name]} | ${middle.toFixed(0)} | ${range} | ${Math.round((rows / middle) * 1000).toLocaleString('en-US')} |`;
}

function ratioText({ ours, rival, goal }: Comparison): string {
  if (rival === null || goal === null) return '';
  const ratio = ratioOf(measures, ours, rival);
  if (goal.faster)
    return `**${(1 / ratio).toFixed(1)}×** as fast (median of pairs; to reach: ${goal.ratio}×)`;
  return `**${ratio.toFixed(2)}×** the time (median of pairs; to reach: ≤ ${goal.ratio}×)`;
}

function reportText(): string {
  const parts = COMPARISONS.map((comparison) => {
    const { title, ours, rival, rows } = comparison;
    const lines = [
      `### ${title}, ${rows.toLocaleString('en-US')} rows`,
      '',
      ratioText(comparison),
      '',
      '| case | median ms | range ms | rows/s |',
      '|---|---|---|---|',
      row(ours, rows),
      ...(rival === null ? [] : [row(rival, rows)]),
    ];
    if (ours === 'http') lines.push('', httpText());
    return lines.join('\n');
  });
  return [runText(ROUNDS), ...parts, quotaText()].join('\n\n');
}

function quotaText(): string {
  const lines = QUOTAS.map(
    (name) =>
      `| ${WHAT[name]} | ${median(column(name, 'usedPercent')).toFixed(1)} % | ${median(column(name, 'refused'))} |`,
  );
  return [
    '### (e) throttle',
    '',
    'To reach: ≥ 98 % of the quota used, no 429.',
    '',
    '| case | quota used | 429 |',
    '|---|---|---|',
    ...lines,
  ].join('\n');
}

function httpText(): string {
  const of = (field: string): string =>
    median(column('http', field)).toFixed(field === 'rssMiB' ? 0 : 1);
  return `Peak memory ${of('rssMiB')} MiB (to reach: ≤ 300), first rows committed after ${of('firstCommitMs')} ms (commit clock set to 500 ms), event loop delay p99 ${of('loopP99Ms')} ms (to reach: ≤ 20), largest ${of('loopMaxMs')} ms.`;
}
