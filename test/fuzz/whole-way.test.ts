import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { duckdb, type LoadInfo, type Pipeline, pipeline, restSource, type Source } from 'sluice';
import { randomRuns } from './random-documents.js';
import { readTables, type StoredRoot, type StoredTables } from './read-tables.js';
import { type Contract, type Disposition, type RootModel, TablesModel } from './table-model.js';
import { type Tree, written } from './tree.js';

/** Trials of `npm test`, always the same; `npm run test:fuzz` makes more, and others each time. */
const TRIALS = Number(process.env['FUZZ_LOADS'] ?? 6);
const SEED = process.env['FUZZ_LOADS'] === undefined ? { seed: 12 } : {};
/** No more are begun after so many milliseconds. */
const LONGEST = Number(process.env['FUZZ_MS'] ?? 20_000);

/** So long the process may be held up without an error. */
const HELD_UP = 3_600_000;

/** How one run is made. */
interface RunPlan {
  batch: { rows?: number; bytes?: number; firstRows?: number };
  commit: { rows?: number };
  /** After how many events the run is stopped, again and again. */
  stops: number[];
  /** What becomes of what changes a table: in later runs, where no table has lists. */
  contract: Contract | null;
}

/** What a resource has in one run. */
interface Responses {
  rows: Tree[];
  /** Rows of the pages; what is left is the last page. */
  cuts: number[];
}

interface ResourcePlan {
  name: string;
  disposition: Disposition;
  nesting: number;
  /** Pages by cursor one after another, or by number so many at once. */
  parallelPages: number | null;
  runs: Responses[];
}

interface Trial {
  resources: ResourcePlan[];
  runs: RunPlan[];
}

const KEYED: readonly Disposition[] = ['replace', 'delete-insert', 'upsert', 'insert-only', 'scd2'];
const NAMES = ['things', 'others', 'more'] as const;

const runPlan: fc.Arbitrary<RunPlan> = fc.record({
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
  contract: fc.constantFrom<Contract>('evolve', 'discard_row', 'discard_value'),
});

function resourcePlan(name: string, runs: number, isFlat: boolean): fc.Arbitrary<ResourcePlan> {
  return fc
    .record({
      disposition: fc
        .constantFrom<Disposition>('append', 'append', ...KEYED)
        // A version of a row is told by all that was sent, also by what a contract leaves out.
        .filter((one) => !isFlat || one !== 'scd2'),
      nesting: isFlat ? fc.constant(0) : fc.constantFrom(1000, 1000, 0, 1, 2),
      parallelPages: fc.constantFrom(null, 1, 2, 4),
    })
    .chain(({ disposition, nesting, parallelPages }) =>
      fc
        .tuple(
          randomRuns({
            hasKey: disposition !== 'append',
            hasInnerLists: nesting === 1000,
            // Contracts allow columns with such names.
            hasDltNames: !isFlat,
            runs,
          }),
          fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }), {
            minLength: runs,
            maxLength: runs,
          }),
        )
        .map(([rows, cuts]) => ({
          name,
          disposition,
          nesting,
          parallelPages,
          runs: cuts.map((sizes, i) => ({
            cuts: sizes,
            rows: distinct(rows[i] as Tree[], disposition),
          })),
        })),
    );
}

