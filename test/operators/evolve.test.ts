import { map, of, lastValueFrom, from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { takeRows } from '#operators/columns/take-rows.js';
import {
  batch,
  type DatasetSchema,
  evolve,
  type Flat,
  SchemaError,
  type Shaped,
  type TableSchema,
} from 'sluice/operators';
import { flats } from '../support/flat.js';
import { land, type Landed } from '../support/land.js';
import { marbles } from '../support/marbles.js';
import { shaper } from '../support/shaper.js';

/** The table `things` after these pages, and what was told of changes. */
async function evolved(
  pages: readonly (readonly string[])[],
  config: Partial<FlattenConfig> = {},
  schema: DatasetSchema = {},
): Promise<Landed & { changes: string[] }> {
  const batches = await lastValueFrom(
    from(flats(pages, config)).pipe(evolve({ schema }), batch({ rows: 1 }), toArray()),
  );
  const changes = batches.flatMap((one) =>
    one.changes.map(({ kind, column, dataType }) =>
      [kind, column, dataType].filter((part) => part !== null).join(' '),
    ),
  );
  return { ...(land(batches)['things'] as Landed), changes };
}

/** Values of a column `x` and of its variants, row by row, without what sluice adds. */
async function column(
  ...values: readonly string[]
): Promise<{ columns: string[]; rows: Landed['rows'] }> {
  const { columns, rows } = await evolved([values.map((value) => `{"x":${value}}`)]);
  return { columns: columns.filter((name) => !name.startsWith('_dlt_')), rows };
}

function schemaOf(shaped: Shaped | undefined, table = 'things'): TableSchema {
  return shaped?.tables.find(({ schema }) => schema.name === table)?.schema as TableSchema;
}

function error(
  pages: readonly (readonly string[])[],
  config: Partial<FlattenConfig>,
  schema: DatasetSchema = {},
): unknown {
  try {
    const shape = shaper(schema);
    for (const flat of flats(pages, config)) shape(flat);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

describe('evolve as a stream', () => {
  const [one, two] = flats([['{"a":1}'], ['{"a":2,"b":"x"}']]) as [Flat, Flat];
  const names = map((shaped: Shaped) =>
    schemaOf(shaped)
      .columns.map(({ name }) => name)
      .join(' '),
  );
  const first = 'a _dlt_load_id _dlt_id';
  const second = `${first} b`;

  it('emits nothing while its source emits nothing', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold<Flat>('-').pipe(evolve())).toBe('-'),
    );
  });

  it('completes when its source completes without pages', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold<Flat>('--|').pipe(evolve())).toBe('--|'),
    );
  });

  it('emits one shaped page for each page, at once', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('-1-|', { 1: one }).pipe(evolve(), names)).toBe('-a-|', { a: first }),
    );
  });

  it('keeps the order of pages and what it learnt from them', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('-12-1|', { 1: one, 2: two }).pipe(evolve(), names)).toBe('-ab-c|', {
        a: first,
        b: second,
        c: second,
      }),
    );
  });

  it('passes an error on after the pages before it', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('1-#', { 1: one }).pipe(evolve(), names)).toBe('a-#', { a: first }),
    );
  });

  it('unsubscribes from its source when unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('1--2', { 1: one, 2: two });
      expectObservable(source.pipe(evolve(), names), '--!').toBe('a', { a: first });
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('is cold: each subscription starts anew', async () => {
    const shaped = of(two, one).pipe(evolve(), names, toArray());
    expect(await lastValueFrom(shaped)).toEqual(await lastValueFrom(shaped));
  });

  it('fails with the error of the page that does not fit', () => {
    const [bad] = flats([['{"a":null}']], { primaryKey: 'a' });
    marbles(({ cold, expectObservable }) => {
      const refused = error([['{"a":null}']], { primaryKey: 'a' });
      const pages = cold('1-2', { 1: one, 2: bad as Flat }).pipe(evolve(), names);
      expectObservable(pages).toBe('a-#', { a: first }, refused);
    });
  });
});

