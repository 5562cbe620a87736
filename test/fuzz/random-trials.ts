import * as fc from 'fast-check';
import type { Disposition } from './disposition-model.js';
import { dltRuns } from './dlt-documents.js';
import { randomRuns } from './random-documents.js';
import { OWN_ID } from './read-tables.js';
import type { Contract } from './table-model.js';
import type { ObjectTree, Tree } from './tree.js';

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
  /** What becomes of what changes a table: in later runs. */
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
  /** Its lists are those of another's rows, whose `id` its rows have as `above`. */
  parent?: string;
}

export interface Trial {
  resources: ResourcePlan[];
  runs: RunPlan[];
  /** Loaded with `compat: 'dlt'`. */
  isDlt: boolean;
}

/** What is special about a trial. */
type Special = 'contract' | 'child' | 'ids' | 'dlt' | null;

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
  contract: fc.constantFrom<Contract>('evolve', 'freeze', 'discard_row', 'discard_value'),
});

/** Dispositions of a trial. */
function dispositionsOf(special: Special): readonly Disposition[] {
  const all: readonly Disposition[] = ['append', 'append', ...KEYED];
  // A version of a row is told by all that was sent, also by what a contract leaves out, as dlt
  // prints it.
  if (special === 'contract' || special === 'dlt') return all.filter((one) => one !== 'scd2');
  // Rows that are merged by their ids have those that they are given.
  return special === 'ids' ? all.filter((one) => !['insert-only', 'scd2'].includes(one)) : all;
}

function resourcePlan(
  name: string,
  runs: number,
  special: Special,
  isParent: boolean,
): fc.Arbitrary<ResourcePlan> {
  return fc
    .record({
      disposition: fc.constantFrom(...dispositionsOf(special)),
      nesting: special === 'dlt' ? fc.constant(1000) : fc.constantFrom(1000, 1000, 0, 1, 2),
      parallelPages: special === 'dlt' ? fc.constant(null) : fc.constantFrom(null, 1, 2, 4),
    })
    .chain(({ disposition, nesting, parallelPages }) =>
      fc
        .tuple(
          special === 'dlt'
            ? dltRuns(runs)
            : randomRuns({
                hasKey: isParent || disposition !== 'append' || special === 'ids',
                hasInnerLists: nesting === 1000,
                // Contracts allow columns with such names.
                hasDltNames: special !== 'contract',
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
          runs: cuts.map((sizes, run) => {
            const own = rows[run] as Tree[];
            // Versions of `scd2` are told apart by their content; a key has one a run.
            const told = isParent || disposition === 'scd2' ? distinct(own) : own;
            return { cuts: sizes, rows: special === 'ids' ? withIds(told, run) : told };
          }),
        })),
    );
}

/** Gives two rows of three an id. */
function withIds(rows: Tree[], run: number): Tree[] {
  return rows.map((row, i) =>
    i % 3 === 2
      ? row
      : { members: [...(row as ObjectTree).members, ['_dlt_id', `${OWN_ID}${run} ${i}`]] },
  );
}

/** Rows of a child; its lists come in any order, so that a key has values of one kind. */
const rowsBelow = fc.array(
  fc.record({
    parent: fc.nat(),
    text: fc.constantFrom('', 'x', '\ud800', 'a\u0000b', 'thirteen byte'),
    list: fc.array(fc.nat(9), { maxLength: 3 }),
  }),
  { maxLength: 25 },
);

function childPlan(parent: ResourcePlan): fc.Arbitrary<ResourcePlan> {
  const runs = parent.runs.length;
  const sizes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
  return fc
    .record({
      disposition: fc.constantFrom<Disposition>('append', ...KEYED),
      parallelPages: fc.constantFrom(null, 1, 2),
      rows: fc.array(rowsBelow, { minLength: runs, maxLength: runs }),
      cuts: fc.array(sizes, { minLength: runs, maxLength: runs }),
    })
    .map(({ rows, cuts, ...plan }) => ({
      ...plan,
      name: 'below',
      nesting: 1000,
      parent: parent.name,
      runs: rows.map((all, run) => {
        const ids = (parent.runs[run] as Responses).rows.map((row) => idOf(row) as Tree);
        return {
          cuts: cuts[run] as number[],
          rows: all.map(({ parent: which, text, list }, i) => ({
            members: [
              ['id', { number: `${i}` }],
              ['above', ids[which % ids.length] as Tree],
              ['text', text],
              ['list', list.map((one) => ({ number: `${one}` }))],
            ],
          })),
        };
      }),
    }));
}

/** Runs of up to three resources, the first of which may have a child. */
export const trials: fc.Arbitrary<Trial> = fc
  .tuple(
    fc.constantFrom(1, 1, 2, 3),
    fc.array(runPlan, { minLength: 1, maxLength: 4 }),
    fc.constantFrom<Special>('contract', 'contract', 'child', 'ids', 'dlt', null, null),
  )
  .chain(([count, runs, special]) =>
    fc
      .tuple(
        ...NAMES.slice(0, count).map((name, i) =>
          resourcePlan(name, runs.length, special, special === 'child' && i === 0),
        ),
      )
      .chain((resources) =>
        special === 'child'
          ? childPlan(resources[0] as ResourcePlan).map((child) => [...resources, child])
          : fc.constant(resources),
      )
      .map((resources) => ({
        resources,
        isDlt: special === 'dlt',
        runs: runs.map((run, i) => ({
          ...run,
          contract: special === 'contract' && i > 0 ? run.contract : null,
        })),
      })),
  );

/** The last of the rows with one `id`. */
function distinct(rows: Tree[]): Tree[] {
  return [...new Map(rows.map((row) => [JSON.stringify(idOf(row)), row])).values()];
}

function idOf(row: Tree): Tree | undefined {
  return (row as ObjectTree).members[0]?.[1];
}
