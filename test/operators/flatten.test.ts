import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { flattener } from '#operators/columns/flattener.js';
import { printJson } from '#operators/json/print-json.js';
import { rowsFromTexts } from '#operators/json/row-objects.js';
import { isValid, laneReader } from '#operators/schema/lane-value.js';
import { besideName } from '#operators/schema/names.js';
import type { Flat, FlatTable, JsonObject, Page } from 'sluice/operators';

const PAGE: Page = {
  resource: 'shop',
  parent: null,
  index: 0,
  body: new Uint8Array(),
  rows: { kind: 'none', start: 0, end: 0, count: 0 },
  next: null,
  stamp: null,
  state: null,
};

function flat(
  rows: readonly unknown[],
  config: Partial<FlattenConfig> = {},
  page: Partial<Page> = {},
): Flat {
  const own = flattener({ table: 'orders', ...config });
  try {
    return own.flatten(rowsFromTexts({ ...PAGE, ...page }, rows.map(printJson)));
  } finally {
    own.close();
  }
}

/** A table's rows as objects by column name; numbers as numbers. */
function rowsOf(table: FlatTable | undefined): Record<string, unknown>[] {
  return Array.from({ length: table?.rows ?? 0 }, (_, row) =>
    Object.fromEntries(
      (table?.columns ?? []).flatMap(({ name, lanes, text }): [string, unknown][] => {
        const lane = lanes.find(({ validity }) => isValid(validity, row));
        if (lane === undefined) return [];
        const value = laneReader(lane, text)(row);
        return [[name, typeof value === 'bigint' ? Number(value) : value]];
      }),
    ),
  );
}

const dataOf = (table: FlatTable | undefined): Record<string, unknown>[] =>
  rowsOf(table).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_dlt_'))),
  );
const names = (table: FlatTable | undefined): string[] =>
  table?.columns.map(({ name }) => name) ?? [];
const table = (of: Flat, name: string): FlatTable | undefined =>
  of.tables.find((table) => table.name === name);

