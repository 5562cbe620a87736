import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locate } from '#operators/json/locate.js';
import { asJson, formatAdvice } from '#src/rest/pages/rows/formats.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (body: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(body));

describe('asJson', () => {
  it('leaves JSON as it is', () => {
    const body = bytes('{"a":1}');
    expect(asJson(body, 'json')).toBe(body);
  });

  it.each<[string, unknown]>([
    ['{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    ['{"a":1}\r\n\r\n  \n{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['', []],
    ['\n \n', []],
    ['7', [7]],
    ['\ufeff{"a":1}\n', [{ a: 1 }]],
    ['{"a":1}\nnull\n{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['null', []],
    ['[1,2]\n"a,b"\n', [[1, 2], 'a,b']],
  ])('takes lines for rows: %j', (text, rows) => {
    expect(read(asJson(bytes(text), 'ndjson'))).toEqual(rows);
  });

  it('gives every line but null back, whatever the rows are and however lines end', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), fc.constantFrom('\n', '\r\n', '\n\n'), (rows, end) => {
        const lines = rows.map((row) => JSON.stringify(JSON.parse(row)));
        expect(read(asJson(bytes(lines.map((line) => line + end).join('')), 'ndjson'))).toEqual(
          lines.filter((line) => line !== 'null').map((line) => JSON.parse(line) as unknown),
        );
      }),
    );
  });

  it.each(['{"id":1}\n{"id":', '{"id":1}\n{"id":2', '{"id":1}\n"ab'])(
    'leaves a last line open that was cut: %j',
    (text) => {
      expect(() => locate(asJson(bytes(text), 'ndjson'), { selectors: ['@'] })).toThrow(
        expect.objectContaining({ code: 'ERR_SLUICE_JSON', incomplete: true }),
      );
    },
  );

  it.each<[string, string, number, number]>([
    ['is no JSON', '{"id":1}\n  Sorry!\n', 2, 11],
    ['has two values', '{"id":1}\n{"id":2}{"id":3}\n', 2, 17],
    ['has two values and a comma', '{"id":1},{"id":2}\n', 1, 8],
    ['has a word too many', '1 2', 1, 2],
    ['ends where the other begins, after a return alone', '{"id":1}\r{"id":2}\r', 1, 9],
    ['has a value that goes on in the next one', '{"id":1}\n{"id":\n2}\n', 2, 15],
    ['has half a string', '"a\\"\n"b"\n', 1, 4],
  ])('refuses a line that %s, and says where', (_what, text, line, offset) => {
    const refusal = {
      code: 'ERR_SLUICE_JSON',
      offset,
      incomplete: false,
      message: expect.stringMatching(
        new RegExp(`^The body is not JSON: .*Line ${line} is not one JSON value\\.$`),
      ) as string,
    };
    expect(() => asJson(bytes(text), 'ndjson')).toThrow(expect.objectContaining(refusal));
  });

  it.each([
    ['https://x/y?z=1\n', 'https://x/y?z=1'],
    ['  a\n\r\n', '  a\n'],
    ['"https://x/\\u0041"', 'https://x/A'],
    ['"not" json"', '"not" json"'],
    ['', ''],
  ])('takes text for one row: %j', (text, value) => {
    expect(read(asJson(bytes(text), 'text'))).toEqual({ value });
  });

  it('refuses text that is not UTF-8, and says where', () => {
    expect(() => asJson(Uint8Array.of(0x61, 0xff, 0x62), 'text')).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_JSON',
        incomplete: false,
        message: expect.stringContaining('not UTF-8 at byte 1') as string,
      }),
    );
  });
});

describe('formatAdvice', () => {
  it('is to read lines where a body that is no JSON has several of them', () => {
    expect(formatAdvice(bytes('{"id":1}\r\n\n{"id":2}\n'), 'json')).toContain("`format: 'ndjson'`");
    expect(formatAdvice(bytes('{"id":1}\n{"id":'), 'json')).toContain("`format: 'ndjson'`");
  });

  it.each(['{"data":[{"id":nu0l}]}\n', ' {"data":[{"id":1},', '[\n{"id":nu0l}\n]'])(
    'is nothing for one document that is broken: %j',
    (text) => {
      expect(formatAdvice(bytes(text), 'json')).toBe('');
    },
  );
});
