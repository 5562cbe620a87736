import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { duckdb, type LoadInfo, type Pipeline, pipeline, restSource, type Source } from 'sluice';
import { randomRuns } from './random-documents.js';
import { readTables } from './read-tables.js';
import { type Disposition, TablesModel } from './table-model.js';
import { type Tree, written } from './tree.js';

/** Trials of `npm test`, always the same; `npm run test:fuzz` makes more, and others each time. */
const TRIALS = Number(process.env['FUZZ_LOADS'] ?? 12);
const SEED = process.env['FUZZ_LOADS'] === undefined ? { seed: 12 } : {};
/** No more are begun after so many milliseconds. */
const LONGEST = Number(process.env['FUZZ_MS'] ?? 20_000);

/** How one run is made. */
interface RunPlan {
  rows: Tree[];
  /** Rows of the pages; what is left is the last page. */
  cuts: number[];
  batch: { rows?: number; bytes?: number; ms?: number; firstRows?: number };
  commit: { rows?: number; ms?: number };
  /** After how many events the run is stopped, again and again. */
  stops: number[];
}

interface Trial {
  disposition: Disposition;
  nesting: number;
  thread: boolean;
  runs: RunPlan[];
}

const KEYED: readonly Disposition[] = ['replace', 'delete-insert', 'upsert', 'insert-only', 'scd2'];

const trials: fc.Arbitrary<Trial> = fc
  .record({
    disposition: fc.constantFrom<Disposition>('append', 'append', ...KEYED),
    nesting: fc.constantFrom(1000, 1000, 0, 1, 2),
    runs: fc.integer({ min: 1, max: 4 }),
    thread: fc.boolean(),
  })
  .chain(({ disposition, nesting, runs, thread }) =>
    fc
      .tuple(
        randomRuns({ hasKey: disposition !== 'append', hasInnerLists: nesting === 1000, runs }),
        fc.array(
          fc.record({
            cuts: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }),
            batch: fc.record(
              {
                rows: fc.integer({ min: 1, max: 20 }),
                bytes: fc.integer({ min: 1, max: 2_000 }),
                firstRows: fc.integer({ min: 1, max: 10 }),
              },
              { requiredKeys: [] },
            ),
            commit: fc.record({ rows: fc.integer({ min: 1, max: 20 }) }, { requiredKeys: [] }),
            stops: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
          }),
          { minLength: runs, maxLength: runs },
        ),
      )
      .map(([rows, plans]) => ({
        disposition,
        nesting,
        thread,
        runs: plans.map((plan, i) => ({ ...plan, rows: distinct(rows[i] as Tree[], disposition) })),
      })),
  );

/** Versions of `scd2` are told apart by their content; a key has one a run. */
function distinct(rows: Tree[], disposition: Disposition): Tree[] {
  if (disposition !== 'scd2') return rows;
  return [...new Map(rows.map((row) => [JSON.stringify(idOf(row)), row])).values()];
}

function idOf(row: Tree): Tree | undefined {
  return (row as { members: [string, Tree][] }).members[0]?.[1];
}

let pages: string[] = [];
const server = createServer((request, response) => {
  const page = Number(new URL(request.url ?? '/', 'http://local').searchParams.get('after') ?? 0);
  const next = page + 1 < pages.length ? page + 1 : null;
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(`{"data":[${pages[page] ?? ''}],"next":${next}}`);
});
// A process that is held up for a while would find its connection closed.
server.keepAliveTimeout = 0;
let url = '';
let instance: DuckDBInstance;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  instance = await DuckDBInstance.create(':memory:');
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  instance.closeSync();
});

function sourceOf({ disposition, nesting }: Trial): Source {
  return restSource({
    name: 'fuzz',
    client: { baseUrl: url, retry: { attempts: 1 } },
    resources: [
      {
        name: 'things',
        writeDisposition:
          disposition === 'append' || disposition === 'replace'
            ? disposition
            : { disposition: 'merge', strategy: disposition },
        ...(disposition !== 'append' && disposition !== 'scd2' && { primaryKey: 'id' }),
        ...(nesting < 1000 && { maxTableNesting: nesting }),
        endpoint: {
          path: 'things',
          dataSelector: 'data',
          paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
        },
      },
    ],
  });
}

