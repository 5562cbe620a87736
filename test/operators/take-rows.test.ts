import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeRows } from '#operators/columns/take-rows.js';
import { isValid, laneReader } from '#operators/schema/lane-value.js';
import type { Flat, FlatTable } from 'sluice/operators';
import { flats } from '../support/flat.js';

const scalar = fc.constantFrom(
  'null',
  '1',
  '-7',
  '9007199254740993',
  '123456789012345678901',
  '0.5',
  '-0.0',
  'true',
  'false',
  '""',
  '"é日"',
);
const object = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { maxKeys: 3 }).map(
    (members) =>
      `{${Object.entries(members)
        .map(([key, json]) => `"${key}":${json}`)
        .join(',')}}`,
  );
const list = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(value, { maxLength: 3 }).map((values) => `[${values.join(',')}]`);
const inner = fc.oneof(scalar, object(scalar), list(scalar));
const time = fc.constantFrom(
  'null',
  '"2024-01-02T03:04:05.1234567+02:00"',
  '"2025-06-07T08:09:10Z"',
);
// Times have a key of their own: behind other text in a page the walk takes them as text.
const row = fc
  .tuple(object(fc.oneof(scalar, object(inner), list(inner))), time)
  .map(([members, at]) => `{"at":${at}${members === '{}' ? '}' : `,${members.slice(1)}`}`);
const page = fc.array(row, { minLength: 1, maxLength: 20 });
/** Rows of a page, and some of their numbers in order. */
const chosen = page.chain((rows) =>
  fc.tuple(fc.constant(rows), fc.subarray([...rows.keys()], { minLength: 0 })),
);
const flatOf = (rows: readonly string[]): Flat =>
  flats([rows], { writeDisposition: 'merge' })[0] as Flat;

/** All of a table but the values of its ids, which are random. Columns by name. */
function contents({ columns, isBefore: _, ...table }: FlatTable): unknown {
  return {
    ...table,
    parentRow: table.parentRow && [...table.parentRow],
    columns: [...columns]
      .sort((a, b) =>
        JSON.stringify([a.path, a.name]).localeCompare(JSON.stringify([b.path, b.name])),
      )
      .map(({ name, path, system, firstRow, lanes, text }) => ({
        name,
        path,
        system,
        firstRow,
        lanes: lanes.map((lane) => {
          const read = laneReader(lane, text);
          const values = Array.from({ length: lane.rows }, (_, at) =>
            isValid(lane.validity, at) ? read(at) : null,
          );
          const { kind, hasUnsafeValues, nulls, rows } = lane;
          // Of other kinds it only says that a value may be so.
          const isExact = kind !== 'bigint' || !hasUnsafeValues;
          const isId = system && lane.kind === 'text';
          return { kind, isExact, nulls, rows, values: isId ? values.length : values };
        }),
      })),
  };
}

/** Columns that begin in the same row have no order of their own. */
function byName(flat: Flat): unknown {
  const tables = flat.tables.map(({ isBefore: _, ...table }) => ({
    ...table,
    columns: [...table.columns].sort(
      (a, b) =>
        a.firstRow - b.firstRow ||
        JSON.stringify([a.path, a.name]).localeCompare(JSON.stringify([b.path, b.name])),
    ),
  }));
  return { ...flat, tables: tables };
}

function texts(table: FlatTable, name: string): unknown[] {
  const column = table.columns.find((each) => each.name === name);
  const [lane] = column?.lanes ?? [];
  if (lane === undefined) return [];
  return Array.from({ length: lane.rows }, (_, at) => laneReader(lane, null)(at));
}

describe('takeRows', () => {
  it('gives the page itself for all rows', () => {
    const flat = flatOf(['{"a":1}', '{"a":[2]}']);
    expect(takeRows(flat, [0, 1])).toBe(flat);
  });

  it('gives what flattening the chosen rows alone gives', () => {
    fc.assert(
      fc.property(chosen, ([rows, kept]) => {
        const taken = takeRows(flatOf(rows), kept);
        const alone = flatOf(kept.map((at) => rows[at] as string));
        const sorted = (tables: Flat['tables']): unknown[] =>
          [...tables]
            .sort((a, b) => JSON.stringify(a.path).localeCompare(JSON.stringify(b.path)))
            .map(contents);
        expect(sorted(taken.tables)).toEqual(sorted(alone.tables));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps every row on its parent and its root', () => {
    fc.assert(
      fc.property(chosen, ([rows, kept]) => {
        const { tables } = takeRows(flatOf(rows), kept);
        const roots = new Set(texts(tables[0] as FlatTable, '_dlt_id'));
        for (const child of tables.slice(1)) {
          const above = tables.find(
            ({ path }) => JSON.stringify(path) === JSON.stringify(child.path.slice(0, -1)),
          ) as FlatTable;
          const ids = texts(above, '_dlt_id');
          expect(texts(child, '_dlt_parent_id')).toEqual(
            [...(child.parentRow as Int32Array)].map((at) => ids[at]),
          );
          for (const root of texts(child, '_dlt_root_id')) expect(roots).toContain(root);
        }
      }),
    );
  });

  it('taken twice is taken once', () => {
    const twice = chosen.chain(([rows, kept]) =>
      fc.tuple(fc.constant(rows), fc.constant(kept), fc.subarray([...kept.keys()])),
    );
    fc.assert(
      fc.property(twice, ([rows, kept, again]) => {
        const flat = flatOf(rows);
        const once = takeRows(
          flat,
          again.map((at) => kept[at] as number),
        );
        expect(byName(takeRows(takeRows(flat, kept), again))).toEqual(byName(once));
      }),
    );
  });

  it('has the columns in the order of their first rows, sluice’s own last', () => {
    const flat = flatOf(['{"a":1,"b":1}', '{"c":1}', '{"a":2,"c":2}']);
    const names = takeRows(flat, [1, 2]).tables[0]?.columns.map(({ name }) => name);
    expect(names).toEqual(['c', 'a', '_dlt_id']);
  });

  it('leaves the page that it was given as it was', () => {
    const flat = flatOf(['{"a":1,"l":["x"]}', '{"a":null,"l":[]}']);
    const before = structuredClone(byName(flat));
    takeRows(flat, [1]);
    expect(byName(flat)).toEqual(before);
  });

  it('gives a root table without rows for no rows', () => {
    const { tables } = takeRows(flatOf(['{"a":1,"l":["x"]}']), []);
    expect(tables).toHaveLength(1);
    expect(tables[0]).toMatchObject({ rows: 0, columns: [] });
  });
});
