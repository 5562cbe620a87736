import { createHash } from 'node:crypto';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { flattener } from '#operators/columns/flattener.js';
import { hashId } from '#operators/schema/hash-id.js';
import { shake128 } from '#operators/schema/shake128.js';
import { batch, evolve } from 'sluice/operators';
import { flats, pageOf, rowsOf } from '../support/flat.js';
import { columnValues, land, type Landed } from '../support/land.js';

/** Tables of these pages, loaded as dlt loads them. */
async function loaded(
  pages: readonly (readonly string[])[],
  config: Partial<FlattenConfig> = {},
): Promise<Record<string, Landed>> {
  const batches = from(flats(pages, { compat: 'dlt', ...config })).pipe(
    evolve({ compat: config.compat ?? 'dlt' }),
    batch({ rows: 1 }),
    toArray(),
  );
  return land(await lastValueFrom(batches));
}

/** Values of one column of the root table, row by row. */
async function values(name: string, ...pages: readonly string[][]): Promise<unknown[]> {
  const { things } = await loaded(pages);
  return (things?.rows ?? []).map((row) => {
    const value = row[name];
    return typeof value === 'bigint' ? Number(value) : value;
  });
}

describe('names with `compat: "dlt"`', () => {
  it('keep of two keys with one name the one that is later in the row', async () => {
    const rows = ['{"userId":1,"user_id":2}', '{"user_id":3,"userId":4}', '{"userId":5}'];
    expect(await values('user_id', rows)).toEqual([2, 4, 5]);
  });

  it('keep a parent’s field before a key of the row, as dlt writes it later', () => {
    const own = flattener({ table: 'things', compat: 'dlt' });
    const page = pageOf(['{"_ordersId":1}', '{"a":2}'], { stamp: { _orders_id: 5 } });
    const [things] = own.flatten(rowsOf(page)).tables;
    own.close();
    const [lane] = things?.columns.find(({ name }) => name === '_orders_id')?.lanes ?? [];
    expect(lane && columnValues(lane, { dataType: 'bigint' })).toEqual([5n, 5n]);
  });

  it('keep a later null, and of two lists with one name the later, whatever it holds', async () => {
    expect(await values('user_id', ['{"userId":1,"userID":null}', '{"userID":2}'])).toEqual([
      undefined,
      2,
    ]);
    const tables = await loaded([
      ['{"Tags":[1]}'],
      ['{"tags":[2,3]}', '{"Tags":[4],"tags":[5]}', '{"Tags":[6],"tags":[]}'],
    ]);
    expect(Object.keys(tables)).toEqual(['things', 'things__tags']);
    expect(tables['things__tags']?.rows.map(({ value }) => value)).toEqual([1n, 2n, 3n, 5n]);
  });

  it.each(['userId', 'UserId', 'userID', 'user_id'])(
    'have the hint of their name, written as %s, whichever key counts',
    async (hint) => {
      const columns = { [hint]: { dataType: 'json' } } as const;
      const row = '{"UserId":{"a":1},"userID":{"b":2}}';
      const { things, things__list } = await loaded([[row, `{"list":[${row}]}`]], {
        columns,
        nestedHints: { list: { columns } },
      });
      expect(things?.rows[0]).toEqual({ user_id: '{"b":2}' });
      expect(things__list?.rows[0]).toMatchObject({ user_id: '{"b":2}' });
      expect(things__list?.columns).not.toContain('user_id__b bigint');
    },
  );

  it('have a row without a value for a null among rows', async () => {
    expect(await values('a', ['{"a":1}', 'null', '{"a":2}'])).toEqual([1, undefined, 2]);
  });

  it('are shared by keys of different pages', async () => {
    const { things } = await loaded([['{"userId":1}'], ['{"user_id":"a"}']]);
    expect(things?.columns).toEqual([
      'user_id bigint',
      '_dlt_load_id text',
      '_dlt_id text',
      'user_id__v_text text',
    ]);
  });

  it('keep an object’s value before one beside it, and the first of several objects', async () => {
    expect(await values('a__b', ['{"a":{"b":2},"a__b":1}'])).toEqual([2]);
    expect(await values('a_b__c', ['{"aB":{"c":1},"a_b":{"c":2}}'])).toEqual([1]);
  });

  it('keep the later key in rows of lists too', async () => {
    const { things__l: list } = await loaded([['{"l":[{"x":0},{"a_b":1,"aB":2}]}']]);
    expect(list?.rows.map(({ a_b: value }) => value)).toEqual([undefined, 2n]);
  });

  it('are those of dlt’s own columns, which are written over the rows’', async () => {
    const { things } = await loaded([['{"_dlt_load_id":"x","a":1}']]);
    expect(things?.columns).toEqual(['a bigint', '_dlt_load_id text', '_dlt_id text']);
  });

  it('find the primary key under its normalized name', async () => {
    const { things } = await loaded([['{"userID":1,"userId":2}']], { primaryKey: 'userId' });
    expect(things?.rows).toEqual([{ user_id: 2n }]);
  });
});

