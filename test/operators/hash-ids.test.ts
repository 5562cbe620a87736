import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashIds, hashRows } from '#operators/columns/hash-ids.js';
import { hashTexts } from '#operators/columns/hash-texts.js';
import { withKernel } from '#operators/columns/kernel.js';
import { limitsOf } from '#operators/columns/limits.js';
import {
  constantWriter,
  digitsWriter,
  jsonTextWriter,
  stringWriter,
  textWriter,
  type TextWriter,
} from '#operators/columns/text-writers.js';
import { pythonRows } from '#operators/json/python-json.js';
import { buildBuffers } from '#operators/schema/build-buffers.js';
import { hashId } from '#operators/schema/hash-id.js';
import type { Buffers } from '#operators/types.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function idsOf(texts: readonly string[]): string[] {
  const { rows, nulls, offsets, data } = hashIds(texts.length, [
    stringWriter((row) => texts[row] as string),
  ]);
  expect([rows, nulls, offsets?.length]).toEqual([texts.length, 0, texts.length + 1]);
  return texts.map((_, row) =>
    new TextDecoder().decode(data.subarray(offsets?.[row], offsets?.[row + 1])),
  );
}

/** By Node's own SHAKE-128. */
function expectedOf(text: string): string {
  return createHash('shake128', { outputLength: 10 })
    .update(text)
    .digest('base64')
    .replaceAll('=', '');
}

describe('hashes of many texts', () => {
  it('are those of each text alone, whatever its length', () => {
    const texts = Array.from({ length: 700 }, (_, i) => 'aü😀b"'.repeat(i).slice(0, i));
    const rows = [...texts, 'x'.repeat(400_000), '', 'y'.repeat(300_000)];
    expect(idsOf(rows)).toEqual(rows.map(expectedOf));
    expect(idsOf(rows.slice(0, 700))).toEqual(rows.slice(0, 700).map(hashId));
  });

  it('are made of more texts than are hashed at once', () => {
    const texts = Array.from({ length: 10_000 }, (_, i) => `{"id":${i}}`);
    expect(idsOf(texts)).toEqual(texts.map(expectedOf));
  });

  it('are none of no texts', () => {
    expect(idsOf([])).toEqual([]);
  });
});

describe('hashes of texts that columns make', () => {
  const integer = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -20n, max: 2n ** 33n }),
    fc.constantFrom(
      0n,
      9n,
      10n,
      2n ** 32n - 1n,
      2n ** 32n,
      10n ** 18n,
      -(2n ** 63n),
      2n ** 63n - 1n,
    ),
  );
  const plain = fc.string({ unit: 'grapheme', maxLength: 40 });
  const table = fc.integer({ min: 1, max: 5 }).chain((rows) =>
    fc.record({
      integers: fc.array(integer, { minLength: rows, maxLength: rows }),
      texts: fc.array(plain, { minLength: rows, maxLength: rows }),
      strings: fc.array(plain, { minLength: rows, maxLength: rows }),
      constant: plain,
    }),
  );
  /** Columns as they are cut out of a page: their first text need not begin at byte 0. */
  function cut(values: readonly (string | bigint)[], dataType: 'text' | 'bigint'): Buffers {
    if (dataType === 'bigint') return buildBuffers({ dataType }, values);
    const { offsets, ...rest } = buildBuffers({ dataType }, ['before', ...values]);
    return { ...rest, rows: values.length, offsets: (offsets as Int32Array).subarray(1) };
  }

  it('are those of the texts, also where strings need escapes', () => {
    fc.assert(
      fc.property(table, ({ integers, texts, strings, constant }) => {
        const { data } = hashIds(integers.length, [
          constantWriter(constant),
          digitsWriter(cut(integers, 'bigint')),
          textWriter(cut(texts, 'text')),
          jsonTextWriter(cut(strings, 'text')),
        ]);
        expect(decoder.decode(data)).toBe(
          integers
            .map((value, row) =>
              expectedOf(`${constant}${value}${texts[row]}${JSON.stringify(strings[row])}`),
            )
            .join(''),
        );
      }),
    );
  });

  it('are made by the kernel unless a string needs escapes', () => {
    const rows = 3;
    const digits = digitsWriter(cut([1n, 2n, 3n], 'bigint'));
    const kernelMade = (...writers: TextWriter[]): boolean =>
      withKernel(new Uint8Array(), limitsOf(), (kernel) =>
        hashTexts(kernel, writers, rows, new Uint8Array(rows * 14)),
      );
    expect(kernelMade(digits, jsonTextWriter(cut(['a', 'ü', ''], 'text')))).toBe(true);
    for (const escaped of ['"', '\\', '\n'])
      expect(kernelMade(digits, jsonTextWriter(cut(['a', 'b', escaped], 'text')))).toBe(false);
    expect(kernelMade(digits, stringWriter(String))).toBe(false);
  });
});

