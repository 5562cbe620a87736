import { describe, expect, it } from 'vitest';
import { coerce } from '#operators/schema/coerce.js';
import { isoMicros } from '#operators/schema/iso-micros.js';
import type { LaneValue } from '#operators/schema/lane-value.js';
import type { DataType, LaneKind } from '#operators/types.js';

type Case = [kind: LaneKind, value: LaneValue, to: DataType, result: LaneValue | undefined];

const cases: Record<string, Case[]> = {
  'text from anything': [
    ['bigint', -9223372036854775808n, 'text', '-9223372036854775808'],
    ['double', 1, 'text', '1.0'],
    ['double', -0, 'text', '-0.0'],
    ['double', 0, 'text', '0.0'],
    ['double', 0.1, 'text', '0.1'],
    ['double', 1e15, 'text', '1000000000000000.0'],
    ['double', 9999999999999998, 'text', '9999999999999998.0'],
    ['double', 1e16, 'text', '1e+16'],
    ['double', 1e22, 'text', '1e+22'],
    ['double', -1.5e300, 'text', '-1.5e+300'],
    ['double', 0.0001, 'text', '0.0001'],
    ['double', 0.00001, 'text', '1e-05'],
    ['double', 5e-324, 'text', '5e-324'],
    ['double', 123456.789, 'text', '123456.789'],
    ['bool', true, 'text', 'True'],
    ['bool', false, 'text', 'False'],
    ['timestamp', '2024-01-02 03:04+01', 'text', '2024-01-02 03:04+01'],
    ['json', '{"a":1}', 'text', '{"a":1}'],
    ['hugeint', '18446744073709551616', 'text', '18446744073709551616'],
  ],
  'bigint from whole numbers and texts of them': [
    ['double', 3, 'bigint', 3n],
    ['double', -0, 'bigint', 0n],
    ['double', 3.5, 'bigint', undefined],
    ['double', 2 ** 63, 'bigint', undefined],
    ['double', -(2 ** 63), 'bigint', -(2n ** 63n)],
    ['text', '12', 'bigint', 12n],
    ['text', ' +12\n', 'bigint', 12n],
    ['text', '-007', 'bigint', -7n],
    ['text', '1_000', 'bigint', 1000n],
    ['text', '0xff', 'bigint', 255n],
    ['text', '0XFF', 'bigint', undefined],
    ['text', '1__0', 'bigint', undefined],
    ['text', '1.0', 'bigint', undefined],
    ['text', '', 'bigint', undefined],
    ['text', '9223372036854775808', 'bigint', undefined],
    ['bool', true, 'bigint', undefined],
    ['timestamp', '2024-01-02 03:04', 'bigint', undefined],
    ['json', '[]', 'bigint', undefined],
    ['hugeint', '9223372036854775808', 'bigint', undefined],
  ],
  'double from numbers that it holds': [
    ['bigint', 2n ** 53n, 'double', 2 ** 53],
    ['bigint', -(2n ** 53n), 'double', -(2 ** 53)],
    ['bigint', 2n ** 53n + 1n, 'double', undefined],
    ['text', ' 1.5 ', 'double', 1.5],
    ['text', '1e3', 'double', 1000],
    ['text', '.5', 'double', 0.5],
    ['text', '1.', 'double', 1],
    ['text', '1_000.2_5', 'double', 1000.25],
    ['text', '0x10', 'double', 16],
    ['text', '9007199254740993', 'double', undefined],
    ['text', 'nan', 'double', undefined],
    ['text', 'Infinity', 'double', undefined],
    ['text', '1e999', 'double', undefined],
    ['text', '.', 'double', undefined],
    ['text', '', 'double', undefined],
    ['bool', true, 'double', undefined],
    ['hugeint', '9223372036854775808', 'double', undefined],
  ],
  'bool from numbers and words': [
    ['bigint', 5n, 'bool', true],
    ['bigint', 0n, 'bool', false],
    ['double', 0.5, 'bool', true],
    ['double', -0, 'bool', false],
    ...['yes', 'TRUE', 't', 'y', '1'].map((word): Case => ['text', word, 'bool', true]),
    ...['no', 'False', 'f', 'n', '0'].map((word): Case => ['text', word, 'bool', false]),
    ['text', 'maybe', 'bool', undefined],
    ['timestamp', '2024-01-02 03:04', 'bool', undefined],
    ['hugeint', '9223372036854775808', 'bool', undefined],
  ],
  'timestamp from times, dates and unix seconds': [
    ['bigint', 1_700_000_000n, 'timestamp', 1_700_000_000_000_000n],
    ['double', -0.5, 'timestamp', -500_000n],
    ['text', '1700000000.25', 'timestamp', 1_700_000_000_250_000n],
    ['text', '1970-01-02', 'timestamp', 86_400_000_000n],
    ['text', ' 1970-01-01T00:00:01Z ', 'timestamp', 1_000_000n],
    ['bigint', 253_402_300_799n, 'timestamp', 253_402_300_799_000_000n],
    ['bigint', 253_402_300_800n, 'timestamp', undefined],
    ['double', 1e300, 'timestamp', undefined],
    ['double', 1.7e308, 'timestamp', undefined],
    ['text', '9'.repeat(400), 'timestamp', undefined],
    ['text', 'n/a', 'timestamp', undefined],
    ['text', '', 'timestamp', undefined],
    ['bool', true, 'timestamp', undefined],
    ['json', '[]', 'timestamp', undefined],
  ],
  'json from text that is JSON': [
    ['text', '{"a":[1]}', 'json', '{"a":[1]}'],
    ['text', '{a}', 'json', undefined],
    ['bigint', 5n, 'json', undefined],
    ['bool', true, 'json', undefined],
    ['timestamp', '2024-01-02 03:04', 'json', undefined],
    ['hugeint', '9223372036854775808', 'json', undefined],
  ],
};

describe('coerce', () => {
  for (const [name, rows] of Object.entries(cases)) {
    it.each(rows)(`makes ${name}: %s %s as %s`, (kind, value, to, result) => {
      expect(coerce(kind, value, to)).toBe(result);
    });
  }
});

describe('isoMicros', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2000-02-29 00:00', Date.UTC(2000, 1, 29) * 1000],
    ['2024-01-02T03:04:05,1234567Z', Date.UTC(2024, 0, 2, 3, 4, 5) * 1000 + 123_456],
    ['2024-01-02T03:04:05.1+05:30', Date.UTC(2024, 0, 1, 21, 34, 5) * 1000 + 100_000],
    ['2024-01-02T03:04-0130', Date.UTC(2024, 0, 2, 4, 34) * 1000],
    ['2024-01-02T03:04+02', Date.UTC(2024, 0, 2, 1, 4) * 1000],
    ['0001-01-01T00:00Z', -62_135_596_800_000_000],
  ])('reads %s', (text, micros) => {
    expect(isoMicros(text)).toBe(BigInt(micros));
  });

  it.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-01-02T24:00',
    '2024-01-02T03:60',
    '2024-01-02T03:04:60',
    '2024-01-02T03:04+99:00',
    '2024-01-02T03:04+01:75',
    '2024-1-2',
    '20240102',
    '03:04',
    '2024-01-02T03',
    '2024-01-02T03:04:05.',
    '2024-01-02T03:04:05.1234567890',
    '2024-01-02Z',
    'Tue, 02 Jan 2024',
  ])('refuses %s', (text) => {
    expect(isoMicros(text)).toBeUndefined();
  });
});