describe('ids', () => {
  it('are SHAKE-128 in base64, as dlt writes them', () => {
    expect(hashId('abc_users__tags_0')).toBe('iyCVppRHkEUZeA');
    for (const length of [0, 1, 7, 135, 136, 167, 168, 169, 500]) {
      const text = 'ä'.repeat(length);
      const expected = createHash('shake128', { outputLength: 40 }).update(text).digest('hex');
      expect(Buffer.from(shake128(text, 40)).toString('hex')).toBe(expected);
    }
  });

  it('of rows in lists are the hash of their parent’s, their table and their place', () => {
    for (const compat of ['dlt', 'sluice'] as const) {
      const [flat] = flats([['{"_dlt_id":"abc","tags":["a",[1]]}']], { table: 'users', compat });
      const ids = (flat?.tables ?? []).map(({ columns }) => {
        const own = columns.find(({ name }) => name === '_dlt_id');
        return own === undefined || own.lanes[0] === undefined
          ? []
          : columnValues(own.lanes[0], { dataType: 'text' });
      });
      expect(ids).toEqual([
        ['abc'],
        ['iyCVppRHkEUZeA', hashId('abc_users__tags_1')],
        [hashId(`${hashId('abc_users__tags_1')}_users__tags__list_0`)],
      ]);
    }
  });

  it('of root rows are in all tables below with `rootKey`', async () => {
    const { things__l: l, things__l__m: m } = await loaded([['{"l":[{"m":[1]}]}']], {
      rootKey: true,
    });
    expect(l?.columns[0]).toBe('_dlt_root_id text');
    expect(m?.columns[1]).toBe('_dlt_root_id text');
  });
});

it('puts a list in a list that is kept as JSON into a column `list`', async () => {
  const { things__l: list } = await loaded([['{"l":[[1,2],3]}']], {
    maxTableNesting: 1,
    compat: 'sluice',
  });
  expect(list?.rows.map(({ list: json, value }) => [json, value])).toEqual([
    ['[1,2]', undefined],
    [undefined, 3n],
  ]);
});

it('refuses rows without a merge key by dlt’s rules alone, where nothing is merged', async () => {
  const pages = [['{"k":1}', '{"a":1}']];
  await expect(loaded(pages, { mergeKey: 'k' })).rejects.toThrow(/column things\.k must have/);
  const { things } = await loaded(pages, { mergeKey: 'k', compat: 'sluice' });
  expect(things?.rows).toHaveLength(2);
});

it('refuses by dlt’s rules alone a key that gives no name', async () => {
  const pages = [['{"a":1,"__":2}']];
  await expect(loaded(pages)).rejects.toThrow(/things: dlt fails by the key "__"/);
  expect((await loaded(pages, { compat: 'sluice' }))['things']?.rows).toEqual([
    { a: 1n, _empty: 2n },
  ]);
});

it('makes columns NOT NULL that are named like dlt’s own', async () => {
  const row = '{"_dlt_list_idx":5}';
  await expect(loaded([[row, '{"a":1}']])).rejects.toThrow(/_dlt_list_idx must have a value/);
  expect((await loaded([[row]]))['things']?.rows).toEqual([{ _dlt_list_idx: 5n }]);
});

describe('numbers that no double holds, with `compat: "dlt"`', () => {
  it('are nulls, and make no column', async () => {
    const rows = ['{"x":1e400,"only":-1e400,"l":[1E999,2]}', '{"x":0.5}'];
    const { things, things__l: list } = await loaded([rows]);
    expect(things?.columns).toEqual(['_dlt_load_id text', '_dlt_id text', 'x double']);
    expect(list?.rows.map(({ value }) => value)).toEqual([undefined, 2n]);
    expect(await values('x', rows)).toEqual([undefined, 0.5]);
  });
});
