import * as fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { knownTables } from '#operators/schema/known-tables.js';
import { planPage } from '#operators/schema/plan-page.js';
import {
  batch,
  type ColumnHint,
  type DatasetSchema,
  evolve,
  type Flat,
  SchemaError,
} from 'sluice/operators';
import { flats } from '../support/flat.js';
import { land } from '../support/land.js';
import { shaper } from '../support/shaper.js';

interface Table {
  /** `name type` without sluice's own. */
  columns: string[];
  rows: Record<string, unknown>[];
}

/** Tables after these pages; a schema that the dataset has comes first. */
async function tables(
  pages: readonly (readonly string[])[],
  config: Partial<FlattenConfig>,
  schema: DatasetSchema = {},
): Promise<Record<string, Table>> {
  const batches = await lastValueFrom(
    from(flats(pages, config)).pipe(evolve({ schema }), batch({ rows: 1 }), toArray()),
  );
  return Object.fromEntries(
    Object.entries(land(batches)).map(([name, { columns, rows }]) => [
      name,
      { columns: columns.filter((column) => !column.startsWith('_dlt_')), rows },
    ]),
  );
}

async function things(
  pages: readonly (readonly string[])[],
  columns: Record<string, ColumnHint>,
  schema: DatasetSchema = {},
): Promise<Table | undefined> {
  return (await tables(pages, { columns }, schema))['things'];
}

/** The names of the key columns in the last of these pages. */
function keyOf(
  pages: readonly (readonly string[])[],
  primaryKey: string | string[],
  schema: DatasetSchema = {},
): readonly string[] | undefined {
  const shaped = flats(pages, { primaryKey, writeDisposition: 'merge' }).map(shaper(schema));
  return shaped.at(-1)?.tables[0]?.hints.primaryKey;
}

/** The schema that these pages leave behind. */
function schemaAfter(
  pages: readonly (readonly string[])[],
  config: Partial<FlattenConfig> = {},
): DatasetSchema {
  const shaped = flats(pages, config).map(shaper());
  return Object.fromEntries(
    shaped.flatMap((one) => one.tables.map(({ schema }) => [schema.name, schema])),
  );
}

const tagged = (plain: string): unknown =>
  expect.stringMatching(new RegExp(`^${plain}__[a-z0-9]{6}$`));

describe('a primary key', () => {
  it('is the column of the raw key that it names, whichever comes first in a row', () => {
    expect(keyOf([['{"userId":1,"user_id":0}']], 'userId')).toEqual([tagged('user_id')]);
    expect(keyOf([['{"user_id":0,"userId":1}']], 'userId')).toEqual([tagged('user_id')]);
    expect(keyOf([['{"userId":1,"user_id":0}']], 'user_id')).toEqual(['user_id']);
  });

  it('stays that column in every later page', () => {
    const pages = [['{"userId":1}'], ['{"user_id":0,"userId":1}'], ['{"userId":3,"user_id":0}']];
    expect(keyOf(pages, 'userId')).toEqual(['user_id']);
  });

  it('stays that column in every later load', () => {
    const schema = schemaAfter([['{"user_id":0}'], ['{"userId":1}']]);
    expect(keyOf([['{"userId":1}']], 'userId', schema)).toEqual([tagged('user_id')]);
  });

  it('may be a nested key, or keys that differ by case', () => {
    expect(keyOf([['{"a":{"Id":1},"a__id":2}']], 'a__Id')).toEqual([tagged('a__id')]);
    expect(keyOf([['{"ID":1,"id":2}']], ['ID', 'id'])).toEqual([tagged('id'), 'id']);
  });

  it('may be named by its column where no key is spelt so', () => {
    expect(keyOf([['{"userId":1}']], 'user_id')).toEqual(['user_id']);
    const schema = schemaAfter([['{"user_id":0,"userId":1}']]);
    const [column = ''] = keyOf([['{"userId":1}']], 'userId', schema) ?? [];
    expect(keyOf([['{"userId":1}']], column, schema)).toEqual([column]);
  });

  it('is never another key’s column because its own is null', () => {
    expect(() => keyOf([['{"userId":1,"user_id":null}']], 'user_id')).toThrow(SchemaError);
  });

  it('is refused when it turns out to be another key than the rows before had', () => {
    expect(() => keyOf([['{"userId":1}'], ['{"userId":2,"user_id":5}']], 'user_id')).toThrow(
      /primary key `user_id` was column user_id until now/,
    );
  });

  it('is the key whose column has the name that it normalizes to, as in dlt, where no raw key is', () => {
    expect(keyOf([['{"id":1}']], 'ID')).toEqual(['id']);
    expect(keyOf([['{"ID":1}']], 'Id')).toEqual(['id']);
    expect(keyOf([['{"user":{"id":1}}']], 'User__ID')).toEqual(['user__id']);
    expect(keyOf([['{"id":1,"ID":2}']], 'ID')).toEqual([tagged('id')]);
  });
});

