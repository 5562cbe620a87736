import { execFileSync, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { databasePath } from './tools.js';

interface Outcome {
  /** What the load without room failed with. */
  error: string;
  notices: string[];
  /** All rows, after the load that had room again. */
  found: { rows: number; ids: number; loads: number; tags: number };
}

/** When there is no more room: from an event or a statement on. */
type Point = { event: string } | { statement: string };

/**
 * Loads ids into a database, and then others while the disk has no room from a point on. Then there
 * is room, and the same process loads the others, again where that failed.
 */
async function loadWithoutRoom(point: Point, config: object): Promise<Outcome> {
  const given = JSON.stringify([databasePath('t.duckdb'), point, config]);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', `const [path, point, config] = ${given};${PROGRAM}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await new Promise((resolve) => child.on('close', resolve));
  expect(errors).toBe('');
  return JSON.parse(output) as Outcome;
}

// A process that may not make files longer meets the same errors as one whose disk is full.
const PROGRAM = `
import { execFileSync } from 'node:child_process';
import { duckdb, pipeline } from 'sluice';
import { DuckDBConnection } from 'sluice/duckdb';
const allow = (bytes) => execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=' + bytes + ':']);
let isMeant = false;
const run = DuckDBConnection.prototype.run;
DuckDBConnection.prototype.run = function (sql, ...rest) {
  if (isMeant && sql.includes(point.statement)) allow(0);
  return run.call(this, sql, ...rest);
};
const { rows, isBeside, ...sizes } = config;
const destination = duckdb(path, { thread: false });
const named = (dataset) => pipeline({ name: dataset, dataset, destination, ...sizes });
const loading = named('data');
const notices = [];
async function* pages(first) {
  for (let id = first; id < first + rows; id += 1) yield { id, tags: [{ tag: 't' + id }] };
}
const load = (first) => loading.run(pages(first), { table: 't', observe(event) {
  if (isMeant && event.kind === point.event) allow(0);
  if (event.kind === 'notice') notices.push(event.message);
} });
/** Loads while another load has the file open, which is given up afterwards. */
async function loadBeside() {
  const stop = new AbortController();
  let begun;
  const beginning = new Promise((resolve) => { begun = resolve; });
  async function* endless() {
    yield { id: 1 };
    begun();
    await new Promise(() => undefined);
  }
  const beside = named('beside').run(endless(), { table: 't', signal: stop.signal, observe(event) {
    if (event.kind === 'notice') notices.push(event.message);
  } }).catch(() => undefined);
  await beginning;
  await load(rows);
  stop.abort();
  await beside;
}
await load(0);
isMeant = true;
const error = await (isBeside ? loadBeside() : load(rows)).then(() => '', String);
isMeant = false;
allow('unlimited');
if (error !== '') await load(rows);
const [found] = await loading.dataset().query('SELECT count(*)::INT AS rows, count(DISTINCT id)::INT AS ids, count(DISTINCT t._dlt_load_id)::INT AS loads, (SELECT count(*)::INT FROM t__tags) AS tags FROM t');
await loading.close();
console.log(JSON.stringify({ error, notices, found }));
`;

/** It comes with util-linux. */
function canLimitFiles(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(canLimitFiles())('a load whose disk is full', () => {
  it.each<[string, Point, { rows: number; [size: string]: unknown }]>([
    ['while it appends', { event: 'page' }, { rows: 42_000 }],
    [
      'in the middle of its commits',
      { event: 'commit' },
      { rows: 2_000, batch: { rows: 500 }, commit: { rows: 500 } },
    ],
    ['as it is completed', { statement: "checkpoint_threshold = '0KB'" }, { rows: 2_000 }],
  ])('%s says so, and the next one has each row once', async (_, point, config) => {
    const { error, notices, found } = await loadWithoutRoom(point, config);
    expect(error).toMatch(
      /^LoadError: Load .*File too large\. What was not committed was rolled back\. The disk is full\. Make room and run again: what was committed stays\.$/,
    );
    const givenUp = notices.filter((notice) => notice.includes(' is given up: '));
    expect(givenUp).toHaveLength('event' in point && point.event === 'commit' ? 1 : 0);
    for (const notice of notices.filter((other) => !givenUp.includes(other)))
      expect(notice).toMatch(/^Load .* was ended, but its database could not be closed: /);
    const rows = 2 * config.rows;
    expect(found).toEqual({ rows, ids: rows, loads: 2, tags: rows });
  });

  it('after its last commit stands, and a notice says that its file could not be closed', async () => {
    const { error, notices, found } = await loadWithoutRoom(
      { statement: 'CHECKPOINT "t"' },
      { rows: 2_000, isBeside: true },
    );
    expect(error).toBe('');
    expect(notices).toEqual([
      expect.stringMatching(
        /could not be closed: .*File too large\. DuckDB reads what is in its write-ahead log/,
      ),
    ]);
    expect(found).toEqual({ rows: 4_000, ids: 4_000, loads: 2, tags: 4_000 });
  });
});