const trials: fc.Arbitrary<Trial> = fc
  .tuple(
    fc.constantFrom(1, 1, 2, 3),
    fc.array(runPlan, { minLength: 1, maxLength: 4 }),
    fc.constantFrom(true, false, false),
  )
  .chain(([count, runs, isFlat]) =>
    fc
      .tuple(...NAMES.slice(0, count).map((name) => resourcePlan(name, runs.length, isFlat)))
      .map((resources) => ({
        resources,
        runs: runs.map((run, i): RunPlan => (isFlat && i > 0 ? run : { ...run, contract: null })),
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

/** Pages of the run by resource. */
let pages: Readonly<Record<string, readonly string[]>> = {};
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  const all = pages[pathname.slice(1)] ?? [];
  const page = Number(searchParams.get('page') ?? 0);
  const next = page + 1 < all.length ? page + 1 : null;
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(`{"data":[${all[page] ?? ''}],"next":${next},"pages":${all.length}}`);
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

function sourceOf({ resources }: Trial): Source {
  return restSource({
    name: 'fuzz',
    client: { baseUrl: url, retry: { attempts: 1 }, stallMs: HELD_UP, timeoutMs: HELD_UP },
    resources: resources.map(({ name, disposition, nesting, parallelPages }) => ({
      name,
      writeDisposition:
        disposition === 'append' || disposition === 'replace'
          ? disposition
          : { disposition: 'merge', strategy: disposition },
      ...(disposition !== 'append' && disposition !== 'scd2' && { primaryKey: 'id' }),
      ...(nesting < 1000 && { maxTableNesting: nesting }),
      endpoint: {
        path: name,
        dataSelector: 'data',
        ...(parallelPages === null
          ? { paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'page' } }
          : {
              parallelPages,
              paginator: { type: 'pageNumber', totalPath: 'pages', stopAfterEmptyPage: false },
            }),
      },
    })),
  });
}

/** Runs a source, stopped after so many events. */
async function runStopped(
  own: Pipeline,
  source: Source,
  contract: Contract | null,
  stop?: number,
): Promise<LoadInfo | null> {
  const stopping = new AbortController();
  let events = 0;
  try {
    return await own.run(source, {
      signal: stopping.signal,
      ...(contract !== null && {
        schemaContract: { columns: contract, dataType: contract },
        quarantine: true,
      }),
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

function pagesOf({ rows, cuts }: Responses): string[] {
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
  const { resources, runs } = trial;
  const dataset = `fuzz_${(trialsMade += 1)}`;
  const models = resources.map(
    ({ name, disposition, nesting }) => new TablesModel(name, disposition, nesting),
  );
  /** What contracts let through, by resource and run. */
  const landed = resources.map((): (readonly Tree[])[] => []);
  const connection = await instance.connect();
  try {
    const loads: string[] = [];
    for (const [run, { batch, commit, stops, contract }] of runs.entries()) {
      pages = Object.fromEntries(
        resources.map(({ name, runs: all }) => [name, pagesOf(all[run] as Responses)]),
      );
      const own = pipeline({
        name: 'fuzz',
        dataset,
        destination: duckdb(instance),
        batch,
        commit,
      });
      let info: LoadInfo | null = null;
      for (const stop of [...stops, undefined])
        info ??= await runStopped(own, sourceOf(trial), contract, stop);
      await own.close();
      loads.push((info as LoadInfo).loadId);
      let discarded = 0;
      for (const [i, plan] of resources.entries()) {
        const model = models[i] as TablesModel;
        const { rows } = plan.runs[run] as Responses;
        const kept = model.load(rows, contract ?? 'evolve');
        landed[i]?.push(kept);
        discarded += rows.length - kept.length;
        const stored = await readTables(connection, dataset, plan.name, {
          roots: resources.map(({ name }) => name),
          isVersioned: plan.disposition === 'scd2',
        });
        expectSame(stored, model);
        if (plan.disposition === 'append')
          expect(stored.rows.map(({ loadId }) => loads.indexOf(loadId))).toEqual(
            landed[i]?.flatMap((all, load) => all.filter((row) => row !== null).map(() => load)),
          );
      }
      if (contract === 'discard_row')
        expect(await quarantined(connection, dataset, loads.at(-1) as string)).toBe(discarded);
    }
  } finally {
    await connection.run(`DROP SCHEMA IF EXISTS ${dataset} CASCADE`);
    connection.closeSync();
  }
}

/** How many rows a load put aside. */
async function quarantined(
  connection: DuckDBConnection,
  dataset: string,
  load: string,
): Promise<number> {
  const there = await connection.runAndReadAll(
    `SELECT 1 FROM duckdb_tables() WHERE schema_name = '${dataset}' AND table_name = '_sluice_quarantine'`,
  );
  if (there.currentRowCount === 0) return 0;
  const count = await connection.runAndReadAll(
    `SELECT count(*) FROM ${dataset}._sluice_quarantine WHERE _dlt_load_id = '${load}'`,
  );
  return Number(count.getRows()[0]?.[0]);
}

function expectSame(stored: StoredTables, model: TablesModel): void {
  expect(typesOf(stored.types)).toEqual(typesOf(model.types()));
  const plain = ({ cells, lists, isActive }: RootModel | StoredRoot): unknown => ({
    cells,
    lists,
    isActive,
  });
  const expected = model.rows().map(plain);
  const actual = stored.rows.map(plain);
  if (model.disposition === 'append') expect(actual).toEqual(expected);
  else expect(sortedRows(actual)).toEqual(sortedRows(expected));
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
