import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openShape } from '#operators/columns/walk.js';
import { locate } from '#operators/json/locate.js';
import { isRounded } from '#operators/schema/decimal-text.js';
import { isoMicros } from '#operators/schema/iso-micros.js';
import { leavesOf, walkedLeaves, wellFormed } from '../../support/leaves.js';
import { modelCell, tableRows, walked } from '../../support/walked.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);
const encoder = new TextEncoder();

/** JSON text of scalars, in many spellings. */
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.integer().map(String),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.integer({ min: -340, max: 330 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`),
  fc
    .tuple(fc.nat(), fc.nat(), fc.constantFrom('e', 'E', 'e+', 'E-'))
    .map(([whole, part, e]) => `${whole}.${part}${e}${part % 30}`),
  fc.constantFrom(
    '-0',
    '-0.0',
    '0e0',
    '1E400',
    '-1e-400',
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775808',
    '-9223372036854775809',
    '2.2250738585072011e-308',
    '4.9e-324',
    '1.7976931348623157e308',
  ),
);
const escaped = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\\n',
        '\\"',
        '\\\\',
        '\\/',
        '\\b',
        '\\f',
        '\\r',
        '\\t',
        '\\u00e9',
        '\\ud83d\\ude00',
        '\\u0000',
        '\\ud800',
        '\\udc00x',
        '\\u2028',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text).slice(1, -1)),
    ),
  )
  .map((parts) => `"${parts.join('')}"`);
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((value) => JSON.stringify(value)),
  escaped,
);
const scalar = fc.oneof(number, text, fc.constantFrom('true', 'false', 'null'));
const blank = fc
  .array(fc.constantFrom(' ', '\n', '\t', '\r'), { maxLength: 3 })
  .map((parts) => parts.join(''));
const { value: json } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc
      .tuple(blank, fc.array(tie('value'), { maxLength: 4 }), blank)
      .map(([before, items, after]) => `[${before}${items.join(`${after},${before}`)}${after}]`),
    fc
      .tuple(
        blank,
        fc.array(
          fc.tuple(
            fc.oneof(
              fc.constantFrom(
                '"a"',
                '"b"',
                '"\\u0061"',
                '"long name of a key that is over sixteen"',
              ),
              text,
            ),
            tie('value'),
          ),
          { maxLength: 5 },
        ),
        blank,
      )
      .map(
        ([before, members, after]) =>
          `{${before}${members.map(([key, value]) => `${key}${after}:${before}${value}`).join(`${after},${before}`)}${after}}`,
      ),
  ),
}));

const { kept } = fc.letrec<{ kept: string }>((tie) => ({
  kept: fc.oneof(
    { maxDepth: 3 },
    fc.nat().map(String),
    fc.array(tie('kept'), { maxLength: 2 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(fc.nat(60), tie('kept')), { maxLength: 50 })
      .map(
        (members) =>
          `{${members.map(([key, value]) => `"${'key'.repeat(key % 4)}k${key}":${value}`).join(',')}}`,
      ),
  ),
}));

describe('the kernel and JavaScript', () => {
  it('keep the same JSON where names come again', () => {
    fc.assert(
      fc.property(kept, (value) => {
        const body = encoder.encode(`{"j":${value}}`);
        const shape = openShape(() => 'json');
        const span = { kind: 'value', start: 0, end: body.length, count: 1 } as const;
        const lane = shape.walk(body, span, null)[0]?.columns[0]?.lanes[0];
        shape.close();
        fc.pre(lane?.kind === 'json');
        expect(new TextDecoder().decode(lane?.data)).toBe(JSON.stringify(JSON.parse(value)));
      }),
      { numRuns: RUNS },
    );
  });

  it('find a number rounded that is equally near to two decimals', () => {
    const ties = ['13000000000000077e-1', '10500300998050137e-2', '408270050200200620e-3'];
    for (const literal of ties)
      expect([literal, walked(`[${literal}]`)[0]?.columns[0]?.lanes[0]?.hasUnsafeValues]).toEqual([
        literal,
        true,
      ]);
  });

  it('find every number that is rounded', () => {
    const digits = fc
      .tuple(fc.stringMatching(/^[1-9]\d{13,18}$/), fc.integer({ min: -40, max: 20 }))
      .map(([mantissa, exponent]) => `${mantissa}e${exponent}`);
    const printed = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => `${value}`);
    fc.assert(
      fc.property(fc.oneof(number, digits, printed), (literal) => {
        const lane = walked(`[${literal}]`)[0]?.columns[0]?.lanes[0];
        fc.pre(lane?.kind === 'double');
        expect([literal, lane?.hasUnsafeValues]).toEqual([
          literal,
          isRounded(literal, Number(literal)),
        ]);
      }),
      // Halfway between two decimals of sixteen digits.
      { numRuns: RUNS * 2, examples: [['79.75845336914062'], ['79.75845336914063']] },
    );
  });

  it('find the same texts to be timestamps, however they are spelt', () => {
    const digit = fc.constantFrom('0', '1', '2', '3', '5', '9');
    const shape = fc.constantFrom(
      '200d-0d-dd',
      '200d0ddd',
      '200d-ddd',
      '200dddd',
      '200d-W0d-d',
      '200dW0dd',
      '200d/0d/dd',
    );
    const time = fc.constantFrom(
      'T0d',
      ' dd:dd',
      'T1d:dd:dd',
      'T1d:dd:dd.dddddddd',
      'T1ddd',
      ' d:dd',
      '',
    );
    const zone = fc.constantFrom('', 'Z', '+0d', '-dd:dd', '+0ddd', 'z');
    const made = fc
      .tuple(shape, time, zone, fc.array(digit, { minLength: 30, maxLength: 30 }))
      .map(([date, at, offset, digits]) => {
        let i = 0;
        return `${date}${at}${offset}`.replaceAll('d', () => digits[i++] as string);
      });
    fc.assert(
      fc.property(made, fc.boolean(), (value, isEscaped) => {
        const spelt = isEscaped ? value.replaceAll('0', '\\u0030') : value;
        const lane = walked(`["${spelt}"]`)[0]?.columns[0]?.lanes[0];
        const micros = isoMicros(value);
        expect([value, lane?.kind]).toEqual([value, micros === undefined ? 'text' : 'timestamp']);
        if (micros !== undefined)
          expect(
            new DataView(lane?.data.buffer as ArrayBuffer, lane?.data.byteOffset).getBigInt64(
              0,
              true,
            ),
          ).toBe(micros);
      }),
      { numRuns: RUNS * 2 },
    );
  });
});

describe('the kernel and JSON.parse', () => {
  it('read the same scalars from generated rows', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.dictionary(
            fc.constantFrom('a', 'b', 'c', 'a longer key with more than sixteen bytes', 'é', '"'),
            scalar,
            { maxKeys: 4 },
          ),
          { minLength: 1, maxLength: 30 },
        ),
        (rows) => {
          const source = `[${rows
            .map(
              (row) =>
                `{${Object.entries(row)
                  .map(([key, literal]) => `${JSON.stringify(key)}:${literal}`)
                  .join(',')}}`,
            )
            .join(',')}]`;
          const expected = rows.map((row) =>
            Object.fromEntries(
              Object.entries(row).flatMap(([key, literal]) => {
                const value = JSON.parse(literal) as string | number | boolean | null;
                return value === null
                  ? []
                  : [
                      [
                        JSON.stringify([key]),
                        modelCell(typeof value === 'string' ? wellFormed(value) : value, literal),
                      ],
                    ];
              }),
            ),
          );
          const [root] = walked(source);
          expect(tableRows(root as never).map(textForTimestamps)).toEqual(expected);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('accept and refuse the same documents, whole or with a byte changed', () => {
    fc.assert(
      fc.property(
        json,
        fc.nat(),
        fc.integer({ min: 0, max: 127 }),
        fc.boolean(),
        (source, place, byte, remove) => {
          const bytes = encoder.encode(source);
          expectAgreement(bytes);
          if (bytes.length === 0) return;
          const changed = remove
            ? Uint8Array.from([
                ...bytes.slice(0, place % bytes.length),
                ...bytes.slice((place % bytes.length) + 1),
              ])
            : bytes.slice();
          if (!remove) changed[place % bytes.length] = byte;
          expectAgreement(changed);
        },
      ),
      { numRuns: RUNS * 2 },
    );
  });

  it('find the same leaves in nested documents, duplicate keys included', () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 1, maxLength: 5 }), (items) => {
        const source = `[${items.join(',')}]`;
        // Elements that are null are no rows.
        const rows = (JSON.parse(source) as unknown[]).filter((row) => row !== null);
        expect(walkedLeaves(walked(source))).toEqual(leavesOf(rows));
      }),
      { numRuns: RUNS },
    );
  });

  it('agree on every double bit by bit', () => {
    const count = Number(process.env['FUZZ_DOUBLES'] ?? 50_000);
    const bits = new BigUint64Array(count);
    const bytes = new Uint8Array(bits.buffer);
    for (let from = 0; from < bytes.length; from += 65_536)
      crypto.getRandomValues(bytes.subarray(from, from + 65_536));
    const doubles = [...new Float64Array(bits.buffer)].filter(Number.isFinite);
    const literals = doubles.map((value, i) =>
      i % 3 === 0
        ? value.toExponential(20)
        : i % 3 === 1
          ? value.toExponential()
          : value.toExponential(14),
    );
    const [root] = walked(`[${literals.join(',')}]`);
    const lane = root?.columns[0]?.lanes.find(({ kind }) => kind === 'double');
    const got = new BigUint64Array(
      lane?.data.buffer as ArrayBuffer,
      lane?.data.byteOffset,
      doubles.length,
    );
    const expected = new BigUint64Array(Float64Array.from(literals, Number).buffer);
    expect(got.findIndex((value, i) => value !== expected[i])).toBe(-1);
  });
});

/** A text that is a timestamp comes in a lane of its own; its source is the text. */
function textForTimestamps(
  row: Record<string, { kind: string; value: unknown }>,
): Record<string, { kind: string; value: unknown }> {
  return Object.fromEntries(
    Object.entries(row).map(([key, { kind, value }]) => [
      key,
      { kind: kind === 'timestamp' ? 'text' : kind, value },
    ]),
  );
}

function expectAgreement(bytes: Uint8Array): void {
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let valid = true;
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    valid = false;
  }
  let accepted = true;
  try {
    locate(bytes, { selectors: ['@'] });
    walked(bytes);
  } catch {
    accepted = false;
  }
  expect({ source, accepted }).toEqual({ source, accepted: valid });
}
