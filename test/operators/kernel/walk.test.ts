import { describe, expect, it } from 'vitest';
import { dropKernel, kernelGeneration, withKernel } from '#operators/columns/kernel.js';
import { limitsOf } from '#operators/columns/limits.js';
import { openShape, type WalkedTable } from '#operators/columns/walk.js';
import { locate } from '#operators/json/locate.js';
import { parseJson } from '#operators/json/parse-json.js';
import { printJson } from '#operators/json/print-json.js';
import { fieldReader } from '#operators/json/read-fields.js';
import { digitsReader } from '#operators/schema/lane-value.js';
import { JsonError, LimitError } from 'sluice';
import { tableRows, walked } from '../../support/walked.js';

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);

/** The numbers of a table's first column, in its only lane. */
function sentDigits(table: WalkedTable | undefined): (string | undefined)[] {
  const { lanes, text } = table?.columns[0] ?? { lanes: [], text: null };
  const [lane] = lanes;
  const read = lane && digitsReader(lane, text);
  return Array.from({ length: lane?.rows ?? 0 }, (_, row) => read?.(row));
}

describe('walk', () => {
  it.each([
    ['2024-02-29T12:34:56.123456Z', '2024-02-29T12:34:56.123456Z'],
    ['2024-02-29 12:34', '2024-02-29T12:34:00Z'],
    ['2024-02-29T12:34:56,5', '2024-02-29T12:34:56.5Z'],
    ['2024-02-29T12:34:56.123456789+05:30', '2024-02-29T07:04:56.123456Z'],
    ['1969-12-31T23:59:59.9-0100', '1970-01-01T00:59:59.9Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
    ['2024-01-01T00:00:00+14', '2023-12-31T10:00:00Z'],
  ])('reads %s as a timestamp', (text, utc) => {
    const [root] = walked(JSON.stringify([text]));
    const [lane] = root?.columns[0]?.lanes ?? [];
    const micros = new BigInt64Array(lane?.data.buffer as ArrayBuffer, lane?.data.byteOffset, 1)[0];
    const [, seconds = '', fraction = ''] = /^([^.]*?)(?:\.(\d+))?Z$/.exec(utc) ?? [];
    expect({ kind: lane?.kind, micros }).toEqual({
      kind: 'timestamp',
      micros: BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0')),
    });
    expect(tableRows(root as never)).toEqual([{ '["value"]': { kind: 'timestamp', value: text } }]);
  });

  it.each([
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01',
    '00:00:00',
    '0000-01-01T00:00:00Z',
    '2024-01-01T00:00:00.Z',
    '2024-01-01T00:00:00Zx',
    '2024-01-01t00:00:00Z',
    '2024-01-01T00:00:00+24:00',
  ])('takes %s as text', (text) => {
    expect(walked(JSON.stringify([text]))[0]?.columns[0]?.lanes.map(({ kind }) => kind)).toEqual([
      'text',
    ]);
  });

  it('makes rows of a map’s members, with the key where the row has none', () => {
    const [root] = walked('{"a":{"id":"own"},"b":{"x":1},"c":{"id":null},"d\\n":7}', {
      span: { kind: 'map', key: 'id', count: 4 },
    });
    expect(
      tableRows(root as never).map((row) =>
        Object.entries(row).map(([path, { value }]) => [path, value]),
      ),
    ).toEqual([
      [['["id"]', 'own']],
      [
        ['["x"]', 1n],
        ['["id"]', 'b'],
      ].sort(
        (one, other) =>
          (root?.columns.findIndex(({ path }) => JSON.stringify(path) === one[0]) ?? 0) -
          (root?.columns.findIndex(({ path }) => JSON.stringify(path) === other[0]) ?? 0),
      ),
      [['["id"]', 'c']],
      [
        ['["id"]', 'd\n'],
        ['["value"]', 7n],
      ],
    ]);
  });

  it.each([
    [
      '{"a":{"n":1},"b":{"n":2},"\\u0061":{"n":3.0}}',
      [
        ['n', 3, 'id', 'a'],
        ['n', 2n, 'id', 'b'],
      ],
    ],
    ['{"a":{"n":1},"a":{"m":"2024-01-01T00:00:00Z"},"a":[4]}', [['id', 'a']]],
    [' { "a" : { "n" : 1 } , "a" : { "n" : 2 } } ', [['n', 2n, 'id', 'a']]],
  ])('makes one row of map members with one key: the last of %s', (text, rows) => {
    const body = bytes(text);
    const { span } = locate(body, { selectors: ['@'], rows: 'map', key: 'id' });
    const shape = openShape(() => 'flatten');
    const [root] = shape.walk(body, span, null);
    shape.close();
    expect(
      tableRows(root as never).map((row) =>
        Object.entries(row).flatMap(([path, { value }]) => [JSON.parse(path)[0], value]),
      ),
    ).toEqual(rows);
  });

  it.each([
    '{"a":1,"a":nul}',
    '{"a":1 "a":2}',
    '{"a":1,}',
    '{"a":1,2}',
    '{"a":1,"a"}',
    '{"a" x1,"a":2}',
    '{"a":1,"a":2]',
    '{"a":1',
    '{"a',
  ])('refuses the broken map %s', (text) => {
    const body = bytes(text);
    const shape = openShape(() => 'flatten');
    expect(() =>
      shape.walk(body, { kind: 'map', start: 0, end: body.length, count: 2 }, null),
    ).toThrow(JsonError);
    shape.close();
  });

  it('keeps JSON compact, in its order, with its numbers and only the escapes it needs', () => {
    const body = bytes('[{"j": { "b" : [ 1.50 , 1e3, "\\u00e9\\/\\n\\u0001\\"" ], "a":{ } }}]');
    const shape = openShape(() => 'json');
    const [root] = shape.walk(body, locate(body, { selectors: ['@'] }).span, null);
    shape.close();
    expect(tableRows(root as never)).toEqual([
      { '["j"]': { kind: 'json', value: '{"b":[1.50,1e3,"é/\\n\\u0001\\""],"a":{}}' } },
    ]);
  });

  it('decides by the rules of its own what rows that are no objects become', () => {
    const body = bytes('[1,2]');
    const other = openShape(() => 'skip');
    other.walk(body, locate(body, { selectors: ['@'] }).span, null);
    const asked: unknown[] = [];
    const shape = openShape((...key) => {
      asked.push(key);
      return 'flatten';
    });
    const [root] = shape.walk(body, locate(body, { selectors: ['@'] }).span, null);
    shape.close();
    other.close();
    expect(asked).toEqual([[[], ['value'], 0, true]]);
    expect(tableRows(root as never)).toEqual([
      { '["value"]': { kind: 'bigint', value: 1n } },
      { '["value"]': { kind: 'bigint', value: 2n } },
    ]);
  });

  it('keeps of members with one name the last value, at the place of the first', () => {
    const body = bytes('[{"j":{"x":1,"y":2.50,"x":{"a":1,"a":[{"q":1,"\\u0071":2}]},"y":null}}]');
    const shape = openShape(() => 'json');
    const [root] = shape.walk(body, locate(body, { selectors: ['@'] }).span, null);
    shape.close();
    expect(tableRows(root as never)).toEqual([
      { '["j"]': { kind: 'json', value: '{"x":{"a":[{"q":2}]},"y":null}' } },
    ]);
  });

  it.each([
    ['fractions', (i: number) => `${i}.50`],
    ['integers, -0 among them', (i: number) => (i % 300 === 299 ? '-0' : String(i))],
  ])('knows the digits of thousands of %s in a list', (_, digitsOf) => {
    const digits = Array.from({ length: 5_000 }, (__, i) => digitsOf(i));
    const [, list] = walked(`[{"n":[${digits.join(',')}]}]`);
    expect(sentDigits(list)).toEqual(digits);
  });

  it('forgets a -0 that the same key writes over', () => {
    const [root] = walked('[{"a":-0,"a":5},{"a":-0},{"a":7}]');
    expect(sentDigits(root)).toEqual(['5', '-0', '7']);
  });

  it.each([
    ['an integer', '9007199254740993', '1', false],
    ['a fraction', '0.1000000000000000055', '0.5', false],
    ['a text', '"\\ud800"', '"x"', false],
    ['an integer of the row before', '1,"a":9007199254740993},{"a":9007199254740993', '1', true],
  ])('forgets that %s which is replaced was unsafe', (_, replaced, kept, stays) => {
    const [root] = walked(`[{"a":${kept}},{"a":${replaced},"a":${kept}}]`);
    expect(root?.columns[0]?.lanes.map(({ hasUnsafeValues }) => hasUnsafeValues)).toEqual([stays]);
  });

  it('drops all that the earlier of two equal keys left', () => {
    const tables = walked(
      '[{"a":{"b":1,"l":[1,{"m":[2]}]},"a":{"c":2}},{"a":[{"m":[3]}],"a":[{"m":[4,5]}],"\\u0061":[9]}]',
    );
    expect(
      tables.map((table) => [
        table.path.map((keys) => keys.join('.')).join('/'),
        tableRows(table).map((row) => Object.values(row).map(({ value }) => value)),
      ]),
    ).toEqual([
      ['', [[2n], []]],
      ['a', [[9n]]],
    ]);
  });

  it('accepts a byte order mark and rejects bytes that are not UTF-8, with their position', () => {
    expect(walked(Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes('[{"a":1}]')]))[0]?.rows).toBe(1);
    for (const bad of [
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe2, 0x28, 0xa1],
      [0x80],
    ]) {
      const body = Uint8Array.from([
        ...bytes('["ab'),
        ...bad,
        ...bytes(' and quite some text behind it"]'),
      ]);
      expect(() => walked(body), bad.join()).toThrow(/not UTF-8 at byte [456]/);
    }
  });

  it('finds every row and value again after a page that was refused', () => {
    const shape = openShape(() => 'flatten');
    const good = bytes('[{"a":1,"l":[{"b":"x"}]}]');
    const bad = bytes('[{"a":"other","l":[{"c":1}],"z":2},{"a":nul}]');
    const read = (): unknown =>
      shape
        .walk(good, { kind: 'array', start: 0, end: good.length, count: 1 }, null)
        .map(tableRows);
    const before = read();
    expect(() =>
      shape.walk(bad, { kind: 'array', start: 0, end: bad.length, count: 2 }, null),
    ).toThrow(JsonError);
    expect(read()).toEqual(before);
    shape.close();
  });

  it('frees its memory after a huge page, and continues', () => {
    const shape = openShape(() => 'flatten');
    const page = (rows: number): Uint8Array =>
      bytes(
        JSON.stringify(Array.from({ length: rows }, (_, id) => ({ id, text: 'x'.repeat(200) }))),
      );
    const walk = (body: Uint8Array): unknown =>
      shape.walk(body, locate(body, { selectors: ['@'] }).span, null)[0]?.rows;
    expect(walk(page(10))).toBe(10);
    expect(kernelGeneration()).not.toBe(0);
    expect(walk(page(250_000))).toBe(250_000);
    expect(kernelGeneration()).toBe(0);
    expect(walk(page(10))).toBe(10);
    shape.close();
  });

  it('frees what a closed shape has learnt, and keeps other shapes', () => {
    const open = (): ReturnType<typeof openShape> => openShape(() => 'flatten');
    const deep = { id: 1, o: { p: { text: 'a' } }, list: [{ x: 1.5, below: [[1], 'b'] }] };
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a long key ${i}`, i]));
    const bodies = [deep, wide, 'scalar'].map((row) => bytes(JSON.stringify([row])));
    const walk = (shape: ReturnType<typeof openShape>): unknown =>
      bodies.map((body) =>
        shape
          .walk(body, { kind: 'array', start: 0, end: body.length, count: 1 }, null)
          .map((table) => [table.path, tableRows(table as never)]),
      );
    const kept = open();
    const expected = walk(kept);
    const walkMany = (): number => {
      for (let i = 0; i < 200; i += 1) {
        const shape = open();
        expect(walk(shape)).toEqual(expected);
        shape.close();
      }
      return withKernel(bytes('[]'), limitsOf(), ({ memoryBytes }) => memoryBytes);
    };
    const once = walkMany();
    expect(walkMany()).toBe(once);
    expect(walk(kept)).toEqual(expected);
    kept.close();
  });

  it('refuses a body over the limit before it takes memory', () => {
    dropKernel();
    expect(() =>
      locate(bytes(`["${'x'.repeat(200_000)}"]`), { selectors: ['@'], limits: { bytes: 100_000 } }),
    ).toThrow(LimitError);
  });
});

describe('locate', () => {
  it('finds rows, counts them and reads values on the way', () => {
    const body = bytes(
      '{"meta":{"next":9007199254740993,"total":"12"},"data":{"items":[{"a":"]"},{"b":[1,{"c":"\\\\\\""}]}, 3]},"x":null}',
    );
    const found = locate(body, {
      selectors: ['data.items'],
      paths: ['meta.next', 'meta.total', 'nothing', 'x'],
    });
    expect(found).toEqual({
      span: {
        kind: 'array',
        start: body.indexOf(0x5b),
        end: expect.any(Number) as number,
        count: 3,
      },
      values: [9_007_199_254_740_993n, '12', undefined, null],
    });
    expect(new TextDecoder().decode(body.subarray(found.span.start, found.span.end))).toMatch(
      /^\[.*3\]$/,
    );
  });

  it.each([
    ['[]', '@', 'array', 0],
    ['{"d":null}', 'd', 'none', 0],
    ['{"d":[]}', 'd', 'array', 0],
    ['{"d":{"a":1}}', 'd', 'value', 1],
    ['{"a":1}', '$', 'value', 1],
    ['null', '@', 'none', 0],
    ['[[1,2],[3]]', '1', 'array', 1],
  ])('finds in %s at %s a %s of %i rows', (text, selector, kind, count) => {
    expect(locate(bytes(text), { selectors: [selector] }).span).toMatchObject({ kind, count });
  });

  it('takes the first of several selectors that is there, and a map as rows where configured', () => {
    expect(
      locate(bytes('{"results":[1,2]}'), { selectors: ['data', 'results', '@'] }).span.count,
    ).toBe(2);
    expect(
      locate(bytes('{"data":[1],"results":[1,2]}'), { selectors: ['data', 'results'] }).span.count,
    ).toBe(1);
    expect(locate(bytes('[1,2,3]'), { selectors: ['conversations', '@'] }).span.count).toBe(3);
    expect(
      locate(bytes('{"people":{"p1":{},"p2":{"a":[1]}}}'), {
        selectors: ['people'],
        rows: 'map',
        key: 'id',
      }).span,
    ).toMatchObject({ kind: 'map', key: 'id', count: 2 });
    expect(locate(bytes('{"people":[]}'), { selectors: ['people'], rows: 'map' }).span.kind).toBe(
      'none',
    );
    expect(() => locate(bytes('{"people":[1]}'), { selectors: ['people'], rows: 'map' })).toThrow(
      /must lead to a map/,
    );
  });

  it.each([
    ['{"data":{"items":[1]},"data":{"items":[2,3]}}', 'data.items', 2],
    ['{"data":{"items":[1]},"data":{"items":null}}', 'data.items', 0],
    ['{"data":[1],"data":[2,3]}', 'data', 2],
    ['{"data":{"items":[1]},"data":{"other":[2]},"items":[1,2,3]}', 'items', 3],
  ])('takes the last of two equal keys in %s at %s', (text, selector, count) => {
    expect(locate(bytes(text), { selectors: [selector] }).span.count).toBe(count);
  });

  it('drops what lay beneath the earlier of two equal keys, and checks it', () => {
    const meta = (text: string): unknown =>
      locate(bytes(`{"meta":{"next":"x"},"rows":[],${text}}`), {
        selectors: ['rows'],
        paths: ['meta.next'],
      }).values;
    expect([
      meta('"a":1'),
      meta('"meta":{}'),
      meta('"meta":null'),
      meta('"meta":{"next":"y"}'),
      meta('"meta":[]'),
    ]).toEqual([['x'], [undefined], [undefined], ['y'], [undefined]]);
    expect(() =>
      locate(bytes('{"data":{"items":[1]},"data":{"items2":[2]}}'), { selectors: ['data.items'] }),
    ).toThrow(/Nothing is at `data.items`/);
    expect(() =>
      locate(bytes('{"data":[1,01],"data":[2], "and": "something more behind it"}'), {
        selectors: ['data'],
      }),
    ).toThrow(JsonError);
  });

  it('names the keys that were there when the path is wrong', () => {
    expect(() => locate(bytes('{"items":[],"total":0}'), { selectors: ['data', 'rows'] })).toThrow(
      'Nothing is at `data` or `rows`. The keys there are: `items`, `total`.',
    );
  });

  it.each([
    '{"data":[1,2]',
    '{"data":[{"a":1},{"a',
    '{"data":[],"next":"ab',
    '{"data":[]',
    '{"data":[1],',
    '',
    '{"da',
  ])('recognises that %j is cut short', (text) => {
    expect(() => locate(bytes(text), { selectors: ['data'] })).toThrow(
      expect.objectContaining({ code: 'ERR_SLUICE_JSON', incomplete: true }) as Error,
    );
  });

  const tokens =
    '{"data":["a\\"b\\ud83d\\ude00\\u00e9é",-12.5e+10,0,true,false,null],"next":{"a":-0.25E-3,"b":"\\\\"},"x":false}';

  it('recognises that a document is cut short, wherever it is cut', () => {
    const whole = bytes(tokens);
    for (let end = 0; end < whole.length; end += 1) {
      const cut = whole.subarray(0, end);
      for (const selectors of [['data'], ['next'], ['@']])
        expect(() => locate(cut, { selectors }), new TextDecoder().decode(cut)).toThrow(
          expect.objectContaining({ incomplete: true }) as Error,
        );
      expect(
        () => walked(cut, { span: { kind: 'value', start: 0, end: tokens.length, count: 1 } }),
        new TextDecoder().decode(cut),
      ).toThrow(expect.objectContaining({ incomplete: true }) as Error);
    }
  });

  it.each([
    'NaN',
    'nil',
    'nulx',
    'True',
    't u',
    '01',
    '1.e',
    '-x',
    '+1',
    '"\\x"',
    '"\\u12g4"',
    '"\\ud83d\\u1x"',
    '"\u0001"',
    '1 t',
    '1 \\',
    "'a'",
  ])('recognises that a document with %s near its end is broken, not cut short', (token) => {
    for (const end of ['}', '', ' ']) {
      const body = bytes(`{"data":[1],"x":${token}${end}`);
      expect(() => locate(body, { selectors: ['data'] })).toThrow(
        expect.objectContaining({ code: 'ERR_SLUICE_JSON', incomplete: false }) as Error,
      );
      const shape = openShape(() => 'flatten');
      expect(() =>
        shape.walk(body, { kind: 'value', start: 0, end: body.length, count: 1 }, null),
      ).toThrow(expect.objectContaining({ incomplete: false }) as Error);
      shape.close();
    }
  });

  it.each([
    '{"data":[1]} x',
    '{"data":[1],}',
    '{"data":[1] "a":2}',
    "{'data':[1], 'and': 'something more behind it'}",
    '{"data":[1],"x":01, "and": "something more behind it"}',
  ])('checks what is around the rows: %j', (text) => {
    expect(() => locate(bytes(text), { selectors: ['data'] })).toThrow(
      expect.objectContaining({ code: 'ERR_SLUICE_JSON', incomplete: false }) as Error,
    );
  });

  it('counts rows as JSON.parse does, whatever is in their strings, over blocks of 64 bytes', () => {
    for (let length = 0; length < 200; length += 1) {
      const rows = [
        { t: '\\'.repeat(length), u: '"]},{['.repeat(length % 7) },
        [',', '\\"'],
        'x'.repeat(length),
        length,
      ];
      expect(locate(bytes(JSON.stringify({ rows })), { selectors: ['rows'] }).span.count).toBe(4);
    }
  });
});

describe('fieldReader', () => {
  it('reads single fields of rows as JavaScript values', () => {
    const body = bytes(
      '[{"id":1,"n":9007199254740993,"a":{"b":"x"},"at":"2024-01-01T00:00:00Z","o":{"k":[1]},"skip":[{"id":5}]},{"id":null,"a":{}},{"id":"7","f":1.5,"ok":true}]',
    );
    const reader = fieldReader(['id', 'n', 'a.b', 'at', 'o', 'f', 'ok']);
    expect(reader.read(body, locate(body, { selectors: ['@'] }).span)).toEqual([
      { id: 1, n: 9_007_199_254_740_993n, 'a.b': 'x', at: '2024-01-01T00:00:00Z', o: { k: [1] } },
      {},
      { id: '7', f: 1.5, ok: true },
    ]);
    reader.close();
  });
});

describe('parseJson and printJson', () => {
  it('keep integers beyond 2^53 and numbers as they were sent', () => {
    const text =
      '{"a":12345678901234567890,"b":[-9007199254740993,1,"12345678901234567890","\\"9007199254740993"],"c":1234567890123456.5,"d":1e20}';
    const value = parseJson(text) as Record<string, unknown>;
    expect(value['a']).toBe(12_345_678_901_234_567_890n);
    expect(value['b']).toEqual([
      -9_007_199_254_740_993n,
      1,
      '12345678901234567890',
      '"9007199254740993',
    ]);
    expect(printJson(value)).toBe(
      '{"a":12345678901234567890,"b":[-9007199254740993,1,"12345678901234567890","\\"9007199254740993"],"c":1234567890123456.5,"d":1e20}',
    );
  });
});
