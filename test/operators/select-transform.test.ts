import * as fc from 'fast-check';
import { lastValueFrom, map, of, type Observable, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { rowObjects } from '#operators/json/row-objects.js';
import { besideName } from '#operators/schema/names.js';
import {
  batch,
  evolve,
  flatten,
  fromObjects,
  processRows,
  JsonError,
  type JsonObject,
  type Page,
  type Rows,
  select,
  SelectError,
  transform,
} from 'sluice/operators';
import { land } from '../support/land.js';
import { marbles } from '../support/marbles.js';

const encoder = new TextEncoder();

function page(text: string, about: Partial<Page> = {}): Page {
  const body = encoder.encode(text);
  return {
    resource: 'shop',
    parent: null,
    index: 0,
    body,
    rows: { kind: 'array', start: 0, end: body.length, count: 2 },
    next: null,
    stamp: null,
    state: null,
    ...about,
  };
}

const rowsOf = (text: string): Rows => ({
  page: page(text),
  body: encoder.encode(text),
  span: { kind: 'array', start: 0, end: text.length, count: 1 },
});
const objects = (source: Observable<Rows>): Observable<JsonObject[]> =>
  source.pipe(map((rows) => rowObjects(rows)));
const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));

/** What each of these operators must do with the shapes of streams. */
function streamShapes(
  name: string,
  operate: (source: Observable<Rows>) => Observable<unknown>,
  make: () => Rows,
): void {
  it(`${name}: one page in, one out, in order; completes with its source`, () => {
    marbles(({ cold, expectObservable }) => {
      const values = { a: make(), b: make() };
      expectObservable(operate(cold('a-b-|', values)).pipe(map(() => 'x'))).toBe('x-x-|');
      expectObservable(operate(cold('--|', values))).toBe('--|');
      expectObservable(operate(cold('----', values))).toBe('----');
      expectObservable(operate(cold('a|', values)).pipe(map(() => 'x'))).toBe('x|');
    });
  });

  it(`${name}: passes an error on and unsubscribes from its source`, () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b---c--|', { a: make(), b: make(), c: make() });
      expectObservable(operate(source).pipe(map(() => 'x')), '---!').toBe('x-x-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
      expectObservable(
        operate(cold('a-#', { a: make() }, new Error('broken'))).pipe(map(() => 'x')),
      ).toBe('x-#', undefined, new Error('broken'));
    });
  });
}

describe('stream shapes', () => {
  streamShapes(
    'select',
    (source) =>
      source.pipe(
        map((rows) => rows.page),
        select('@'),
      ),
    () => rowsOf('[{"id":1}]'),
  );
  streamShapes(
    'transform',
    (source) => source.pipe(transform((row) => row)),
    () => rowsOf('[{"id":1}]'),
  );
  streamShapes(
    'flatten',
    (source) => source.pipe(flatten({ table: 'orders' })),
    () => rowsOf('[{"id":1}]'),
  );
  streamShapes(
    'fromObjects',
    (source) => fromObjects(source.pipe(map(() => [{ id: 1 }])), { resource: 'shop' }),
    () => rowsOf('[]'),
  );
});