describe('flatten', () => {
  it('makes columns of nested objects, in the order in which dlt meets them', () => {
    const { tables } = flat([{ a: 1, b: { x: 1 }, c: 2, d: { y: 1 } }]);
    expect(names(tables[0])).toEqual(['a', 'c', 'd__y', 'b__x', '_dlt_id']);
  });

  it('names nested keys part by part', () => {
    expect(
      names(flat([{ 'f!3': { f4: 1, 'f-5': 2, 'f*6': { c: 3, 'c v': 4 } } }]).tables[0]),
    ).toEqual(['f_3__f4', 'f_3__f_5', 'f_3__fx6__c', 'f_3__fx6__c_v', '_dlt_id']);
  });

  it('keys rows of child tables to their parents, with their place in the list', () => {
    const result = flat([
      { id: 1, items: [{ k: 'a' }, { k: 'b' }] },
      { id: 2, items: [] },
      { id: 3, items: [{ k: 'c' }] },
    ]);
    const [first, , third] = rowsOf(table(result, 'orders'));
    expect(
      rowsOf(table(result, 'orders__items')).map(
        ({ k, _dlt_parent_id: parent, _dlt_list_idx: place }) => [k, parent, place],
      ),
    ).toEqual([
      ['a', first?.['_dlt_id'], 0],
      ['b', first?.['_dlt_id'], 1],
      ['c', third?.['_dlt_id'], 0],
    ]);
  });

  it('puts scalars of a list in `value` and lists in lists in a table `…__list`', () => {
    const result = flat([{ tags: ['x', { name: 'y' }, null, [1, [2]]] }]);
    expect(dataOf(table(result, 'orders__tags'))).toEqual([{ value: 'x' }, { name: 'y' }, {}, {}]);
    expect(dataOf(table(result, 'orders__tags__list'))).toEqual([{ value: 1 }, {}]);
    expect(dataOf(table(result, 'orders__tags__list__list'))).toEqual([{ value: 2 }]);
  });

  it('makes no column and no table of null, {} and []', () => {
    const result = flat([{ id: 1, none: null, nothing: {}, empty: [] }]);
    expect(result.tables.map((table) => table.name)).toEqual(['orders']);
    expect(names(result.tables[0])).toEqual(['id', '_dlt_id']);
  });

  it('keeps the root table when a page has no rows', () => {
    expect(flat([]).tables.map((table) => [table.name, table.rows, table.columns])).toEqual([
      ['orders', 0, []],
    ]);
  });

  it.each([
    [0, { a: '{"b":1}', l: '[{"c":{"d":2}}]' }, undefined],
    [1, { a__b: 1 }, [{ c: '{"d":2}' }]],
    [2, { a__b: 1 }, [{ c__d: 2 }]],
  ])('keeps what is nested deeper than %i levels as JSON', (maxTableNesting, root, child) => {
    const result = flat([{ a: { b: 1 }, l: [{ c: { d: 2 } }] }], { maxTableNesting });
    expect(dataOf(table(result, 'orders'))).toEqual([root]);
    expect(
      child === undefined ? table(result, 'orders__l') : dataOf(table(result, 'orders__l')),
    ).toEqual(child);
  });

  it('keeps declared JSON columns whole, leaves excluded ones out, and tries no timestamps in text', () => {
    const result = flat(
      [
        {
          config: { a: [1, { b: ' ' }] },
          secret: { x: 1 },
          at: '2024-01-01T00:00:00Z',
          nested: { raw: [1] },
        },
      ],
      {
        columns: {
          config: { dataType: 'json' },
          secret: { exclude: true },
          at: { dataType: 'text' },
          nested__raw: { dataType: 'json' },
        },
      },
    );
    expect(dataOf(result.tables[0])).toEqual([
      { config: '{"a":[1,{"b":" "}]}', at: '2024-01-01T00:00:00Z', nested__raw: '[1]' },
    ]);
    expect(result.tables[0]?.columns.find(({ name }) => name === 'at')?.lanes[0]?.kind).toBe(
      'text',
    );
  });

  it('stamps the parent’s fields on every row, beside values of the row’s own', () => {
    const result = flat(
      [{ id: 1, course_id: 'own' }, { id: 2 }],
      {},
      { stamp: { course_id: 48_213, at: '2024-01-01T00:00:00Z' } },
    );
    expect(dataOf(result.tables[0])).toEqual([
      {
        id: 1,
        course_id: 'own',
        [besideName('course_id')]: 48_213,
        at: '2024-01-01T00:00:00Z',
      },
      { id: 2, course_id: 48_213, at: '2024-01-01T00:00:00Z' },
    ]);
  });

  it('gives child rows their root’s id when they are to be merged', () => {
    const result = flat([{ id: 1, a: [{ b: [{ c: 1 }] }] }], {
      writeDisposition: 'merge',
      primaryKey: 'id',
    });
    const [root] = rowsOf(table(result, 'orders'));
    expect(rowsOf(table(result, 'orders__a__b'))[0]?.['_dlt_root_id']).toBe(root?.['_dlt_id']);
    expect(names(table(result, 'orders__a__b'))).toEqual([
      'c',
      '_dlt_root_id',
      '_dlt_parent_id',
      '_dlt_list_idx',
      '_dlt_id',
    ]);
    expect(names(table(flat([{ a: [{ c: 1 }] }]), 'orders__a'))).not.toContain('_dlt_root_id');
  });

  it('names a list of lists at the root after its value', () => {
    expect(flat([[1, [2]]]).tables.map((table) => table.name)).toEqual([
      'orders',
      'orders__value',
      'orders__value__list',
    ]);
  });

  it('says which raw keys are behind columns and tables, also where names are the same', () => {
    const [root, a, list] = flat([
      { userID: 1, 'user id': 2, a: [{ value: 1 }, 2, [3]], A: [4] },
    ]).tables;
    expect(root?.columns.map(({ name, path }) => [name, path])).toEqual([
      ['user_id', ['userID']],
      ['user_id', ['user id']],
      ['_dlt_id', null],
    ]);
    expect(
      a?.columns.filter(({ system }) => !system).map(({ name, path }) => [name, path]),
    ).toEqual([
      ['value', ['value']],
      ['value', []],
    ]);
    expect([root, a, list].map((each) => each?.path)).toEqual([[], [['a']], [['a'], []]]);
  });

  it('gives ids of twelve characters of base64, none twice', () => {
    const ids = rowsOf(flat(Array.from({ length: 10_000 }, (_, id) => ({ id }))).tables[0]).map(
      (row) => row['_dlt_id'] as string,
    );
    expect(ids.every((id) => /^[A-Za-z0-9+/]{12}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(10_000);
  });

  it('refuses data used as keys before memory is taken', () => {
    const wide = [Object.fromEntries(Array.from({ length: 11_000 }, (_, i) => [`key ${i}`, i]))];
    expect(() => flat(wide)).toThrow(/Resource shop, page 1: .*too many columns.*Keys may be data/);
    expect(() => flat([{ a: 1, b: 2, c: 3 }], { limits: { columns: 2 } })).toThrow(
      /too many columns/,
    );
    expect(() => flat([{ a: [1], b: [1], c: [1] }], { limits: { tables: 2 } })).toThrow(
      /too many tables/,
    );
    expect(() => flat([{ a: [[[[1]]]] }], { limits: { depth: 3 } })).toThrow(
      /nested deeper than 3 levels/,
    );
  });

  it('takes a thousand levels and refuses the next', () => {
    const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    expect(() => flat([JSON.parse(nested(990))])).not.toThrow();
    expect(() => flat([JSON.parse(nested(1_000))])).toThrow(/nested deeper than 1,000 levels/);
    expect(() => flat([JSON.parse(nested(1_900))], { limits: { depth: 2_000 } })).not.toThrow();
  });

  it('can be joined back to the documents', () => {
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean());
    const key = fc.constantFrom('a', 'b', 'c');
    // Keys of their own for lists: list `a.b` and list `b` in list `a` would get one name, and a
    // tag that distinguishes them.
    const list = fc.constantFrom('l', 'm');
    const { object } = fc.letrec<{ object: JsonObject }>((tie) => ({
      object: fc
        .tuple(
          fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaf, tie('object')), {
            minKeys: 1,
            maxKeys: 3,
          }),
          fc.oneof(
            { maxDepth: 3 },
            fc.constant({}),
            fc.dictionary(list, fc.array(tie('object'), { minLength: 1, maxLength: 3 }), {
              maxKeys: 2,
            }),
          ),
        )
        .map(([fields, lists]) => ({ ...fields, ...lists })),
    }));
    fc.assert(
      fc.property(fc.array(object, { minLength: 1, maxLength: 5 }), (documents) => {
        const result = flat(documents);
        expect(rejoined(result)).toEqual(documents.map(withoutEmpties));
      }),
      { numRuns: 200 },
    );
  });
});

