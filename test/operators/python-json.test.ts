import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonDouble, pythonRows } from '#operators/json/python-json.js';

/** Each row by itself: nothing is learnt of another. */
function oneByOne(rows: readonly string[]): string[] {
  return rows.flatMap((row) => pythonRows(`[${row}]`));
}

describe('rows as dlt prints them to hash them', () => {
  it('are the same beside others that are written like them', () => {
    const name = fc.constantFrom('a', 'b', 'ü', '"', '\\', '_dlt_id', 'a"b', '😀');
    const blank = fc.constantFrom('', ' ', '\n  ');
    const value = fc.oneof(
      fc.constantFrom('1', '-0', '1.0', '1.50', '1e3', 'true', 'null', '"\\u0041\\n"', '"x,y}"'),
      fc.jsonValue({ maxDepth: 2 }).map((own) => JSON.stringify(own)),
    );
    const shape = fc.tuple(fc.array(name, { maxLength: 5 }), blank, blank);
    const rows = fc
      .array(fc.tuple(shape, fc.array(value, { minLength: 5, maxLength: 5 })), { maxLength: 3 })
      .chain((made) =>
        fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 8 }).map((picks) =>
          picks.flatMap(([which, whose]) => {
            const [[names, before, behind] = [[], '', '']] = made[which] ?? [];
            const values = made[whose]?.[1];
            if (values === undefined) return [];
            const members = names.map(
              (key, i) => `${JSON.stringify(key)}:${before}${values[i]}${behind}`,
            );
            return [`{${before}${members.join(`,${before}`)}}`];
          }),
        ),
      );
    fc.assert(
      fc.property(rows, (texts) => {
        expect(pythonRows(`[${texts.join(',')}]`)).toEqual(oneByOne(texts));
      }),
    );
  });

  it('have their keys in order, the last of two, and none of dlt’s own', () => {
    expect(
      pythonRows(
        '[{"b":1,"a":2.50,"_dlt_x":3}, {"b":4,"a":0.10,"_dlt_x":3},{"b":1,"a":2,"b":[5]},{"b":1,"a":2,"b":{}},{}]',
      ),
    ).toEqual(['{"a":2.5,"b":1}', '{"a":0.1,"b":4}', '{"a":2,"b":[5]}', '{"a":2,"b":{}}', '{}']);
  });

  it('have the keys that they have, beside rows with fewer or more', () => {
    const rows = ['{"a":1}', '{"a":1,"b":2}', '{"a":1}', '{}', '{"b":2}', '{"a":1}'];
    expect(pythonRows(`[${rows.join(',')}]`)).toEqual(rows);
  });

  it('have doubles in their shortest form, however they were written', () => {
    const digits = fc.tuple(
      fc.constantFrom('', '-'),
      fc.nat(1e15).map(String),
      fc.nat({ max: 1e9 }).map(String),
      fc.nat(9),
    );
    fc.assert(
      fc.property(digits, ([sign, whole, fraction, zeros]) => {
        const text = `${sign}${whole}.${'0'.repeat(zeros)}${fraction}`;
        expect(pythonRows(`[${text}]`)).toEqual([`{"value":${pythonDouble(Number(text))}}`]);
      }),
    );
    for (const text of ['0.0', '-0.0', '0.0001', '0.00001', '0.000001', '123456789012345.6'])
      expect(pythonRows(`[${text}]`)).toEqual([`{"value":${pythonDouble(Number(text))}}`]);
  });

  it('have numbers beyond all doubles as they were written', () => {
    for (const text of ['1E400', '-1.5e999'])
      expect(pythonRows(`[${text},{"a":[${text}]}]`)).toEqual([
        `{"value":${text}}`,
        `{"a":[${text}]}`,
      ]);
  });
});
