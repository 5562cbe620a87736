import { describe, expect, it } from 'vitest';
import { inUtf8 } from '#src/rest/http/body/charset.js';
import { restSource } from 'sluice';
import { serve } from '../../../support/local-server.js';
import { readSource } from '../../../support/read-pages.js';

const JSON_TEXT = '[{"s":"\u00e9\u4e2d\ud83d\ude00"}]';
const utf16 = (text: string, isBig: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};
const utf32 = (text: string, isBig: boolean): Buffer => {
  const points = Array.from(text, (one) => one.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((point, i) =>
    isBig ? bytes.writeUInt32BE(point, i * 4) : bytes.writeUInt32LE(point, i * 4),
  );
  return bytes;
};
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('inUtf8', () => {
  it.each([null, 'application/json', 'application/json; charset=utf-8', 'a/b; charset="UTF8"'])(
    'returns a body in UTF-8 without a copy: %s',
    (type) => {
      const body = Buffer.from(JSON_TEXT);
      expect(inUtf8(body, type)).toBe(body);
    },
  );

  it.each([
    ['UTF-16', utf16],
    ['UTF-32', utf32],
  ])('recognises %s by its mark or its zero bytes, whatever the header says', (_name, encode) => {
    for (const isBig of [true, false])
      for (const mark of ['', '\ufeff'])
        for (const type of [null, 'application/json; charset=utf-8', 'a/b; charset=utf-16'])
          for (const json of [JSON_TEXT, '"\u4e2d"', '[]', '7 '])
            expect(text(inUtf8(encode(mark + json, isBig), type))).toBe(json);
  });

  it.each(['utf-16', 'utf-32', 'UTF-16LE'])(
    'reads JSON in UTF-8 where the content type names %s',
    (charset) => {
      for (const json of ['[{"s":"\u00e9"}]', '{"a":1}', '[]'])
        expect(text(inUtf8(Buffer.from(json), `application/json; charset=${charset}`))).toBe(json);
    },
  );

  it.each([
    ['iso-8859-1', Buffer.from('caf\xe9', 'latin1'), 'caf\u00e9'],
    ['"windows-1252"', Buffer.from([0x80, 0x9f, 0x81, 0xe9]), '\u20ac\u0178\x81\u00e9'],
    ["'latin1'", Buffer.from([0xe9]), '\u00e9'],
    ['Shift_JIS', Buffer.from([0x82, 0xa0]), '\u3042'],
    ['gbk', Buffer.from([0xd6, 0xd0]), '\u4e2d'],
    ['koi8-r', Buffer.from([0xc1]), '\u0430'],
    ['iso-2022-jp', Buffer.from([0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42]), '\u3042'],
    ['us-ascii', Buffer.from('\u00e9'), '\u00e9'],
    ['made-up', Buffer.from('\u00e9'), '\u00e9'],
    ['none', Buffer.from([0xe9]), '\ufffd'],
  ])('reads the charset %s of the content type', (charset, body, expected) => {
    expect(text(inUtf8(body, `application/json; charset=${charset}; q=1`))).toBe(expected);
  });

  it.each([
    ['x-made-up', Buffer.from([0xe9]), 'in the charset `x-made-up` (Content-Type), which cannot'],
    ['utf-7', Buffer.from('+AOk-'), 'in the charset `utf-7` (Content-Type), which cannot be read'],
    ['utf-16', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'not valid in its charset, `utf-16le`'],
    ['utf-32', Buffer.from([0, 0, 0x11, 0]), 'not valid in its charset, `utf-32`'],
  ])('refuses bytes that cannot be read in %s, by name', (charset, body, message) => {
    expect(() => inUtf8(body, `application/json; charset=${charset}`)).toThrow(message);
  });
});

describe('a source', () => {
  it('reads JSON and text in the charset that they come in', async () => {
    const server = await serve(({ path }) => ({
      headers: { 'content-type': `a/b; charset=${path === '/c' ? 'utf-16' : 'iso-8859-1'}` },
      text:
        path === '/c'
          ? utf16('\ufeff[{"s":"\u00e9"}]', false)
          : Buffer.from(path === '/a' ? '[{"s":"\xe9"}]' : '\xe9', 'latin1'),
    }));
    const { rows, error } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: ['a', { name: 'b', endpoint: { format: 'text' } }, 'c'],
      }),
    );
    expect([error, rows]).toEqual([
      null,
      { a: [{ s: '\u00e9' }], b: [{ value: '\u00e9' }], c: [{ s: '\u00e9' }] },
    ]);
  });
});