describe('a hint of a column', () => {
  it('excludes the key that it names and no other', async () => {
    const rows = [['{"userId":1,"user_id":2,"x":3}']];
    expect((await things(rows, { userId: { exclude: true } }))?.rows).toEqual([
      { user_id: 2n, x: 3n },
    ]);
    expect((await things(rows, { user_id: { exclude: true } }))?.rows).toEqual([
      { user_id: 1n, x: 3n },
    ]);
  });

  it('gives its type to the key that it names and to no other', async () => {
    for (const [hint, value, other] of [
      ['userId', '1', 2n],
      ['user_id', '2', 1n],
    ] as const) {
      for (const row of ['{"userId":1,"user_id":2}', '{"user_id":2,"userId":1}']) {
        const found = await things([[row]], { [hint]: { dataType: 'text' } });
        expect(Object.values(found?.rows[0] ?? {})).toContain(value);
        expect(Object.values(found?.rows[0] ?? {})).toContain(other);
      }
    }
  });

  it('gives its type to its key in a later page, and to the key of its column before that', async () => {
    const found = await things([['{"user_id":2}'], ['{"userId":1}']], {
      userId: { dataType: 'text' },
    });
    expect(found?.rows.flatMap((row) => Object.values(row))).toEqual(['2', '1']);
  });

  it('excludes its own key alone in a later page', async () => {
    const found = await things([['{"user_id":2}'], ['{"userId":1,"user_id":3}']], {
      userId: { exclude: true },
    });
    expect(found?.rows).toEqual([{ user_id: 2n }, { user_id: 3n }]);
  });

  it.each([
    ['ID', '{"id":"007"}', ['id text']],
    ['userId', '{"user_id":7}', ['user_id text']],
    ['User__ID', '{"user":{"id":7}}', ['user__id text']],
    ['ID', '{"iD":7,"x":1}', ['i_d bigint', 'id text', 'x bigint']],
  ])('is about the column that `%s` normalizes to, as in dlt: %s', async (hint, row, columns) => {
    const found = await things([[row], ['{"y":null}'], [row]], { [hint]: { dataType: 'text' } });
    expect([...(found?.columns ?? [])].sort()).toEqual(columns);
  });

  it('is about that column also in a page without its key, and in a later load', async () => {
    const columns = { ID: { dataType: 'text' } } as const;
    const pages = [['{"x":1}'], ['{"id":7}']];
    expect((await things(pages, columns))?.columns).toEqual(['id text', 'x bigint']);
    const schema = schemaAfter(pages, { columns });
    expect((await things([['{"id":8}']], columns, schema))?.rows).toEqual([{ id: '8' }]);
  });

  it('demands values of the column that it normalizes to', () => {
    const required = { columns: { ID: { nullable: false } } };
    const [flat, lacking] = flats([['{"id":1}'], ['{"id":null}']], required) as [Flat, Flat];
    const shape = shaper();
    expect(() => shape(flat)).not.toThrow();
    expect(() => shape(lacking)).toThrow(/things.*id/s);
  });

  it('keeps the JSON of the key that it names and takes the other apart', async () => {
    const row = '{"A B":{"x":1},"a_b":{"y":2}}';
    const found = await things([[row]], { a_b: { dataType: 'json' } });
    expect(Object.values(found?.rows[0] ?? {})).toEqual(expect.arrayContaining([1n, '{"y":2}']));
  });

  it('excludes one of two lists of one name', async () => {
    const found = await tables([['{"a b":[1],"a_b":[2]}']], {
      columns: { 'a b': { exclude: true } },
    });
    expect(Object.keys(found)).toEqual(['things', 'things__a_b']);
    expect(found['things__a_b']?.rows.map(({ value }) => value)).toEqual([2n]);
  });

  it('applies to the column where no key is spelt so', async () => {
    const found = await things([['{"userId":1,"x":2}']], {
      user_id: { dataType: 'text' },
      x: { exclude: true },
    });
    expect(found).toEqual({ columns: ['user_id text'], rows: [{ user_id: '1' }] });
  });

  it('is about its own key where that is null', async () => {
    const found = await things([['{"userId":1,"user_id":null}']], { user_id: { exclude: true } });
    expect(found?.rows).toEqual([{ user_id: 1n }]);
  });

  it('applies to one of several keys that are not spelt so', async () => {
    const found = await things([['{"userId":1,"UserId":2}']], { user_id: { exclude: true } });
    expect(Object.values(found?.rows[0] ?? {})).toHaveLength(1);
  });

  it('may name a column that was told apart in an earlier load', async () => {
    const schema = schemaAfter([['{"user_id":0,"userId":1}']]);
    const [name = ''] = keyOf([['{"userId":1}']], 'userId', schema) ?? [];
    const found = await things(
      [['{"user_id":5,"userId":6}']],
      { [name]: { exclude: true } },
      schema,
    );
    expect(found?.rows).toEqual([{ user_id: 5n }]);
  });

  it('demands values of its own key', () => {
    const required = { columns: { userId: { nullable: false } } };
    const [both, lacking] = flats(
      [['{"userId":1,"user_id":0}'], ['{"userId":null,"user_id":0}']],
      required,
    ) as [Flat, Flat];
    const shape = shaper();
    const { schema } = shape(both).tables[0] as ReturnType<typeof shape>['tables'][number];
    expect(schema.columns.filter(({ nullable }) => !nullable).map(({ name }) => name)).toEqual([
      tagged('user_id'),
      '_dlt_load_id',
      '_dlt_id',
    ]);
    expect(() => shape(lacking)).toThrow(SchemaError);
  });

  it('declares its column for its key, and a table that has the column for another gets none', async () => {
    const columns = { userId: { dataType: 'text' } } as const;
    const declared = await things([['{"x":1}'], ['{"user_id":2,"userId":1}']], columns);
    expect(declared?.columns).toEqual(['user_id text', 'x bigint', expect.any(String)]);
    expect(declared?.rows[1]?.['user_id']).toBe('1');
    const schema = schemaAfter([['{"user_id":0}']]);
    expect((await things([['{"x":1}']], columns, schema))?.columns).toEqual([
      'user_id bigint',
      'x bigint',
    ]);
  });

  it('that comes too late is reported', () => {
    const schema = schemaAfter([['{"a":1}']]);
    const [flat] = flats([['{"a":2}']], { columns: { a: { dataType: 'text' } } }) as [Flat];
    expect(shaper(schema)(flat).changes).toEqual([
      {
        kind: 'late-hint',
        table: 'things',
        column: 'a',
        dataType: 'bigint',
        message:
          'Column things.a is bigint already: the hint that `a` is text comes too late, and the column stays as it is. Remove the hint, or load into a table without this column.',
      },
    ]);
  });
});