describe('select', () => {
  const taken = (text: string, config?: Parameters<typeof select>[0]): Promise<JsonObject[][]> =>
    all(objects(of(page(text)).pipe(select(config))));

  it('takes the endpoint’s rows without a path', async () => {
    expect(await all(of(page('[1,{"a":2}]')).pipe(select(), objects))).toEqual([
      [{ value: 1 }, { a: 2 }],
    ]);
  });

  it.each([
    ['{"data":{"items":[{"a":1}]}}', 'data.items', [{ a: 1 }]],
    ['{"data":{"id":1}}', 'data', [{ id: 1 }]],
    ['{"data":null}', 'data', []],
    ['{"data":[]}', 'data', []],
    ['[{"a":1}]', ['conversations', '@'], [{ a: 1 }]],
    [
      '{"people":{"p1":{"n":1},"p2":{"id":"own"}}}',
      { path: 'people', rows: 'map', key: 'id' },
      [
        { n: 1, id: 'p1' },
        { id: 'own', [besideName('id')]: 'p2' },
      ],
    ],
    ['{"people":{"p1":{"n":1}}}', { path: 'people', rows: 'array-or-map' }, [{ n: 1, _key: 'p1' }]],
    [
      '{"pages":[{"rows":[{"a":1},{"a":9007199254740993}]},{"rows":[{"a":3}]},{}]}',
      'pages[*].rows[*]',
      [{ a: 1 }, { a: 9_007_199_254_740_993n }, { a: 3 }],
    ],
  ] as const)('finds in %s at %j', async (text, config, rows) => {
    expect(await taken(text, config as Parameters<typeof select>[0])).toEqual([rows]);
  });

  it.each([
    ['{"b":[{"a":1}]}', ['a[*].x', 'b'], [{ a: 1 }]],
    ['[{"a":1}]', ['b', '[*].x', '@'], []],
    ['{"pages":[{"rows":[{"a":1}]}]}', 'pages[*].rows', [{ a: 1 }]],
    [
      '{"pages":[{"rows":[{"a":1}]},{"rows":null},{"rows":[{"a":2}]}]}',
      'pages[*].rows',
      [{ a: 1 }, { a: 2 }],
    ],
    ['{"pages":[]}', 'pages[*].rows', []],
    ['{"pages":null}', 'pages[*].rows', []],
  ])('gathers from %s at %j', async (text, config, rows) => {
    expect(await taken(text, config)).toEqual([rows]);
  });

  it.each([
    [
      '{"groups":[{"people":{"a":{"n":1},"b":{"n":2,"id":"own"}}},{"people":null},{"people":[]},{},{"people":{"c":3}}]}',
      { path: 'groups[*].people', rows: 'map', key: 'id' },
      [
        { n: 1, id: 'a' },
        { n: 2, id: 'own', [besideName('id')]: 'b' },
        { value: 3, id: 'c' },
      ],
    ],
    [
      '{"groups":[{"people":{"a":{"n":1}}},{"people":[{"n":2}]}]}',
      { path: 'groups[*].people', rows: 'array-or-map' },
      [{ n: 1, _key: 'a' }, { n: 2 }],
    ],
    [
      '{"x":{"a":{"n":1}},"y":{"b":{"n":2}}}',
      { path: '*', rows: 'map' },
      [
        { n: 1, _key: 'a' },
        { n: 2, _key: 'b' },
      ],
    ],
  ] as const)('gathers the members of maps from %s at %j', async (text, config, rows) => {
    expect(await taken(text, config)).toEqual([rows]);
  });

  it.each([
    ['{"g":[{"p":[{"n":1}]}]}', 'map', 'an array'],
    ['{"g":[{"p":{"a":1}},{"p":5}]}', 'array-or-map', 'a number'],
  ] as const)('says that %s holds no %s', async (text, rows, found) => {
    await expect(taken(text, { path: 'g[*].p', rows })).rejects.toThrow(
      new SelectError(
        `Resource shop, page 1: Selector \`g[*].p\` must lead to a map of rows and leads to ${found}. Set rows: "array" for it.`,
      ),
    );
  });

  it.each([
    [
      'data[*].item',
      'array',
      '{"data":[{"item":{"p":100.0,"z":-0.0}},{"item":{"p":1e2}}]}',
      '[{"p":100.0,"z":-0.0},{"p":1e2}]',
    ],
    [
      'data[*].p',
      'array',
      '{"data":[{"p":1.0},{"p":0.12345678901234567890},{"p":[2.50,3]}]}',
      '[1.0,0.12345678901234567890,2.50,3]',
    ],
    [
      'data[*].m',
      'map',
      '{"data":[{"m":{"k":{"p":1.0},"l":2.0}}]}',
      '[{"p":1.0,"_key":"k"},{"value":2.0,"_key":"l"}]',
    ],
    ['data[*].item', 'array', '{"data":[{"item":{"p":1},"item":{"p":1,"p":2.0}}]}', '[{"p":2.0}]'],
    // Nulls in lists are rows that flatten skips and counts; a member that is null is no row.
    ['data[*].r', 'array', '{"data":[{"r":[null,1.0]},{"r":null},{"r":[2]}]}', '[null,1.0,2]'],
    ['data[*]', 'array', '{"data":[null,{"p":1.0}]}', '[null,{"p":1.0}]'],
  ] as const)('gathers numbers as they were sent at %s (%s)', async (path, shape, text, rows) => {
    const [found] = await all(of(rowsOf(text).page).pipe(select({ path, rows: shape })));
    expect(new TextDecoder().decode(found?.body)).toBe(rows);
  });

  it('names resource and page when a wildcard leads nowhere or its body is broken', async () => {
    await expect(taken('{"data":{"items":[]}}', 'data.pages[*].rows')).rejects.toThrow(
      /Resource shop, page 1: Nothing is at `data.pages\[\*\].rows`.*`items`/,
    );
    await expect(taken('{"data":[1', 'data[*].x')).rejects.toThrow(
      /Resource shop, page 1: The body ends at byte 10 before the JSON does/,
    );
    await expect(taken('{"data":[1', 'data[*].x')).rejects.toThrow(JsonError);
  });

  it('names resource, page, path and the keys that were there when the path is wrong', async () => {
    await expect(taken('{"items":[],"total":0}', 'data')).rejects.toThrow(SelectError);
    await expect(taken('{"items":[],"total":0}', 'data')).rejects.toThrow(
      /Resource shop, page 1: Nothing is at `data`.*`items`, `total`/,
    );
  });
});

