import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locate } from '#operators/columns/locate.js';
import { asJson } from '#src/rest/list/formats.js';

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
  ])('takes lines for rows: %j', (text, rows) => {
    expect(read(asJson(bytes(text), 'ndjson'))).toEqual(rows);
  });

  it('gives every line back, whatever the rows are and however lines end', () => {
    fc.assert(fc.property(fc.array(fc.json()), fc.constantFrom('\n', '\r\n', '\n\n'), (rows, end) => {
      const lines = rows.map((row) => JSON.stringify(JSON.parse(row)));
      expect(read(asJson(bytes(lines.map((line) => line + end).join('')), 'ndjson'))).toEqual(lines.map((line) => JSON.parse(line) as unknown));
    }));
  });

  it.each(['{"id":1}\n{"id":', '{"id":1}\n{"id":2', '{"id":1}\n"ab'])('leaves a last line open that was cut: %j', (text) => {
    expect(() => locate(asJson(bytes(text), 'ndjson'), { selectors: ['@'] })).toThrow(expect.objectContaining({ code: 'ERR_SLUICE_JSON', incomplete: true }));
  });

  it('says where a line is that is no JSON', () => {
    expect(() => asJson(bytes('{"id":1}\n  Sorry!\n'), 'ndjson')).toThrow(expect.objectContaining({ code: 'ERR_SLUICE_JSON', offset: 11, incomplete: false }));
  });

  it.each([['https://x/y?z=1\n', 'https://x/y?z=1'], ['"https://x/\\u0041"', 'https://x/A'], ['"not" json"', '"not" json"'], ['', '']])('takes text for one row: %j', (text, value) => {
    expect(read(asJson(bytes(text), 'text'))).toEqual({ value });
  });
});