describe('hints and names', () => {
  const keys = ['a', 'A', 'a ', 'a-'];
  const value = fc.constantFrom('1', '0.5', '"x"', '"12"', 'null', '{"b":1}', '[1,"y"]', '[]');
  const row = fc
    .array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 4 })
    .map((members) => {
      const own = new Map(members);
      return `{${[...own].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
    });
  const rows = fc.array(row, { minLength: 1, maxLength: 8 });
  const hint = fc.constantFrom<ColumnHint>(
    { exclude: true },
    { dataType: 'text' },
    { dataType: 'json' },
    { dataType: 'double' },
  );

  it('give the same tables however rows are cut into pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.array(fc.nat(3), { maxLength: 6 }),
        fc.constantFrom(...keys),
        hint,
        async (all, sizes, key, own) => {
          const pages: string[][] = [];
          let at = 0;
          for (const size of sizes) pages.push(all.slice(at, (at += size)));
          const config = { columns: { [key]: own } };
          expect(await tables([...pages, all.slice(at)], config)).toEqual(
            await tables([all], config),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a refused page', () => {
  const config = { primaryKey: 'id', columns: { b: { nullable: false } } } as const;
  const [good, bad, next] = flats(
    [
      ['{"id":1,"b":1,"l":[1]}'],
      ['{"B":2,"b":0.5,"new":[{"c":1}]}', '{"id":1,"L":[1],"d":"x"}'],
      ['{"id":3,"b":3,"L":[2],"new":1,"B":9}'],
    ],
    config,
  ) as [Flat, Flat, Flat];

  it('leaves no trace in what is known', () => {
    const known = planPage(knownTables({}), good).known;
    const before = structuredClone(known);
    const plan = planPage(known, bad);
    expect(plan.violations.map(({ table, column, row: at }) => [table, column, at])).toEqual([
      ['things', 'id', 0],
      ['things', 'b', 1],
    ]);
    expect(known).toEqual(before);
    expect(plan.known).not.toBe(known);
  });

  it('is forgotten by the pages that come after it', () => {
    const [shape, without] = [shaper(), shaper()];
    shape(good);
    expect(() => shape(bad)).toThrow(SchemaError);
    without(good);
    expect(shape(next)).toEqual(without(next));
  });

  it('changes nothing when it brings nothing new', () => {
    const { known } = planPage(knownTables({}), good);
    expect(planPage(known, good).known).toBe(known);
  });
});
