import { from, lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FunctionError, processRows, type ProcessingStep, transform } from 'sluice/operators';
import type { JsonObject, Page, Rows } from 'sluice/operators';

function rowsOf(text: string): Rows {
  const body = new TextEncoder().encode(text);
  const page: Page = {
    resource: 'shop',
    parent: null,
    index: 2,
    body,
    rows: { kind: 'array', start: 0, end: body.length, count: (JSON.parse(text) as []).length },
    next: null,
    stamp: null,
    state: null,
  };
  return { page, body, span: page.rows };
}

async function textAfter(text: string, ...steps: ProcessingStep[]): Promise<string> {
  const [rows] = await lastValueFrom(of(rowsOf(text)).pipe(processRows(steps), toArray()));
  return new TextDecoder().decode(rows?.body);
}

const SENT =
  '{"a":1.0,"b":1e2,"c":-0.0,"d":12345678901234567890,"e":0.12345678901234567890,"f":12.50,"g":{"h":[2.0,3]},"i":1e400}';

describe('processing steps', () => {
  const hostile = (): never => {
    throw new Proxy(
      {},
      {
        get() {
          throw new Error('no entry');
        },
      },
    );
  };

  it.each<[string, ProcessingStep, string]>([
    ['throw what cannot be looked at', { map: hostile }, 'threw: an object'],
    [
      'give an object that prints as a number',
      { map: () => ({ toJSON: () => 5 }) },
      'returns 5: return an object',
    ],
    [
      'give such an object among several',
      { yieldMap: () => [{ toJSON: () => [1] }] },
      'returns [1]: return an object',
    ],
  ])('fail with their name and place where they %s', async (_, step, words) => {
    await expect(textAfter('[{"n":1}]', step)).rejects.toMatchObject({
      code: 'ERR_SLUICE_FUNCTION',
      message: expect.stringMatching(
        new RegExp(
          `^Resource shop, page 3, row 1: \`processingSteps\\[0\\]\\.\\w+\` .*${words.replaceAll(/[[\]]/g, '\\$&')}`,
        ),
      ) as string,
    });
  });

  it('run in their order', async () => {
    const steps: ProcessingStep[] = [
      { filter: ({ n }) => n !== 1 },
      { map: ({ n }) => ({ n: Number(n) * 10 }) },
      { yieldMap: ({ n }) => [{ n: n as number }, { n: Number(n) + 1 }] },
    ];
    expect(await textAfter('[{"n":1},{"n":2}]', ...steps)).toBe('[{"n":20},{"n":21}]');
  });

  it.each<[string, ProcessingStep]>([
    ['keeps', { filter: () => true }],
    ['returns', { map: (row) => row }],
    ['copies', { map: (row) => ({ ...row }) }],
    ['copies deeply', { map: (row) => ({ ...row, g: { ...(row['g'] as JsonObject) } }) }],
    ['yields', { yieldMap: (row) => [row] }],
  ])('keep numbers as they were sent in a row that a step %s', async (_how, step) => {
    expect(await textAfter(`[${SENT}]`, step)).toBe(`[${SENT}]`);
  });

  it('print anew only what they changed', async () => {
    const change = (row: JsonObject): JsonObject => {
      row['a'] = 2;
      row['new'] = 5;
      return row;
    };
    const [before, after] = [SENT.replace('"a":1.0', '"a":2'), ',"new":5}'];
    expect(await textAfter(`[${SENT}]`, { map: change })).toBe(`[${before.slice(0, -1)}${after}]`);
  });

  it('keep numbers that they rename one after another', async () => {
    const steps: ProcessingStep[] = [
      { map: ({ a, ...rest }) => ({ ...rest, b: a as number }) },
      {
        map: (row) => {
          row['c'] = row['b'] as number;
          delete row['b'];
          return row;
        },
      },
    ];
    expect(await textAfter('[{"a":1.0,"id":1},{"a":1,"id":1}]', ...steps)).toBe(
      '[{"id":1,"c":1.0},{"id":1,"c":1}]',
    );
  });

  it('keep numbers of nested rows that they yield', async () => {
    const step: ProcessingStep = { yieldMap: ({ items }) => items as JsonObject[] };
    expect(await textAfter('[{"items":[{"p":1.0},{"p":2.50}]}]', step)).toBe(
      '[{"p":1.0},{"p":2.50}]',
    );
  });

  it('see the last of a key that comes twice, with its own digits', async () => {
    expect(await textAfter('[{"a":1.0,"a":2},{"a":1,"a":2.0}]', { map: (row) => row })).toBe(
      '[{"a":2},{"a":2.0}]',
    );
  });

  it('skip elements that are null', async () => {
    expect(await textAfter('[null,{"a":1},null]', { filter: () => true })).toBe('[{"a":1}]');
  });

  it('take dates and big integers', async () => {
    expect(
      await textAfter('[{}]', {
        map: () => ({
          at: new Date(0) as never,
          n: 12345678901234567890n,
          gone: undefined as never,
        }),
      }),
    ).toBe('[{"at":"1970-01-01T00:00:00.000Z","n":12345678901234567890}]');
  });

  const cyclic: JsonObject = { a: 1 };
  cyclic['self'] = cyclic;
  it.each<[string, object, string]>([
    [
      'a promise',
      { map: async (row: object) => row },
      'processingSteps[0].map` returned a promise: this function must not be asynchronous.',
    ],
    [
      'nothing',
      { map: () => undefined },
      'processingSteps[0].map` returned nothing: return the row, an object.',
    ],
    ['null', { map: () => null }, 'processingSteps[0].map` returned null: return the row'],
    ['a number', { map: () => 5 }, 'processingSteps[0].map` returned 5: return the row'],
    ['a text', { map: () => 'x' }, 'processingSteps[0].map` returned the text "x": return the row'],
    ['a list', { map: () => [{}] }, 'processingSteps[0].map` returned a list: return the row'],
    [
      'a date',
      { map: () => new Date(0) },
      'processingSteps[0].map` returned a Date: return the row',
    ],
    ['a map', { map: () => new Map() }, 'processingSteps[0].map` returned a Map: return the row'],
    [
      'NaN',
      { map: () => ({ a: { b: NaN } }) },
      'returned a row that cannot be stored: `a.b` is NaN',
    ],
    ['a cycle', { map: () => cyclic }, '`self` is an object that contains itself'],
    ['a map inside', { map: () => ({ m: new Map([[1, 2]]) }) }, '`m` is a Map'],
    ['a function inside', { map: () => ({ f: () => 1 }) }, '`f` is a function'],
    ['a promise inside', { map: () => ({ p: [Promise.resolve(1)] }) }, '`p[0]` is a Promise'],
    ['bytes inside', { map: () => ({ p: new Uint8Array(2) }) }, '`p` is a Uint8Array'],
    ['a buffer inside', { map: () => ({ p: Buffer.from('a') }) }, '`p` is a Buffer'],
    [
      'an iterable inside',
      { map: () => ({ p: new URLSearchParams('a=1') }) },
      '`p` is an iterable that is not a list',
    ],
    ['an invalid date inside', { map: () => ({ at: new Date('?') }) }, '`at` is an invalid date'],
    [
      'a promise of a filter',
      { filter: async () => false },
      'processingSteps[0].filter` returned a promise',
    ],
    [
      'nothing of a filter',
      { filter: () => undefined },
      'processingSteps[0].filter` returned nothing: return true or false.',
    ],
    [
      'a number of a filter',
      { filter: () => NaN },
      'processingSteps[0].filter` returned NaN: return true or false.',
    ],
    [
      'nothing yielded',
      { yieldMap: () => undefined },
      'processingSteps[0].yieldMap` returned nothing: return a list of rows, or yield them.',
    ],
    [
      'a text yielded',
      { yieldMap: () => 'ab' },
      'processingSteps[0].yieldMap` returned the text "ab"',
    ],
    [
      'null rows yielded',
      { yieldMap: () => [null] },
      'processingSteps[0].yieldMap` returned null: return the row',
    ],
    [
      'rows promised',
      { yieldMap: () => [Promise.resolve({})] },
      'processingSteps[0].yieldMap` returned a promise',
    ],
    [
      'rows to come',
      {
        yieldMap: async function* () {
          yield {};
        },
      },
      'processingSteps[0].yieldMap` returned a',
    ],
    [
      'a thrown error',
      {
        map: () => {
          throw new Error('mine');
        },
      },
      'processingSteps[0].map` threw: mine',
    ],
    [
      'a thrown text',
      {
        filter: () => {
          throw 'mine';
        },
      },
      'processingSteps[0].filter` threw: mine',
    ],
    [
      'a later throw',
      {
        yieldMap: function* () {
          yield {};
          throw new Error('mine');
        },
      },
      'processingSteps[0].yieldMap` threw: mine',
    ],
  ])('refuse %s, and say which step, page and row it was', async (_what, step, message) => {
    const error = await textAfter('[{"a":1}]', step as ProcessingStep).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({ code: 'ERR_SLUICE_FUNCTION', resource: 'shop', page: 3 });
    expect((error as Error).message).toMatch(/^Resource shop, page 3, row 1: `/);
    expect((error as Error).message).toContain(message);
  });

  it('keep what was thrown as the cause', async () => {
    const mine = new Error('mine');
    await expect(
      textAfter('[{}]', {
        map: () => {
          throw mine;
        },
      }),
    ).rejects.toMatchObject({ cause: mine, functionName: 'processingSteps[0].map' });
  });
});

describe('transform', () => {
  const after = async (fn: Parameters<typeof transform>[0]): Promise<string[]> => {
    const pages = await lastValueFrom(
      from([rowsOf(`[${SENT},{"a":1}]`)]).pipe(transform(fn), toArray()),
    );
    return pages.map(({ body }) => new TextDecoder().decode(body));
  };

  it.each<[string, Parameters<typeof transform>[0]]>([
    ['keeps', (row) => row],
    ['copies', (row) => ({ ...row })],
    ['lists', (row) => [row]],
    ['promises', async (row) => ({ ...row })],
  ])('keeps numbers as they were sent in a row that it %s', async (_how, fn) => {
    expect(await after(fn)).toEqual([`[${SENT},{"a":1}]`]);
  });

  it.each<[string, () => unknown]>([
    ['returns nothing', () => undefined],
    ['promises nothing', async () => undefined],
  ])('refuses a function that %s, and says what to return', async (_how, fn) => {
    await expect(after(fn as never)).rejects.toThrow(
      'Resource shop, page 3, row 1: `transform` returned nothing: return the row, or null to leave it out.',
    );
  });

  it.each([
    [() => 5],
    [async () => 'x'],
    [() => [1]],
    [() => [null]],
    [() => new Date(0)],
    [() => new Map()],
    [async () => new Map()],
    [() => new Uint8Array()],
  ])('refuses what is no row: %s', async (fn) => {
    await expect(after(fn as never)).rejects.toMatchObject({ code: 'ERR_SLUICE_FUNCTION' });
  });
});