describe('ids of rows by all that they hold', () => {
  /** Hashes by the kernel, which may leave a list to JavaScript. */
  function byKernel(list: string, rows: number): string[] | null {
    const ids = hashRows(encoder.encode(list), list.indexOf('['), rows, limitsOf());
    if (ids === null) return null;
    return Array.from({ length: rows }, (_, row) =>
      decoder.decode(ids.data.subarray(row * 14, row * 14 + 14)),
    );
  }
  const byScript = (list: string): string[] => pythonRows(list).map(hashId);

  const blank = fc.constantFrom('', ' ', '\n  ');
  const number = fc.oneof(
    fc.constantFrom(
      '0',
      '-0',
      '-0.0',
      '1.0',
      '1.50',
      '0.0001',
      '0.00001',
      '1e3',
      '1E-7',
      '1E400',
      '-2.5e999',
      '18446744073709551616',
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map(String),
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((one) => JSON.stringify(one)),
    fc.constantFrom('"\\u0041\\/\\n\\u0001\\\\"', '"é😀\\ud83d\\ude00"', '"twelve chars and more"'),
  );
  const name = fc.constantFrom(
    'a',
    'b',
    'a!',
    'a ',
    '',
    'ü',
    '😀',
    'same_begin_1',
    'same_begin_2',
    '_dlt',
    '_dlt_id',
    '_dl',
  );
  const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      number,
      text,
      fc.constantFrom('true', 'false', 'null'),
      tie('list'),
      tie('object'),
    ),
    list: fc
      .tuple(fc.array(tie('value'), { maxLength: 3 }), blank)
      .map(([all, gap]) => `[${gap}${all.join(`${gap},${gap}`)}${gap}]`),
    object: fc
      .tuple(fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }), blank)
      .map(
        ([all, gap]) =>
          `{${gap}${all.map(([key, own]) => `"${key}"${gap}:${gap}${own}`).join(`${gap},${gap}`)}${gap}}`,
      ),
  }));

  it('are those of the rows as dlt prints them', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), (rows) => {
        const list = ` [${rows.join(',')}]`;
        const wanted = byScript(list);
        expect(byKernel(list, wanted.length)).toEqual(wanted);
      }),
    );
  });

  it('are left to JavaScript for names with escapes, half characters and a thousand members', () => {
    const wide = `{${Array.from({ length: 1_001 }, (_, i) => `"k${i}":1`).join(',')}}`;
    for (const row of ['{"a\\n":1}', '{"a":"\\ud800"}', wide])
      expect(byKernel(`[${row}]`, 1)).toBeNull();
  });
});

describe('texts that are hashed', () => {
  const buffers = (dataType: 'text' | 'bigint', values: (string | bigint)[]): Buffers =>
    buildBuffers({ dataType }, values);
  /** What a writer writes of each row where there is just enough room, and one byte less. */
  function written(write: TextWriter, rows: number): (string | number)[][] {
    return Array.from({ length: rows }, (_, row) => {
      const into = new Uint8Array(1_000);
      const end = write(row, into, 1, 999);
      return [decoder.decode(into.subarray(1, end)), write(row, into, 1, end - 1)];
    });
  }

  it('are digits of integers', () => {
    const values = [0n, 7n, 10n, 99n, 2_147_483_647n, 2_147_483_648n, -1n, 2n ** 63n - 1n];
    expect(written(digitsWriter(buffers('bigint', values)), values.length)).toEqual(
      values.map((value) => [String(value), -1]),
    );
  });

  it('are JSON of strings, or the strings', () => {
    const values = ['', 'a', 'ü😀', 'x'.repeat(50)];
    expect(written(jsonTextWriter(buffers('text', values)), 4)).toEqual(
      values.map((value) => [JSON.stringify(value), -1]),
    );
    expect(written(textWriter(buffers('text', values)), 4).slice(1)).toEqual(
      values.slice(1).map((value) => [value, -1]),
    );
    const escaped = ['"', '\\', '\n\u0001'];
    expect(written(jsonTextWriter(buffers('text', escaped)), 3)).toEqual(
      escaped.map((value) => [JSON.stringify(value), -1]),
    );
  });
});