describe('order of columns', () => {
  it('is that of the first row, then sluice’s own, then of later rows', async () => {
    const { columns } = await evolved([
      ['{"a":1,"n":null,"o":{"y":2},"c":"x"}', '{"n":1,"b":1}'],
      ['{"d":true}'],
    ]);
    expect(columns).toEqual([
      'a bigint',
      'c text',
      'o__y bigint',
      '_dlt_load_id text',
      '_dlt_id text',
      'n bigint',
      'b bigint',
      'd bool',
    ]);
  });

  it('and types ignore a value that a later duplicate of its key replaces', async () => {
    const rows = ['{"a":9007199254740993,"a":["x"],"b":1}', '{"d":"x","a":-1}', '{"a":0.5}'];
    const whole = await evolved([rows]);
    expect(whole.columns).toEqual([
      'b bigint',
      '_dlt_load_id text',
      '_dlt_id text',
      'd text',
      'a double',
    ]);
    expect(await evolved(rows.map((row) => [row]))).toEqual({
      ...whole,
      changes: expect.any(Array) as unknown,
    });
  });

  it.each([
    ['in a list', '"ab":[""],"ab":0', '"ab":["2024-01-02T03:04:05Z"]'],
    [
      'in an object of a list',
      '"ab":[{"value":""}],"ab":0',
      '"ab":[{"value":"2024-01-02T03:04Z"}]',
    ],
    ['in a list of lists', '"ab":[[{"x":""}],""],"ab":0', '"ab":["2024-01-02T03:04:05Z"]'],
  ])('and types ignore such a value %s', (_, replaced, kept) => {
    const [flat] = flats([[`{${replaced}}`, `{${kept}}`]]);
    const shaped = shaper({})(flat as Flat);
    const { columns } = schemaOf(shaped, 'things__ab');
    expect(columns.find(({ name }) => name === 'value')?.dataType).toBe('timestamp');
  });

  it('and types ignore a row that was dropped', () => {
    const [flat] = flats([['{"x":""}', '{"x":"2024-01-02T03:04:05Z"}', '{"x":"later"}']]);
    const shaped = shaper({})(takeRows(flat as Flat, Uint32Array.of(1, 2)));
    expect(
      schemaOf(shaped)
        .columns.filter(({ name }) => name.startsWith('x'))
        .map(({ name, dataType }) => `${name} ${dataType}`),
    ).toEqual(['x timestamp', 'x__v_text text']);
  });

  it('gives a child table its links before its id', () => {
    const [flat] = flats([['{"l":[1,{"k":2}]}']], { writeDisposition: 'merge' });
    const shaped = shaper()(flat as Flat);
    expect(schemaOf(shaped, 'things__l').columns.map(({ name }) => name)).toEqual([
      'value',
      '_dlt_root_id',
      '_dlt_parent_id',
      '_dlt_list_idx',
      '_dlt_id',
      'k',
    ]);
    expect(schemaOf(shaped, 'things__l').parent).toBe('things');
  });

  it('puts declared columns with a type first, in their order, also without values', async () => {
    const columns = {
      z: { dataType: 'double' },
      never: { dataType: 'json' },
      untyped: { nullable: true },
      gone: { dataType: 'text', exclude: true },
    } as const;
    const after = await evolved([['{"a":1,"untyped":"x","gone":"y","z":1}']], { columns });
    expect(after.columns).toEqual([
      'z double',
      'never json',
      'a bigint',
      'untyped text',
      '_dlt_load_id text',
      '_dlt_id text',
    ]);
    expect(after.rows).toEqual([{ z: 1, a: 1n, untyped: 'x' }]);
  });
});

