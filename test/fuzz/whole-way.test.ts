import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { duckdb, type LoadInfo, type Pipeline, pipeline, restSource, type Source } from 'sluice';
import { expectTables } from './expect-tables.js';
import { pagesServer, type PagesServer } from './pages-server.js';
import {
  type Interruption,
  type ResourcePlan,
  type Responses,
  type RunPlan,
  type Trial,
  trials,
} from './random-trials.js';
import { readTables } from './read-tables.js';
import { TablesModel } from './table-model.js';
import { membersOf, type ObjectTree, type Tree, written } from './tree.js';

/** Trials of `npm test`, always the same; `npm run test:fuzz` makes more, and others each time. */
const TRIALS = Number(process.env['FUZZ_LOADS'] ?? 6);
const SEED = process.env['FUZZ_LOADS'] === undefined ? { seed: 12 } : {};
/** A trial that failed: what its error names, as `{"seed":…,"path":"…"}`. */
const REPLAYED = JSON.parse(process.env['FUZZ_REPLAYED'] ?? '{}') as fc.Parameters<[Trial]>;
/** No more are begun after so many milliseconds. */
const LONGEST = Number(process.env['FUZZ_MS'] ?? 20_000);

/** So long the process may be held up without an error. */
const HELD_UP = 3_600_000;

let server: PagesServer;
let instance: DuckDBInstance;
beforeAll(async () => {
  server = await pagesServer();
  instance = await DuckDBInstance.create(':memory:');
});
afterAll(() => {
  server.close();
  instance.closeSync();
});

