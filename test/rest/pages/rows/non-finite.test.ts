import * as fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { nonFiniteAsNull, nonFiniteReplacer } from '#src/rest/pages/rows/non-finite.js';
import { endpoint, restSource } from 'sluice';
import { flatten, select } from 'sluice/operators';
import { serve } from '../../../support/local-server.js';
import { readSource } from '../../../support/read-pages.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('nonFiniteAsNull', () => {
  it.each([
    ['[NaN,-Infinity, Infinity]', '[null,null, null]'],
    ['{"NaN":"Infinity \\" NaN","a":NaN}', '{"NaN":"Infinity \\" NaN","a":null}'],
    ['{"\u00e9\ud83d\ude00":NaN}', '{"\u00e9\ud83d\ude00":null}'],
  ])('makes of %s %s', (text, expected) => {
    expect(Buffer.from(nonFiniteAsNull(bytes(text))).toString()).toBe(expected);
  });

  it('leaves a body without them as it is', () => {
    const body = bytes('[{"a":1}]');
    expect(nonFiniteAsNull(body)).toBe(body);
  });
});

describe('nonFiniteReplacer', () => {
  it('makes of a body in pieces what it makes of the whole one, wherever it is cut', () => {
    const words = ['NaN', '-Infinity', '-', '1e5', 'null', ',', ':', ' ', '['];
    const texts = ['"NaN"', '"\\""', '"\\\\"', '"é, Infinity\\u0041"', '""', '"-NaN\\\\\\""'];
    const part = fc.constantFrom(...words, ...texts);
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(9), { maxLength: 40 }), (parts, sizes) => {
        const body = bytes(parts.join(''));
        const replace = nonFiniteReplacer();
        let at = 0;
        const made = sizes.map((size) => replace(body.subarray(at, (at += size)), false));
        made.push(replace(body.subarray(at), true));
        const whole = nonFiniteReplacer()(body, true);
        expect(Buffer.concat(made).toString()).toBe(Buffer.from(whole).toString());
        // Nothing of a text is changed, and no word is left outside of them.
        const outside = Buffer.from(whole)
          .toString()
          .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"');
        expect(outside).not.toMatch(/\b(?:NaN|Infinity)\b/);
      }),
    );
  });
});

describe('NaN and Infinity', () => {
  const read = async (
    text: string,
    json?: { nonFinite: 'null' },
  ): Promise<Awaited<ReturnType<typeof readSource>>> => {
    const server = await serve(() => ({ text }));
    return readSource(
      restSource({
        client: { baseUrl: server.url, ...(json && { json }) },
        resources: [{ name: 'x', endpoint: { paginator: 'single' } }],
      }),
    );
  };

  it('are read as null where the client says so', async () => {
    const { rows, error } = await read('[{"a":NaN,"b":-Infinity,"c":"NaN"}]', {
      nonFinite: 'null',
    });
    expect([error, rows]).toEqual([null, { x: [{ a: null, b: null, c: 'NaN' }] }]);
  });

  it.each(['NaN', 'Infinity', '-Infinity'])(
    'are an error that names the option: %s',
    async (word) => {
      const server = await serve(() => ({ text: `[{"a":${word}}]` }));
      const rows = endpoint({ url: server.url }).pipe(select(), flatten({ table: 'x' }));
      await expect(lastValueFrom(rows)).rejects.toThrow(
        `\`${word}\` is not JSON; a source reads it as null with \`client.json: { nonFinite: 'null' }\``,
      );
    },
  );
});