describe('types', () => {
  it('are those of the first value that is not null', async () => {
    const { columns } = await evolved([
      [
        '{"t":null}',
        '{"i":1,"d":1.0,"s":"x","b":true,"t":"2024-01-02T03:04:05Z","h":12345678901234567890123,"date":"2024-01-02"}',
      ],
    ]);
    expect(columns.slice(2)).toEqual([
      'i bigint',
      'd double',
      's text',
      'b bool',
      't timestamp',
      'h bigint',
      'date text',
    ]);
  });

  it('widen from integers to doubles for a fraction, earlier rows too', async () => {
    expect(await column('1', '2.5', '3', '-9007199254740992')).toEqual({
      columns: ['x double'],
      rows: [{ x: 1 }, { x: 2.5 }, { x: 3 }, { x: -9007199254740992 }],
    });
  });

  it('widen integers of earlier pages and batches', async () => {
    const after = await evolved([['{"x":1}', '{"x":null}', '{"x":-3}'], ['{"x":0.5}']]);
    expect(after.rows).toEqual([{ x: 1 }, {}, { x: -3 }, { x: 0.5 }]);
    expect(after.changes).toEqual(['new-table', 'widened x double']);
  });

  it('lose the sign of a zero that was an integer for a while, wherever the page ends', async () => {
    const rows = [{ x: 1 }, { x: 0 }, { x: 0.5 }, { x: -0 }];
    expect((await evolved([['{"x":1}', '{"x":-0.0}', '{"x":0.5}', '{"x":-0.0}']])).rows).toEqual(
      rows,
    );
    expect(
      (
        await evolved([
          ['{"x":1}', '{"x":-0.0}'],
          ['{"x":0.5}', '{"x":-0.0}'],
        ])
      ).rows,
    ).toEqual(rows);
  });

  it('stay integers for doubles that are whole', async () => {
    expect(await column('1', '2.0', '1e3')).toEqual({
      columns: ['x bigint'],
      rows: [{ x: 1n }, { x: 2n }, { x: 1000n }],
    });
  });

  it('do not widen when an integer would lose by it', async () => {
    expect(await column('9007199254740993', '0.5', '1')).toEqual({
      columns: ['x bigint', 'x__v_double double'],
      rows: [{ x: 9007199254740993n }, { x__v_double: 0.5 }, { x: 1n }],
    });
  });

  it('keep an integer out of a double column that cannot hold it', async () => {
    expect(await column('0.5', '9007199254740993', '7')).toEqual({
      columns: ['x double', 'x__v_bigint bigint'],
      rows: [{ x: 0.5 }, { x__v_bigint: 9007199254740993n }, { x: 7 }],
    });
  });

  it('never make a wrong value of an integer beyond 64 bits', async () => {
    const huge = '12345678901234567890123';
    expect(await column(huge, '1', '0.5')).toEqual({
      columns: ['x bigint', 'x__v_double double'],
      rows: [{ x: BigInt(huge) }, { x: 1n }, { x__v_double: 0.5 }],
    });
    expect(await column('1', huge, '0.5')).toEqual({
      columns: ['x bigint', 'x__v_double double'],
      rows: [{ x: 1n }, { x: BigInt(huge) }, { x__v_double: 0.5 }],
    });
    const wider = '1'.repeat(40);
    expect(await column('1', wider, huge)).toEqual({
      columns: ['x bigint', 'x__v_text text'],
      rows: [{ x: 1n }, { x__v_text: wider }, { x: BigInt(huge) }],
    });
    expect(await column(wider, '1')).toEqual({
      columns: ['x text'],
      rows: [{ x: wider }, { x: '1' }],
    });
    expect(await column('0.5', huge)).toEqual({
      columns: ['x double', 'x__v_text text'],
      rows: [{ x: 0.5 }, { x__v_text: huge }],
    });
  });

  it('coerce what fits, row by row', async () => {
    expect(await column('"a"', '1', '1.0', 'true', '"2024-01-02T03:04:05.120Z"')).toEqual({
      columns: ['x text'],
      rows: [
        { x: 'a' },
        { x: '1' },
        { x: '1.0' },
        { x: 'true' },
        { x: '2024-01-02T03:04:05.120Z' },
      ],
    });
    expect(await column('true', '0', '"false"', '2.5', '"yes"')).toEqual({
      columns: ['x bool', 'x__v_bigint bigint', 'x__v_double double', 'x__v_text text'],
      rows: [
        { x: true },
        { x__v_bigint: 0n },
        { x: false },
        { x__v_double: 2.5 },
        { x__v_text: 'yes' },
      ],
    });
    expect(
      await column(
        '"1970-01-01T00:00:01.5Z"',
        '"1970-01-02"',
        '1',
        '"19700102T00"',
        '"1970-01-01 00:00:00.1234567-00:01"',
      ),
    ).toEqual({
      columns: ['x timestamp', 'x__v_text text', 'x__v_bigint bigint'],
      rows: [
        { x: 1_500_000n },
        { x__v_text: '1970-01-02' },
        { x__v_bigint: 1n },
        { x: 86_400_000_000n },
        { x: 60_123_456n },
      ],
    });
  });

  it('keep the digits of numbers in a text column', async () => {
    const digits = ['10.10', '1e2', '1e400', '0.1234567890123456789', '-0.0', '1E-400', '-0', '12'];
    const texts = digits.map((x) => ({ x }));
    expect(await column('"a"', ...digits)).toEqual({
      columns: ['x text'],
      rows: [{ x: 'a' }, ...texts],
    });
    const declared = { columns: { x: { dataType: 'text' } } } as const;
    expect((await evolved([digits.map((x) => `{"x":${x}}`)], declared)).rows).toEqual(texts);
    expect((await evolved([['{"x":-0}']], declared)).rows).toEqual([{ x: '-0' }]);
  });

  it('take the integer that was sent, not the double that is near it', async () => {
    expect(await column('1', '123456789012345678.0', '123456789012345678.25')).toEqual({
      columns: ['x bigint', 'x__v_double double'],
      rows: [{ x: 1n }, { x: 123456789012345678n }, { x__v_double: 123456789012345680 }],
    });
  });

  it('are those of what a string is, however it is spelt', async () => {
    const spelt = ['"2024\\u002d01-05T10:00:00.1234567Z"', '"\\u0032024-01-05T10:00"'];
    const rows = spelt.map((x) => `{"x":${x}}`);
    const after = await evolved([rows]);
    expect(after.columns).toEqual(expect.arrayContaining(['x timestamp']));
    expect(after.rows).toEqual([
      { x: BigInt(Date.UTC(2024, 0, 5, 10)) * 1000n + 123_456n },
      { x: BigInt(Date.UTC(2024, 0, 5, 10)) * 1000n },
    ]);
    expect((await evolved([['{"x":"a"}', ...rows]])).rows.slice(1)).toEqual([
      { x: '2024-01-05T10:00:00.1234567Z' },
      { x: '2024-01-05T10:00' },
    ]);
  });

  it('give way to declared ones', async () => {
    const columns = {
      i: { dataType: 'text' },
      s: { dataType: 'bigint' },
      j: { dataType: 'json' },
      t: { dataType: 'timestamp' },
      d: { dataType: 'double' },
    } as const;
    const after = await evolved(
      [
        [
          '{"i":1,"s":"12","j":{"a":[1]},"t":1,"d":2}',
          '{"i":"2024-01-02T03:04:05Z","s":"x","j":"{}","t":"n/a","d":"0.5"}',
        ],
      ],
      { columns },
    );
    expect(after.rows).toEqual([
      { i: '1', s: 12n, j: '{"a":[1]}', t__v_bigint: 1n, d: 2 },
      { i: '2024-01-02T03:04:05Z', s__v_text: 'x', j__v_text: '{}', t__v_text: 'n/a', d: 0.5 },
    ]);
  });
});

