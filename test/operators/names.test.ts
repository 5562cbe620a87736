import * as fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { conventionOf } from '#operators/schema/convention.js';
import { nameColumns } from '#operators/schema/name-columns.js';
import type { Compat } from '#operators/types.js';
import {
  batch,
  type ColumnSchema,
  type DatasetSchema,
  evolve,
  type FlatColumn,
  SchemaError,
} from 'sluice/operators';
import { flats } from '../support/flat.js';
import { land } from '../support/land.js';
import { shaper } from '../support/shaper.js';

function column(path: readonly string[], firstRow = 0): FlatColumn {
  return {
    name: conventionOf().plain(path.length === 0 ? ['value'] : path),
    path,
    hint: null,
    system: false,
    firstRow,
    lanes: [],
    text: null,
  };
}

/** The columns of a table once these have come: each belongs to its raw keys. */
function withOwners(
  before: readonly ColumnSchema[],
  columns: readonly FlatColumn[],
): ColumnSchema[] {
  const names = new Set(columns.map(({ name }) => name));
  return [
    ...before.filter(({ name }) => !names.has(name)),
    ...columns.map(({ name, path }): ColumnSchema => ({
      name,
      dataType: 'bigint',
      nullable: true,
      variant: false,
      exactAsDouble: true,
      ...(path && { path }),
    })),
  ];
}

describe('names of columns', () => {
  const fresh = (
    existing: readonly ColumnSchema[] = [],
  ): { of: (...paths: readonly (readonly string[])[]) => string[]; told: string[] } => {
    let schema = { name: 't', columns: existing };
    const told: string[] = [];
    return {
      told,
      of(...paths) {
        const { columns, collisions } = nameColumns(
          schema,
          paths.map((path) => column(path)),
        );
        schema = { ...schema, columns: withOwners(schema.columns, columns) };
        told.push(...collisions.map(({ column: name }) => String(name)));
        return columns.map(({ name }) => name);
      },
    };
  };
  const tagged = (plain: string): unknown =>
    expect.stringMatching(new RegExp(`^${plain}__[a-z0-9]{6}$`));

  it('keep the first of two keys plain and both apart', () => {
    const names = fresh();
    const [first] = names.of(['日本語']);
    const [second] = names.of(['ключ']);
    expect([first, second]).toEqual(['x', tagged('x')]);
    expect(names.of(['ключ'], ['日本語'])).toEqual([second, 'x']);
    expect(names.told).toEqual([second]);
  });

  it('give the plain name to the key that is spelt so, of those in one row', () => {
    expect(fresh().of(['userID'], ['user_id'])).toEqual([tagged('user_id'), 'user_id']);
    expect(fresh().of(['user_id'], ['userID'])).toEqual(['user_id', tagged('user_id')]);
  });

  it('do not depend on the order of the keys in a row', () => {
    const keys = [['userID'], ['user-id'], ['UserId'], ['user_Id']];
    const named = (order: readonly (readonly string[])[]): Record<string, string> =>
      Object.fromEntries(
        fresh()
          .of(...order)
          .map((name, i) => [String(order[i]), name]),
      );
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: keys.length }), (order) => {
        expect(named(order)).toEqual(named(keys));
      }),
    );
  });

  it('give the tag by the raw key alone', () => {
    const [, alone] = fresh().of(['user_id'], ['userID']);
    const names = fresh();
    names.of(['user-id']);
    names.of(['user id']);
    expect(names.of(['userID'])).toEqual([alone]);
  });

  it('tell a nested path from a key that looks like it', () => {
    const names = fresh();
    expect(names.of(['a', 'b'])).toEqual(['a__b']);
    expect(names.of(['a__b'])).toEqual([tagged('a__b')]);
  });

  it('tell apart paths that only a control character tells apart', () => {
    expect(fresh().of(['a', 'b'], ['a\u0000b'])).toEqual(['a__b', 'a_b']);
  });

  it('leave sluice’s own names alone', () => {
    expect(fresh().of(['_dlt_id'])).toEqual([tagged('_dlt_id')]);
  });

  it('never give two paths one name', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.array(
            fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('a', 'A', 'a_', 'a__b', 'b')),
            { minLength: 1, maxLength: 3 },
          ),
          { selector: (path) => JSON.stringify(path) },
        ),
        fc.nat(),
        (paths, cut) => {
          const names = fresh();
          const given = [...names.of(...paths.slice(0, cut)), ...names.of(...paths.slice(cut))];
          expect(new Set(given).size).toBe(paths.length);
          expect(names.of(...paths)).toEqual(given);
        },
      ),
    );
  });

  it('stay with the keys that the table’s columns have', () => {
    const there: ColumnSchema = {
      name: 'user_id',
      dataType: 'bigint',
      nullable: true,
      variant: false,
      exactAsDouble: true,
    };
    expect(fresh([{ ...there, path: ['userID'] }]).of(['user_id'])).toEqual([tagged('user_id')]);
    expect(fresh([there]).of(['userID'])).toEqual(['user_id']);
  });
});