describe('transform', () => {
  const run = (
    text: string,
    fn: Parameters<typeof transform<JsonObject>>[0],
    config?: Parameters<typeof transform>[1],
  ): Promise<JsonObject[][]> => all(objects(of(rowsOf(text)).pipe(transform(fn, config))));

  it('filters, maps, and makes many of one', async () => {
    expect(
      await run('[{"n":1},{"n":2},{"n":3}]', ({ n }) =>
        n === 1 ? null : n === 2 ? { n: 20 } : [{ n: 30 }, { n: 31 }],
      ),
    ).toEqual([[{ n: 20 }, { n: 30 }, { n: 31 }]]);
  });

  it('passes integers beyond 2^53 as BigInt and keeps them exactly', async () => {
    const seen: unknown[] = [];
    const rows = await all(
      of(rowsOf('[{"id":12345678901234567890,"f":1.5}]')).pipe(
        transform((row) => (seen.push(row['id']), { ...row, more: 9_007_199_254_740_993n })),
      ),
    );
    expect(seen).toEqual([12_345_678_901_234_567_890n]);
    expect(new TextDecoder().decode(rows[0]?.body)).toBe(
      '[{"id":12345678901234567890,"f":1.5,"more":9007199254740993}]',
    );
  });

  it('keeps numbers beyond double, which functions see as text', async () => {
    const text =
      '[{"a":1e400,"b":-1.5E+999,"c":[{"d":0.1e0310}],"e":1e308,"f":"1e400","g":1e-400}]';
    const [rows] = await all(of(rowsOf(text)).pipe(transform((row) => row)));
    expect(new TextDecoder().decode(rows?.body)).toBe(text);
    const landed = async (source: Observable<Rows>): Promise<unknown> =>
      land(await all(source.pipe(flatten({ table: 'things' }), evolve(), batch())));
    const beyond = rowsOf('[{"a":1e400,"b":1},{"b":-1e400}]');
    expect(await landed(of(beyond).pipe(transform((row) => row)))).toEqual(
      await landed(of(beyond)),
    );
  });

  it.each(['-01e400', '1e400.5', '01e400', '1.e400', '+1e400', '0x1e400'])(
    'makes no number of %s',
    async (wrong) => {
      await expect(run(`[{"n":${wrong}}]`, (row) => row)).rejects.toThrow(JsonError);
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d where a function made it, and says where',
    async (wrong) => {
      const refused = (by: string): string =>
        `Resource shop, page 1, row 2: \`${by}\` returned a row that cannot be stored: \`b.c[0]\` is ${wrong}, which JSON cannot hold. Give null for it, or leave it out.`;
      const rows = (n: unknown): JsonObject => ({ n: 1, b: { c: [n as number] } });
      await expect(
        run('[{"n":1},{"n":2}]', (row) => rows(row['n'] === 2 ? wrong : 0)),
      ).rejects.toThrow(refused('transform'));
      await expect(
        all(fromObjects([[rows(1), rows(wrong)]], { resource: 'shop' })),
      ).rejects.toThrow(refused('fromObjects'));
    },
  );

  it('keeps the order of rows and pages when the function is asynchronous, and works on at most so many rows', async () => {
    let underWay = 0;
    let most = 0;
    const waits: (() => void)[] = [];
    const result = all(
      objects(
        of(rowsOf('[{"n":1},{"n":2},{"n":3},{"n":4},{"n":5}]'), rowsOf('[{"n":6}]')).pipe(
          transform(
            async (row) => {
              underWay += 1;
              most = Math.max(most, underWay);
              // Later rows are done first.
              await new Promise<void>((resolve) => {
                waits.push(resolve);
                setImmediate(() => waits.pop()?.());
              });
              underWay -= 1;
              return row;
            },
            { concurrency: 3 },
          ),
        ),
      ),
    );
    expect(await result).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }, { n: 5 }], [{ n: 6 }]]);
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no price');
      },
    ],
    [
      'gives an iterable that throws',
      function* () {
        yield {};
        throw new Error('no price');
      },
    ],
    [
      'promises an iterable that throws',
      async () =>
        (function* () {
          yield {};
          throw new Error('no price');
        })(),
    ],
    ['rejects', () => Promise.reject(new Error('no price'))],
  ])('says resource, page and row when the function %s', async (_how, fail) => {
    await expect(
      run('[{"n":1},{"n":2}]', (row) => (row['n'] === 2 ? (fail() as never) : row)),
    ).rejects.toThrow('Resource shop, page 1, row 2: `transform` threw: no price');
  });

  it('makes more rows of one than a call takes arguments', async () => {
    const [rows] = await run('[{"n":1}]', () => Array.from({ length: 200_000 }, (_, n) => ({ n })));
    expect(rows).toHaveLength(200_000);
  });

  const SENT =
    '[{"id":1,"price":1.0,"o":{"price":1.0,"q":2.50,"n":[1.0,{"d":1e2}]},"items":[{"a":3.00}],"z":-0.0,"long":0.12345678901234567890}]';

  it.each<[string, Parameters<typeof transform<JsonObject>>[0], string]>([
    ['of a spread row', (row) => ({ ...row, x: 1 }), `${SENT.slice(0, -2)},"x":1}]`],
    ['of a frozen row', (row) => Object.freeze({ ...row }), SENT],
    ['of a spread row below', ({ items }) => ({ ...(items as [object])[0] }), '[{"a":3.00}]'],
    [
      'under their keys from below',
      ({ o, z }) => {
        const { price, q } = o as JsonObject;
        return { price, q, z };
      },
      '[{"price":1.0,"q":2.50,"z":-0.0}]',
    ],
    [
      'under another key, where its value has fewer digits',
      ({ long, id }) => ({ renamed: long, id2: id }),
      '[{"renamed":0.12345678901234567890,"id2":1}]',
    ],
    [
      'under another key, where they are gone from their own',
      ({ id, price, z, items }) => ({
        id,
        cost: price,
        at: [z],
        first: { b: (items as [{ a: 1 }])[0].a },
      }),
      '[{"id":1,"cost":1.0,"at":[-0.0],"first":{"b":3.00}}]',
    ],
    [
      'renamed in place',
      (row) => {
        for (const key of ['items', 'o', 'long']) delete row[key];
        row['cost'] = row['price'] as number;
        delete row['price'];
        return row;
      },
      '[{"id":1,"z":-0.0,"cost":1.0}]',
    ],
    [
      'but for a copy beside the original, and a number that is as large',
      (row) => ({ ...row, copy: row['price'], n: 1 }),
      `${SENT.slice(0, -2)},"copy":1,"n":1}]`,
    ],
    ['that it made', () => ({ price: 2, z: 0, q: 7 }), '[{"price":2,"z":0,"q":7}]'],
    [
      'in a list that it copied',
      ({ o }) => ({ n: [...(o as { n: [] }).n] }),
      '[{"n":[1.0,{"d":1e2}]}]',
    ],
  ])('keeps numbers as they were sent, but for those that it made: %s', async (_, fn, text) => {
    const [made] = await all(of(rowsOf(SENT)).pipe(transform(fn)));
    expect(new TextDecoder().decode(made?.body)).toBe(text);
  });

  it('keeps the numbers of an object below, whatever the row has under the same key', async () => {
    const source = of(rowsOf('[{"price":1.0,"o":{"price":1,"q":2.0}}]'));
    const [made] = await all(source.pipe(transform(({ o }: JsonObject) => o as JsonObject)));
    expect(new TextDecoder().decode(made?.body)).toBe('[{"price":1,"q":2.0}]');
  });

  it.each<[string, () => object]>([
    ['a getter', () => Object.defineProperty({}, 'a', { enumerable: true, get: () => never() })],
    ['a proxy', () => new Proxy({ a: 1 }, { ownKeys: () => never() })],
    ['toJSON', () => ({ a: { toJSON: () => never() } })],
  ])('names the row whose %s throws', async (_, make) => {
    const steps = [
      transform(make),
      transform(() => [make()]),
      transform(async () => make()),
      processRows([{ map: make }]),
      processRows([{ map: make }, { map: (row) => ({ ...row }) }]),
      processRows([{ yieldMap: () => [make()] }]),
    ];
    for (const step of steps)
      await expect(all(of(rowsOf('[{"n":1.5}]')).pipe(step))).rejects.toMatchObject({
        code: 'ERR_SLUICE_FUNCTION',
        message: expect.stringMatching(
          /^Resource shop, page 1, row 1: .* threw: no value$/,
        ) as string,
      });
  });

  it('refuses broken rows and a concurrency that would never begin', async () => {
    await expect(run('[{"n":01}]', (row) => row)).rejects.toThrow(JsonError);
    await expect(run('[{"n":012345678901234567890}]', (row) => row)).rejects.toThrow(JsonError);
    for (const concurrency of [0, 0.5])
      expect(() => transform((row) => row, { concurrency })).toThrow(
        /^transform\(\): `concurrency`: found number .*; it must be a number of at least 1/,
      );
  });

  it('takes no more rows once it is unsubscribed', async () => {
    const requests: unknown[] = [];
    const rows = of(rowsOf('[{"n":1},{"n":2},{"n":3}]'));
    rows
      .pipe(transform(async (row) => (requests.push(row['n']), row), { concurrency: 1 }))
      .subscribe()
      .unsubscribe();
    await new Promise(setImmediate);
    expect(requests).toEqual([1]);
  });

  it('gives any row back as it was, big integers and long strings too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.dictionary(
            fc.string(),
            fc.oneof(
              fc.string(),
              fc.bigInt({ min: 2n ** 53n }),
              fc.integer(),
              fc.boolean(),
              fc.constant(null),
              fc.string({ minLength: 16, unit: fc.constantFrom('1', '"', '\\', '-', 'e') }),
            ),
            { maxKeys: 5 },
          ),
        ),
        async (rows) => {
          const [first] = await all(
            fromObjects([rows as JsonObject[]], { resource: 'shop' }).pipe(
              transform((row) => row),
              objects,
            ),
          );
          expect(first).toEqual(rows);
        },
      ),
    );
    const text = `[{"id":12345678901234567890,"text":"${'a'.repeat(16 << 20)}"}]`;
    const [long] = await all(of(rowsOf(text)).pipe(transform((row) => row)));
    expect(long?.body.length).toBe(text.length);
  });
});

describe('fromObjects', () => {
  it('takes objects and arrays of them from anything that can be observed', async () => {
    async function* changes(): AsyncGenerator<JsonObject | JsonObject[]> {
      yield { a: 1 };
      yield [{ a: 2 }, { a: 3n }];
      yield [];
    }
    expect(await all(objects(fromObjects(changes(), { resource: 'changes' })))).toEqual([
      [{ a: 1 }],
      [{ a: 2 }, { a: 3 }],
      [],
    ]);
  });
});

function never(): never {
  throw new Error('no value');
}