function sourceOf({ resources }: Trial, { bodyBytes }: RunPlan): Source {
  const source = restSource({
    name: 'fuzz',
    client: { baseUrl: server.url, retry: { attempts: 1 }, stallMs: HELD_UP, timeoutMs: HELD_UP },
    resources: resources.map(({ name, disposition, nesting, parallelPages, parent }) => ({
      name,
      writeDisposition:
        disposition === 'append' || disposition === 'replace'
          ? disposition
          : { disposition: 'merge', strategy: disposition },
      ...(disposition !== 'append' && disposition !== 'scd2' && { primaryKey: 'id' }),
      ...(nesting < 1000 && { maxTableNesting: nesting }),
      ...(parent !== undefined && { includeFromParent: { above: 'id' } }),
      endpoint: {
        path: parent === undefined ? name : `${parent}/{resources.${parent}.id}/${name}`,
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
  if (bodyBytes === null) return source;
  return { ...source, pages: (context) => source.pages({ ...context, bodyBytes }) };
}

/** Runs a source; null where the interruption ended that, `refused` where its contract did. */
async function tried(
  own: Pipeline,
  source: Source,
  { contract, isRestarted }: RunPlan,
  interruption?: Interruption,
): Promise<LoadInfo | 'refused' | null> {
  const stopping = new AbortController();
  const { kind = null, at = 0 } = interruption ?? {};
  server.fault = kind === 'error' || kind === 'cut' ? { kind, in: at } : null;
  let events = 0;
  try {
    return await own.run(source, {
      signal: stopping.signal,
      resume: interruption !== undefined || !isRestarted,
      ...(contract !== null && {
        schemaContract: { columns: contract, dataType: contract },
        quarantine: true,
      }),
      observe: () => {
        events += 1;
        if (kind === 'stop' && events === at) stopping.abort();
      },
    });
  } catch (error) {
    const { name, code } = error as Error & { code?: string };
    if (contract === 'freeze' && code === 'ERR_SLUICE_SCHEMA') return 'refused';
    if (kind === 'stop' ? name === 'AbortError' : server.fault !== null && server.fault.in <= 0)
      return null;
    throw error;
  }
}

/** The pages of a resource by path: of a child, for each parent that has rows. */
function pathsOf({ name, parent }: ResourcePlan, responses: Responses): [string, string[]][] {
  if (parent === undefined) return [[name, pagesOf(responses)]];
  const below = new Map<string, Tree[]>();
  for (const row of responses.rows) {
    const { above, ...members } = Object.fromEntries(membersOf(row as ObjectTree));
    const path = `${parent}/${written(above as Tree)}/${name}`;
    below.set(path, [...(below.get(path) ?? []), { members: Object.entries(members) }]);
  }
  return [...below].map(([path, rows]) => [path, pagesOf({ ...responses, rows })]);
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

/** Trials so far, those of shrinking among them. */
let trialsMade = 0;

async function check(trial: Trial): Promise<void> {
  const { resources, runs, isDlt } = trial;
  const dataset = `fuzz_${(trialsMade += 1)}`;
  const models = resources.map(
    ({ name, disposition, nesting }) =>
      new TablesModel({ root: name, disposition, nesting, isDlt }),
  );
  /** What contracts let through, by resource and run. */
  const landed = resources.map((): (readonly Tree[])[] => []);
  const connection = await instance.connect();
  try {
    const loads: string[] = [];
    for (const [run, plan] of runs.entries()) {
      const { batch, commit, interruptions } = plan;
      server.pages = Object.fromEntries(
        resources.flatMap((resource) => pathsOf(resource, resource.runs[run] as Responses)),
      );
      const own = pipeline({
        name: 'fuzz',
        dataset,
        destination: duckdb(instance),
        batch,
        commit,
        ...(isDlt && { compat: 'dlt' }),
      });
      const rowsOf = (i: number): Tree[] =>
        ((resources[i] as ResourcePlan).runs[run] as Responses).rows;
      const isRefused =
        plan.contract === 'freeze' && models.some((one, i) => one.refuses(rowsOf(i)));
      let outcome: Awaited<ReturnType<typeof tried>> = null;
      for (const interruption of [...interruptions, undefined]) {
        if (outcome !== null) break;
        if (interruption === undefined && plan.isRestarted) {
          const types = await widerTypes(connection, dataset);
          for (const model of models) model.widen(types);
        }
        outcome = await tried(own, sourceOf(trial, plan), plan, interruption);
      }
      expect(outcome === 'refused').toBe(isRefused);
      const contract = isRefused ? 'evolve' : plan.contract;
      if (isRefused) outcome = await tried(own, sourceOf(trial, plan), { ...plan, contract });
      await own.close();
      loads.push((outcome as LoadInfo).loadId);
      let discarded = 0;
      for (const [i, { name, disposition, parent }] of resources.entries()) {
        const model = models[i] as TablesModel;
        const rows = rowsOf(i);
        const kept = model.load(rows, contract ?? 'evolve');
        landed[i]?.push(kept);
        discarded += model.discarded;
        const stored = await readTables(connection, dataset, name, {
          roots: resources.map((one) => one.name),
          isVersioned: disposition === 'scd2',
        });
        expectTables(stored, model, disposition === 'append' && parent === undefined);
        if (disposition === 'append')
          expect(stored.rows.map(({ loadId }) => loads.indexOf(loadId))).toEqual(
            landed[i]?.flatMap((all, load) => all.map(() => load)),
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

/** The columns of numbers that are wider than BIGINT, by table. */
async function widerTypes(
  connection: DuckDBConnection,
  dataset: string,
): Promise<Map<string, Map<string, 'double' | 'hugeint'>>> {
  const found = await connection.runAndReadAll(
    `SELECT table_name, column_name, lower(data_type) FROM duckdb_columns() WHERE schema_name = '${dataset}' AND data_type IN ('DOUBLE', 'HUGEINT')`,
  );
  const types = new Map<string, Map<string, 'double' | 'hugeint'>>();
  for (const [table, column, type] of found.getRows() as [string, string, 'double' | 'hugeint'][])
    types.set(table, (types.get(table) ?? new Map()).set(column, type));
  return types;
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

it(
  'leaves the tables of the model, whatever comes and wherever it is stopped',
  async () => {
    await fc.assert(fc.asyncProperty(trials, check), {
      numRuns: TRIALS,
      interruptAfterTimeLimit: LONGEST,
      ...SEED,
      ...REPLAYED,
    });
    // The long form is bounded by its time: it says how far it came.
    if (TRIALS > 100) console.log(`${trialsMade} trials of ${TRIALS} in ${LONGEST} ms`);
  },
  LONGEST + 600_000,
);