/** Runs a source, stopped after so many events. */
async function runStopped(own: Pipeline, source: Source, stop?: number): Promise<LoadInfo | null> {
  const stopping = new AbortController();
  let events = 0;
  try {
    return await own.run(source, {
      signal: stopping.signal,
      observe: () => {
        events += 1;
        if (events === stop) stopping.abort();
      },
    });
  } catch (error) {
    if (stop !== undefined && (error as Error).name === 'AbortError') return null;
    throw error;
  }
}

function pagesOf({ rows, cuts }: RunPlan): string[] {
  const cut: string[] = [];
  let at = 0;
  for (const size of cuts)
    cut.push(
      rows
        .slice(at, (at += size))
        .map(written)
        .join(','),
    );
  return [...cut, rows.slice(at).map(written).join(',')];
}

let trialsMade = 0;

async function check(trial: Trial): Promise<void> {
  const { disposition, nesting, runs } = trial;
  const dataset = `fuzz_${(trialsMade += 1)}`;
  const model = new TablesModel('things', disposition, nesting);
  const connection = await instance.connect();
  try {
    const loads: string[] = [];
    for (const plan of runs) {
      pages = pagesOf(plan);
      const { batch, commit } = plan;
      const own = pipeline({
        name: 'fuzz',
        dataset,
        destination: duckdb(instance),
        batch,
        commit,
      });
      let info: LoadInfo | null = null;
      for (const stop of [...plan.stops, undefined])
        info ??= await runStopped(own, sourceOf(trial), stop);
      await own.close();
      loads.push((info as LoadInfo).loadId);
      model.load(plan.rows);
      const stored = await readTables(connection, dataset, 'things', {
        isVersioned: disposition === 'scd2',
      });
      expect(typesOf(stored.types)).toEqual(typesOf(model.types()));
      const plain = (
        row: ReturnType<TablesModel['rows']>[number] | (typeof stored)['rows'][number],
      ): unknown => ({
        cells: row.cells,
        lists: row.lists,
        isActive: row.isActive,
      });
      const expected = model.rows().map(plain);
      const actual = stored.rows.map(plain);
      if (disposition === 'append') expect(actual).toEqual(expected);
      else expect(sortedRows(actual)).toEqual(sortedRows(expected));
      if (disposition === 'append')
        expect(stored.rows.map(({ loadId }) => loads.indexOf(loadId))).toEqual(
          runs
            .slice(0, loads.length)
            .flatMap(({ rows }, i) => rows.filter((r) => r !== null).map(() => i)),
        );
    }
  } finally {
    await connection.run(`DROP SCHEMA IF EXISTS ${dataset} CASCADE`);
    connection.closeSync();
  }
}

const SQL: Readonly<Record<string, string>> = {
  bigint: 'BIGINT',
  hugeint: 'HUGEINT',
  double: 'DOUBLE',
  bool: 'BOOLEAN',
  text: 'VARCHAR',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  json: 'JSON',
};

/** Types by table; tables whose rows have no cells are left out. */
function typesOf(types: Record<string, Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(types).map(([table, columns]) => [
      table,
      Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, SQL[type] ?? type])),
    ]),
  );
}

function sortedRows(rows: readonly unknown[]): unknown[] {
  const key = (row: unknown): string =>
    JSON.stringify(row, (_, value: unknown) =>
      typeof value === 'bigint' || typeof value === 'number'
        ? `${value}`
        : value !== null && typeof value === 'object' && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
          : value,
    );
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

it(
  'leaves the tables of the model, whatever comes and wherever it is stopped',
  async () => {
    await fc.assert(fc.asyncProperty(trials, check), {
      numRuns: TRIALS,
      interruptAfterTimeLimit: LONGEST,
      ...SEED,
    });
  },
  LONGEST + 600_000,
);
