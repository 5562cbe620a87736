import * as fc from 'fast-check';
import { randomRuns } from './random-documents.js';
import type { Contract, Disposition } from './table-model.js';
import type { Tree } from './tree.js';

/** What ends a try of a run before its end. */
export interface Interruption {
  /** Stopped by its caller, or at a response of the server: an error, or a body that is cut. */
  kind: 'stop' | 'error' | 'cut';
  /** The how many-th event or response it is. */
  at: number;
}

/** How one run is made. */
export interface RunPlan {
  batch: { rows?: number; bytes?: number; firstRows?: number };
  commit: { rows?: number };
  /** Bodies beyond so many bytes go through a file, and are read slice by slice. */
  bodyBytes: number | null;
  /** What ends its tries; the last one has nothing. */
  interruptions: Interruption[];
  /** The last try begins anew. */
  isRestarted: boolean;
  /** What becomes of what changes a table: in later runs, where no table has lists. */
  contract: Contract | null;
}

/** What a resource has in one run. */
export interface Responses {
  rows: Tree[];
  /** Rows of the pages; what is left is the last page. */
  cuts: number[];
}

export interface ResourcePlan {
  name: string;
  disposition: Disposition;
  nesting: number;
  /** Pages by cursor one after another, or by number so many at once. */
  parallelPages: number | null;
  runs: Responses[];
}

export interface Trial {
  resources: ResourcePlan[];
  runs: RunPlan[];
}

const KEYED: readonly Disposition[] = ['replace', 'delete-insert', 'upsert', 'insert-only', 'scd2'];
const NAMES = ['things', 'others', 'more'] as const;

const interruption: fc.Arbitrary<Interruption> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant<Interruption['kind']>('stop'),
      at: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom<Interruption['kind']>('error', 'cut'),
      at: fc.integer({ min: 1, max: 8 }),
    }),
  },
);

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
  bodyBytes: fc.option(fc.integer({ min: 1, max: 1_000 })),
  interruptions: fc.array(interruption, { maxLength: 3 }),
  isRestarted: fc.constantFrom(true, false, false, false),
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

/** Runs of up to three resources. */
export const trials: fc.Arbitrary<Trial> = fc
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