/** The tables of these pages; `loads` begin with the schema that the ones before have left. */
async function tables(
  loads: readonly (readonly (readonly string[])[])[],
  config: Partial<FlattenConfig> = {},
): Promise<Record<string, { columns: string[]; rows: unknown[] }>> {
  let schema: DatasetSchema = {};
  const all: Record<string, { columns: string[]; rows: unknown[] }> = {};
  for (const pages of loads) {
    const batches = await lastValueFrom(
      from(flats(pages, config)).pipe(evolve({ schema }), batch({ rows: 1 }), toArray()),
    );
    for (const [name, { columns, rows }] of Object.entries(land(batches)))
      all[name] = { columns, rows: [...(all[name]?.rows ?? []), ...rows] };
    schema = {
      ...schema,
      ...Object.fromEntries(
        batches.flatMap((one) => one.tables.map((table) => [table.schema.name, table.schema])),
      ),
    };
  }
  return all;
}

describe('values of two keys with one name', () => {
  const rows = ['{"userID":1,"x":0}', '{"user_id":100}', '{"user_id":200,"userID":2}'];
  const whole = [
    { user_id: 1n, x: 0n },
    { user_id__ceemmg: 100n },
    { user_id: 2n, user_id__ceemmg: 200n },
  ];

  it.each([
    ['in one page', [[rows]]],
    ['in pages', [rows.map((row) => [row])]],
    ['in loads', rows.map((row) => [[row]])],
  ])('stay apart %s', async (_, loads) => {
    expect((await tables(loads))['things']?.rows).toEqual(whole);
  });

  it('stay apart where two resources fill one table', () => {
    const [one, two] = [
      ...flats([['{"userID":1}']], { resource: 'one' }),
      ...flats([['{"user_id":2}']], { resource: 'two' }),
    ].map(shaper());
    expect([one, two].map((shaped) => shaped?.tables[0]?.columns.map(({ name }) => name))).toEqual([
      ['user_id', '_dlt_id'],
      ['user_id__ceemmg', '_dlt_id'],
    ]);
  });

  it('are reported', () => {
    const changes = flats([['{"a b":1,"a_b":2}'], ['{"a b":1,"a_b":2}']]).map((flat) =>
      shaper()(flat).changes.map(({ kind, column: name }) => [kind, name]),
    );
    expect(changes[0]).toEqual([
      ['new-table', null],
      ['collision', expect.stringMatching(/^a_b__/)],
    ]);
  });

  it('each have a column, whatever the keys', async () => {
    const keys = [
      'a b',
      'a_b',
      'A B',
      'x',
      'ключ',
      '日本語',
      '_dlt_load_id',
      '_dlt_parent_id',
      '',
      ' ',
      'constructor',
      '__proto__',
      'proto',
      'a\u0000b',
      'toString',
    ];
    const row = `{${keys.map((key, i) => `${JSON.stringify(key)}:${i}`).join(',')},"a":{"b":100},"a__b":101}`;
    const [only = {}] = ((await tables([[[row]]]))['things']?.rows ?? []) as Record<
      string,
      unknown
    >[];
    expect(
      Object.values(only)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual([...keys.keys(), 100, 101]);
  });

  it('keep scalars of a list and a key `value` of its objects apart', async () => {
    const list = (await tables([[['{"l":[1,{"value":2}]}'], ['{"l":[{"value":3}]}']]]))[
      'things__l'
    ];
    const [name = ''] = list?.columns[0]?.split(' ') ?? [];
    expect(name).toBe('value');
    expect(
      list?.rows.map((row) =>
        Object.entries(row as object)
          .filter(([key]) => key.startsWith('value'))
          .map(([key, value]) => [key === 'value', Number(value)]),
      ),
    ).toEqual([[[true, 1]], [[false, 2]], [[false, 3]]]);
  });
});

describe('lists with one name', () => {
  const rows = [
    '{"a":{"b":[{"x":1}]}}',
    '{"a__b":[{"x":2,"c":[3]}]}',
    '{"a__b":[{"x":4}],"a":{"b":[{"x":5}]}}',
    '{"A":{"b":[{"x":6}]}}',
  ];

  it.each([
    ['in one page', [[rows]]],
    ['in pages', [rows.map((row) => [row])]],
    ['in loads', rows.map((row) => [[row]])],
  ])('have tables of their own %s', async (_, loads) => {
    const found = await tables(loads);
    const lists = Object.keys(found)
      .filter((name) => !name.endsWith('c') && name !== 'things')
      .sort();
    expect(lists).toEqual([
      'things__a__b',
      expect.stringMatching(/^things__a__b__[a-z0-9]{6}$/),
      expect.stringMatching(/^things__a__b__[a-z0-9]{6}$/),
    ]);
    const values = lists.map((name) =>
      found[name]?.rows.map((row) => Number((row as { x: bigint }).x)),
    );
    expect(values[0]).toEqual([1, 5]);
    expect(new Set(values.slice(1).map(String))).toEqual(new Set(['2,4', '6']));
    const [child = ''] = Object.keys(found).filter((name) => name.endsWith('__c'));
    expect(lists).toContain(child.slice(0, -3));
    expect(child).not.toBe('things__a__b__c');
  });

  it('give the plain name to the one that is spelt so, of those in one row', async () => {
    for (const row of ['{"a b":[1],"a_b":[2]}', '{"a_b":[2],"a b":[1]}']) {
      const found = await tables([[[row]]]);
      expect(found['things__a_b']?.rows).toMatchObject([{ value: 2n }]);
    }
    const nested = await tables([[['{"l":[{"A":[1],"a":[2]}]}']]]);
    expect(nested['things__l__a']?.rows).toMatchObject([{ value: 2n }]);
  });

  it('give each list of every kind a table', async () => {
    const found = await tables([
      [['{"a":[{"list":[1]},[2]],"A":[3],"b":{"c":[4]},"b__c":[5],"":[6]}']],
    ]);
    const values = Object.values(found).flatMap(({ rows: all }) =>
      all.flatMap((row) =>
        'value' in (row as object) ? [Number((row as { value: bigint }).value)] : [],
      ),
    );
    expect(values.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('never share a table with a resource', () => {
    const [orders, items] = [
      ...flats([['{"items":[1]}']], { table: 'orders' }),
      ...flats([['{"x":1}']], { table: 'orders__items' }),
    ];
    const message =
      /Table orders__items cannot hold both the rows of a resource and the list `items` in the rows of table orders\. Give the resource that fills it another tableName/;
    const both = (pages: readonly (typeof orders)[], compat?: Compat) => () => {
      const shape = shaper({}, compat);
      for (const flat of pages) shape(flat as NonNullable<typeof flat>);
    };
    expect(both([orders, items])).toThrow(message);
    expect(both([items, orders])).toThrow(message);
    expect(both([items, orders])).toThrow(SchemaError);
    expect(both([orders, items], 'dlt')).toThrow(message);
    expect(both([items, orders], 'dlt')).toThrow(message);
  });
});

describe('root ids', () => {
  it('are filled where the table has them, however deep, though the load does not merge', () => {
    const deep = ['{"a":[{"x":1}]}', '{"a":[{"x":2,"b":[{"c":[1,2]}]},{"b":[3]}]}'];
    const [merged, appended] = [flats([deep], { writeDisposition: 'merge' }), flats([deep])].map(
      ([flat]) => flat,
    );
    const schema = Object.fromEntries(
      shaper()(merged as NonNullable<typeof merged>).tables.map((table) => [
        table.schema.name,
        table.schema,
      ]),
    );
    const landed = shaper(schema)(appended as NonNullable<typeof appended>);
    const texts = (name: string, of: string): string[] => {
      const found = landed.tables
        .find((table) => table.schema.name === name)
        ?.columns.find((each) => each.name === of);
      return Array.from({ length: found?.rows ?? 0 }, (_, row) =>
        Buffer.from(
          found?.data.subarray(found.offsets?.[row], found.offsets?.[row + 1]) ?? [],
        ).toString(),
      );
    };
    const [first, second] = texts('things', '_dlt_id');
    expect(texts('things__a', '_dlt_root_id')).toEqual([first, second, second]);
    expect(texts('things__a__b', '_dlt_root_id')).toEqual([second, second]);
    expect(texts('things__a__b__c', '_dlt_root_id')).toEqual([second, second]);
  });
});