describe('values that are stored otherwise than they were sent', () => {
  const messages = async (...pages: string[][]): Promise<string[]> => {
    const found = flats(pages.map((page) => page.map((x) => `{"x":${x}}`)));
    const shape = shaper();
    return found
      .flatMap((flat) => shape(flat).changes)
      .filter(({ kind }) => kind === 'rounded' || kind === 'cut')
      .map(({ message }) => message.slice(0, message.lastIndexOf(': ')));
  };
  const number = (digits: string): string =>
    `The number ${digits} of things.x has more digits than a double holds`;
  const time = (text: string): string =>
    `The timestamp "${text}" of things.x has more digits of a second than the column`;

  it('are reported once a column', async () => {
    expect(await messages(['0.5', '0.12345678901234567', '1e-400'], ['1e-400'])).toEqual([
      number('0.12345678901234567'),
    ]);
    const at = '2024-01-02T03:04:05.1234567Z';
    expect(await messages(['"2024-01-02T03:04Z"'], [`"${at}"`, `"${at}"`])).toEqual([time(at)]);
  });

  it('are found behind integers, in variants and as other spellings', async () => {
    expect(await messages(['1', '1e-400'])).toEqual([number('1e-400')]);
    expect(await messages(['true', '12345678901234567.8'])).toEqual([
      number('12345678901234567.8'),
    ]);
    expect(await messages(['"2024-01-02T03:04Z"', '"20240102T030405.1234567"', '1'])).toEqual([
      time('20240102T030405.1234567'),
    ]);
  });

  it('are reported once more in a key by which rows replace each other', () => {
    const reported = (writeDisposition: 'append' | 'merge', ...pages: string[][]): string[] => {
      const shape = shaper();
      return flats(pages, { primaryKey: 'x', writeDisposition })
        .flatMap((flat) => shape(flat).changes)
        .filter(({ message }) => message.includes('is in the primary key'))
        .map(({ kind, column }) => `${kind} ${column}`);
    };
    const rounded = ['{"x":0.12345678901234567891}', '{"x":0.12345678901234567892}'];
    const cut = ['{"x":"2024-01-02T03:04:05.1234567Z"}'];
    expect(reported('merge', rounded, rounded)).toEqual(['rounded x']);
    expect(reported('merge', cut)).toEqual(['cut x']);
    expect(reported('append', rounded)).toEqual([]);
    expect(reported('merge', ['{"x":0.5,"y":0.12345678901234567891}'])).toEqual([]);
  });

  it('are no numbers that a double gives back, and no zeros', async () => {
    const exact = [
      '0.30000000000000004',
      '0.10000000000000001',
      '1.50000000000000000000',
      '5e-324',
    ];
    expect(await messages(exact)).toEqual([]);
    expect(await messages(['"2024-01-02T03:04:05.123456000Z"'])).toEqual([]);
    expect(await messages(['"a"', '0.1234567890123456789'])).toEqual([]);
  });
});