/** Objects and lists without content leave nothing behind but the rows that they are in. */
function withoutEmpties(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpties);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, withoutEmpties(inner)])
      .filter(
        ([, inner]) =>
          !(typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0),
      ),
  );
}

/**
 * Rows nested again by `__` in column names, and child rows put under their parents in their
 * places.
 */
function rejoined(result: Flat): unknown[] {
  const byId = new Map<string, JsonObject>();
  const objects = result.tables.map((each) =>
    rowsOf(each).map((row) => {
      const made: JsonObject = {};
      for (const [name, value] of Object.entries(row))
        if (!name.startsWith('_dlt_')) put(made, name.split('__'), value as JsonObject);
      byId.set(row['_dlt_id'] as string, made);
      return made;
    }),
  );
  for (const [i, each] of result.tables.entries()) {
    if (each.parent === null) continue;
    const path = each.name.slice(each.parent.length + 2).split('__');
    for (const [row, { _dlt_parent_id: parent, _dlt_list_idx: place }] of rowsOf(each).entries())
      put(
        byId.get(parent as string) as JsonObject,
        [...path, String(place)],
        objects[i]?.[row] as JsonObject,
      );
  }
  return (objects[0] ?? []).map(withoutEmpties).map(lists);
}

function put(into: JsonObject, path: readonly string[], value: JsonObject): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) into[key] = value;
  else put((into[key] ??= {}) as JsonObject, rest, value);
}

function lists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, lists(inner)] as const);
  return entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))
    ? entries.map(([, inner]) => inner)
    : Object.fromEntries(entries);
}
