import { dltVersion, PYTHON } from './cases/tables/dlt.js';
import type { Measure } from './measure.js';
import { column, median, publish, ratioOf, runText } from './results.js';
import { runCase } from './run-case.js';

// `npm run bench:tables [-- rounds [share]]`: loads and reads of large tables, rivals in the same
// round, in turning order; a share of 0.01 takes a hundredth of the rows, and publishes nothing.

interface Comparison {
  title: string;
  rows: number;
  /** Cases of ours, which are held against the faster one of `byHand`. */
  ours: readonly string[];
  byHand: readonly string[];
  /** Others that are shown. */
  beside: readonly string[];
  byDlt: readonly string[];
}

const COMPARISONS: readonly Comparison[] = [
  {
    title: '(f) merge into a table of ten times as many rows',
    rows: 1_000_000,
    ours: ['merge-delete-insert', 'merge-upsert'],
    byHand: ['sql-delete-insert', 'sql-merge'],
    beside: [],
    byDlt: ['dlt-delete-insert', 'dlt-upsert'],
  },
  {
    title: '(g) second versions of rows (scd2)',
    rows: 1_000_000,
    ours: ['versions'],
    byHand: ['sql-versions'],
    beside: [],
    byDlt: ['dlt-versions'],
  },
  {
    title: '(h) rows with 20 of 800 columns, append',
    rows: 100_000,
    ours: ['wide'],
    byHand: ['sql-wide'],
    beside: [],
    byDlt: ['dlt-wide'],
  },
  {
    title: '(i) a table to Arrow',
    rows: 5_000_000,
    ours: ['arrow'],
    byHand: ['arrow-by-hand'],
    beside: ['arrow-values', 'arrow-floor'],
    byDlt: ['dlt-arrow'],
  },
];

const WHAT: Readonly<Record<string, string>> = {
  'merge-delete-insert': 'sluice: delete-insert (the default)',
  'merge-upsert': 'sluice: upsert',
  'sql-delete-insert': 'SQL by hand: read_json, DELETE, INSERT',
  'sql-merge': 'SQL by hand: read_json, MERGE',
  'dlt-delete-insert': 'dlt: delete-insert',
  'dlt-upsert': 'dlt: upsert',
  versions: 'sluice: scd2',
  'sql-versions': 'SQL by hand: read_json, UPDATE, INSERT',
  'dlt-versions': 'dlt: scd2',
  wide: 'sluice: append',
  'sql-wide': 'SQL by hand: CREATE TABLE AS read_json, types given',
  'dlt-wide': 'dlt: append',
  arrow: "sluice: dataset().table('orders').arrow()",
  'arrow-by-hand': 'binding by hand: numbers by chunk, texts one by one',
  'arrow-values': 'runAndReadAll and getColumns: JavaScript values, no Arrow',
  'arrow-floor': 'stream and fetchChunk alone: nothing is read',
  'dlt-arrow': "dlt: dataset().table('orders').arrow(), in Python",
};
/** Most that ours should take of the faster SQL by hand. */
const GOAL = 1.3;

const rounds = Number(process.argv[2] ?? 3);
const share = Number(process.argv[3] ?? 1);
const dlt = dltVersion();
if (dlt === null)
  process.stderr.write(
    `dlt is skipped: ${PYTHON} cannot import it. Name a Python that can in DLT_PYTHON.\n`,
  );
const measures = new Map<string, Measure[]>();
for (let round = 0; round < rounds; round += 1) {
  const order = COMPARISONS.flatMap(({ rows, ours, byHand, beside, byDlt }) =>
    [...ours, ...byHand, ...beside, ...(dlt === null ? [] : byDlt)].map((name) => ({ name, rows })),
  );
  for (const { name, rows } of round % 2 === 0 ? order : order.toReversed()) {
    measures.set(name, [...(measures.get(name) ?? []), runCase(name, Math.ceil(rows * share))]);
    process.stderr.write('.');
  }
}
for (const comparison of COMPARISONS) requireSame(comparison);
const report = [
  runText(rounds),
  dlt === null ? 'dlt was skipped: no Python with dlt was there.' : `dlt ${dlt}.`,
  ...COMPARISONS.map(comparisonText),
].join('\n\n');
process.stdout.write(`\n${report}\n`);
if (share === 1) publish('tables', report);

/** All cases of a comparison that say what they leave must leave the same. */
function requireSame({ title, ours, byHand, byDlt }: Comparison): void {
  for (const field of ['rows', 'check']) {
    const found = [...ours, ...byHand, ...byDlt].flatMap((name) =>
      column(measures, name, field).filter((value) => !Number.isNaN(value)),
    );
    if (new Set(found).size > 1)
      throw new Error(`${title}: the cases left different tables: ${field} ${found.join(', ')}.`);
  }
}

function comparisonText({ title, rows, ours, byHand, beside, byDlt }: Comparison): string {
  const [best = ''] = [...byHand].sort((a, b) => time(a) - time(b));
  const ratios = ours.map((name) => {
    const cpu = ratioOf(measures, name, best, 'cpuMs').toFixed(2);
    return `${WHAT[name]} takes **${ratioOf(measures, name, best).toFixed(2)}×** the time of the faster way by hand, and ${cpu}× its CPU time (to reach: ≤ ${GOAL}×).`;
  });
  return [
    `### ${title}, ${Math.ceil(rows * share).toLocaleString('en-US')} rows`,
    '',
    ...ratios.flatMap((text) => [text, '']),
    '| case | median ms | range ms | CPU ms | memory MiB |',
    '|---|---|---|---|---|',
    ...[...ours, ...byHand, ...beside, ...(dlt === null ? [] : byDlt)].map(rowText),
  ].join('\n');
}

function time(name: string): number {
  return median(column(measures, name, 'ms'));
}

function rowText(name: string): string {
  const times = column(measures, name, 'ms');
  const range = `${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)}`;
  const [cpu, rise] = ['cpuMs', 'riseMiB'].map((field) =>
    median(column(measures, name, field)).toFixed(0),
  );
  return `| ${WHAT[name]} | ${time(name).toFixed(0)} | ${range} | ${cpu} | ${rise} |`;
}