describe('variants', () => {
  it('take each value that does not fit, by its own kind', async () => {
    expect(await column('1', '"x"', 'true', '"y"', '"2024-01-02T03:04:05Z"', '2')).toEqual({
      columns: ['x bigint', 'x__v_text text', 'x__v_bool bool'],
      rows: [
        { x: 1n },
        { x__v_text: 'x' },
        { x__v_bool: true },
        { x__v_text: 'y' },
        { x__v_text: '2024-01-02T03:04:05Z' },
        { x: 2n },
      ],
    });
  });

  it('are marked and reported once', async () => {
    const [flat, again] = flats([['{"x":1}', '{"x":"a"}'], ['{"x":"b"}']]) as [Flat, Flat];
    const shaped = [flat, again].map(shaper());
    expect(schemaOf(shaped[1]).columns.find(({ name }) => name === 'x__v_text')).toEqual({
      name: 'x__v_text',
      dataType: 'text',
      nullable: true,
      variant: true,
      exactAsDouble: true,
    });
    expect(shaped.flatMap(({ changes }) => changes.map(({ kind }) => kind))).toEqual([
      'new-table',
      'variant',
    ]);
    expect(shaped[0]?.changes[1]?.message).toBe(
      'Values of things.x that do not fit its type go to x__v_text (text). The first is "a".',
    );
  });

  it('go on to the next name where theirs has a type that refuses them', async () => {
    const columns = { x__v_text: { dataType: 'timestamp' } } as const;
    const after = await evolved([['{"x":1}', '{"x":"2024-01-02T00:00"}', '{"x":"y"}']], {
      columns,
    });
    expect(after.rows[1]).toEqual({ x__v_text: BigInt(Date.UTC(2024, 0, 2)) * 1000n });
    expect(after.rows[2]).toEqual({ x__v_text_2: 'y' });
  });

  it('are no variants of variants in a database that dlt made', async () => {
    const [flat] = flats([['{"x":1}']]) as [Flat];
    const own = schemaOf(shaper()(flat));
    const schema = {
      things: {
        ...own,
        columns: [
          ...own.columns,
          {
            name: 'x__v_text',
            dataType: 'timestamp',
            nullable: true,
            variant: true,
            exactAsDouble: true,
          },
        ],
      },
    } as const;
    const after = await evolved([['{"x":"2024-01-02T03:04:05Z"}', '{"x":"y"}']], {}, schema);
    expect(after.rows).toEqual([
      { x__v_text: BigInt(Date.UTC(2024, 0, 2, 3, 4, 5)) * 1000n },
      { x__v_text_2: 'y' },
    ]);
  });

  it('stay what they began as when a key of that name comes', async () => {
    const rows = ['{"x":1,"z":1}', '{"x":"misfit","a":1}', '{"x__v_text":5}'];
    const expected = ['new-table', 'variant x__v_text text', 'new-column a bigint'];
    expect((await evolved([rows])).changes).toEqual(expected);
    expect((await evolved([rows.slice(0, 2), rows.slice(2)])).changes).toEqual(expected);
  });

  it('are integers that do not widen when they are not exact', async () => {
    const after = await evolved([['{"x":0.5}', '{"x":9007199254740993}'], ['{"x__v_bigint":0.5}']]);
    expect(after.rows).toEqual([
      { x: 0.5 },
      { x__v_bigint: 9007199254740993n },
      { x__v_bigint_2: 0.5 },
    ]);
  });

  it.each([
    ['a key of that name', { x: { dataType: 'json' }, x__v_double: { dataType: 'text' } }, 'x'],
    [
      'the next name',
      { y__v_text: { dataType: 'bool' }, y__v_text_2: { dataType: 'text' } },
      'y__v_text',
    ],
  ] as const)(
    'keep the digits that were sent where %s is a column of texts',
    async (_, columns, key) => {
      const sent = '170141183460469231731687303715884105727.0';
      const after = await evolved([[`{"${key}":${sent}}`, `{"${key}":0.10}`]], { columns });
      const to = key === 'x' ? 'x__v_double' : 'y__v_text_2';
      expect(after.rows).toEqual([{ [to]: sent }, { [to]: '0.10' }]);
    },
  );

  it('share a column with a key of that name without losing either', async () => {
    const after = await evolved([
      ['{"x":1,"x__v_text":"own"}', '{"x":"misfit"}', '{"x":"both","x__v_text":"own"}'],
    ]);
    expect(after.rows).toEqual([
      { x: 1n, x__v_text: 'own' },
      { x__v_text: 'misfit' },
      { x__v_text: 'own', x__v_text_2: 'both' },
    ]);
  });
});

describe('a schema that is there', () => {
  const [flat] = flats([['{"b":1,"a":"x"}']]) as [Flat];
  const things = schemaOf(shaper()(flat));

  it('keeps its types and the order of its columns; new ones come behind', async () => {
    const after = await evolved(
      [['{"c":1,"a":2,"b":"3"}']],
      { columns: { declared: { dataType: 'text' }, a: { dataType: 'bigint' } } },
      { things },
    );
    expect(after.columns).toEqual([
      'b bigint',
      'a text',
      '_dlt_load_id text',
      '_dlt_id text',
      'declared text',
      'c bigint',
    ]);
    expect(after.rows).toEqual([{ c: 1n, a: '2', b: 3n }]);
    expect(after.changes).toEqual([
      'new-column declared text',
      'new-column c bigint',
      'late-hint a text',
    ]);
  });

  it('widens integers that are all exact', async () => {
    expect((await evolved([['{"b":0.5}']], {}, { things })).changes).toEqual(['widened b double']);
  });

  it('does not widen integers that are not', async () => {
    const wide = {
      ...things,
      columns: things.columns.map((column) => ({ ...column, exactAsDouble: column.name !== 'b' })),
    };
    expect((await evolved([['{"b":0.5}']], {}, { things: wide })).rows).toEqual([
      { b__v_double: 0.5 },
    ]);
  });

  it('has its key and disposition from the stream', () => {
    const [page] = flats([['{"b":1}']], {
      primaryKey: 'b',
      writeDisposition: 'merge',
      resource: 'other',
    }) as [Flat];
    const [table] = shaper({ things })(page).tables;
    expect(table?.hints).toEqual({
      primaryKey: ['b'],
      writeDisposition: 'merge',
      resource: 'other',
    });
  });

  it('refuses nulls in columns that are stored as not null', () => {
    const strict = {
      ...things,
      columns: things.columns.map((column) => ({ ...column, nullable: column.name !== 'a' })),
    };
    expect(String(error([['{"b":1}']], {}, { things: strict }))).toContain(
      'column things.a must have a value in every row',
    );
  });

  it('is not changed', () => {
    const before = structuredClone(things);
    shaper({ things })(flats([['{"b":0.5,"c":1,"a":1}']])[0] as Flat);
    expect(things).toEqual(before);
  });
});

describe('columns that must have values', () => {
  it('are not null in the schema', () => {
    const [flat] = flats([['{"id":1,"sku":"x","a":1}']], {
      primaryKey: 'id',
      columns: { sku: { nullable: false } },
    }) as [Flat];
    const { columns } = schemaOf(shaper()(flat));
    expect(columns.filter(({ nullable }) => !nullable).map(({ name }) => name)).toEqual([
      'id',
      'sku',
      '_dlt_load_id',
      '_dlt_id',
    ]);
  });

  it('name resource, page, table, column and row of a null', () => {
    const thrown = error([['{"id":1}'], ['{"id":2}', '{"id":null}']], {
      primaryKey: 'id',
      resource: 'api',
    });
    expect(thrown).toBeInstanceOf(SchemaError);
    expect(String(thrown)).toMatch(
      /Resource things, page 2: column things\.id must have a value in every row .* row 2 has none/,
    );
  });

  it('distinguish a value that does not fit from a missing one', () => {
    expect(String(error([['{"id":1}', '{"id":"x"}']], { primaryKey: 'id' }))).toContain(
      'but row 2 has a text, which does not fit its type bigint',
    );
    expect(
      String(
        error([['{"id":"x"}']], { primaryKey: 'id', columns: { id: { dataType: 'bigint' } } }),
      ),
    ).toContain('row 1 has a text');
  });

  it('name the columns that were there when they never came', () => {
    const thrown = String(error([['{"a":1,"o":{"b":2}}']], { primaryKey: ['id', 'a'] }));
    expect(thrown).toContain('column things.id must have a value in every row');
    expect(thrown).toContain('Columns there: a, o__b.');
  });

  it('may be missing while no rows come', () => {
    expect(error([[]], { primaryKey: 'id' })).toBeUndefined();
  });
});

describe('pages', () => {
  it('without rows make no table and are passed on', () => {
    const [flat] = flats([[]]) as [Flat];
    const { tables, changes, page } = shaper()(flat);
    expect({ tables, changes }).toEqual({ tables: [], changes: [] });
    expect(page).toBe(flat.page);
  });

  it('with one kind of value a column pass their buffers on without a copy', () => {
    const [flat] = flats([['{"a":"x"}', '{"a":null}']]) as [Flat];
    const [table] = shaper()(flat).tables;
    expect(table?.columns[0]?.data).toBe(flat.tables[0]?.columns[0]?.lanes[0]?.data);
  });

  it('report names that collided', () => {
    const [flat] = flats([['{"a b":1,"a_b":2}']]) as [Flat];
    expect(shaper()(flat).changes.map(({ kind }) => kind)).toEqual(['new-table', 'collision']);
  });
});
