import { describe, expect, it } from 'vitest';
import { coerce, type InferredType } from '#operators/schema/coerce.js';
import { isRounded } from '#operators/schema/decimal-text.js';
import { isoMicros } from '#operators/schema/iso-micros.js';
import type { LaneValue } from '#operators/schema/lane-value.js';
import type { DataType, LaneKind } from '#operators/types.js';

type Case = [kind: LaneKind, value: LaneValue, to: DataType, result: LaneValue | undefined];

const NO = undefined;
const big = '18446744073709551616';
const at = '2024-01-02 03:04+01';
const micros = BigInt(Date.UTC(2024, 0, 2, 2, 4)) * 1000n;

/** The rule for each pair: the first value that is taken, if any is, and all that are not. */
const cases: Record<InferredType, Case[]> = {
  text: [
    ['text', ' x ', 'text', ' x '],
    ['bigint', -9223372036854775808n, 'text', '-9223372036854775808'],
    ['double', 1, 'text', '1.0'],
    ['double', -0, 'text', '-0.0'],
    ['double', 0.00001, 'text', '1e-05'],
    ['double', 1e22, 'text', '1e+22'],
    ['bool', true, 'text', 'true'],
    ['bool', false, 'text', 'false'],
    ['timestamp', at, 'text', at],
    ['hugeint', big, 'text', big],
    ['json', '{"a":1}', 'text', NO],
  ],
  bigint: [
    ['bigint', 7n, 'bigint', 7n],
    ['double', 3, 'bigint', 3n],
    ['double', -0, 'bigint', 0n],
    ['double', 3.5, 'bigint', NO],
    ['double', 2 ** 63, 'bigint', NO],
    ['double', -(2 ** 63), 'bigint', -(2n ** 63n)],
    ['text', '12', 'bigint', 12n],
    ['text', '0', 'bigint', 0n],
    ['text', '-12', 'bigint', -12n],
    ['text', '9223372036854775807', 'bigint', 9223372036854775807n],
    ...['007', '-007', '0x10', '1_000', '+7', ' 12 ', '12\n', '1.0', '1e2', '-0', '', '٣'].map(
      (text): Case => ['text', text, 'bigint', NO],
    ),
    ['text', '9223372036854775808', 'bigint', NO],
    ['bool', true, 'bigint', NO],
    ['timestamp', at, 'bigint', NO],
    ['json', '[]', 'bigint', NO],
    ['hugeint', big, 'bigint', NO],
  ],
  double: [
    ['double', 1.5, 'double', 1.5],
    ['bigint', 2n ** 53n, 'double', 2 ** 53],
    ['bigint', -(2n ** 53n), 'double', -(2 ** 53)],
    ['bigint', 2n ** 53n + 1n, 'double', NO],
    ['text', '1.5', 'double', 1.5],
    ['text', '-0.25', 'double', -0.25],
    ...['1', '1.0', '1.50', ' 1.5', '+1.5', '.5', '1.', '1e3', '1e-05', '-0.0', '1_000.5'].map(
      (text): Case => ['text', text, 'double', NO],
    ),
    ...['0x10', '0.12345678901234567', '1e999', 'nan', 'NaN', 'Infinity', '.', ''].map(
      (text): Case => ['text', text, 'double', NO],
    ),
    ['bool', true, 'double', NO],
    ['timestamp', at, 'double', NO],
    ['json', '[]', 'double', NO],
    ['hugeint', big, 'double', NO],
  ],
  bool: [
    ['bool', false, 'bool', false],
    ['text', 'true', 'bool', true],
    ['text', 'false', 'bool', false],
    ...['True', 'TRUE', 't', 'yes', 'Y', '1', '0', 'no', ' true', ''].map((text): Case => [
      'text',
      text,
      'bool',
      NO,
    ]),
    ['bigint', 0n, 'bool', NO],
    ['bigint', 1n, 'bool', NO],
    ['double', 1, 'bool', NO],
    ['timestamp', at, 'bool', NO],
    ['json', '[]', 'bool', NO],
    ['hugeint', big, 'bool', NO],
  ],
  timestamp: [
    ['timestamp', at, 'timestamp', micros],
    ['text', '20240102T030405Z', 'timestamp', BigInt(Date.UTC(2024, 0, 2, 3, 4, 5)) * 1000n],
    ...['2024-01-02', '20240102', '1999', '10', '1700000000.25', ` ${at}`, 'n/a', ''].map(
      (text): Case => ['text', text, 'timestamp', NO],
    ),
    ['bigint', 1_700_000_000n, 'timestamp', NO],
    ['double', 1.5, 'timestamp', NO],
    ['bool', true, 'timestamp', NO],
    ['json', '[]', 'timestamp', NO],
    ['hugeint', big, 'timestamp', NO],
  ],
  json: [
    ['json', '{"a":1}', 'json', '{"a":1}'],
    ['text', '{"a":1}', 'json', NO],
    ['text', '12', 'json', NO],
    ['bigint', 5n, 'json', NO],
    ['double', 5.5, 'json', NO],
    ['bool', true, 'json', NO],
    ['timestamp', at, 'json', NO],
    ['hugeint', big, 'json', NO],
  ],
};

describe('coerce', () => {
  for (const rows of Object.values(cases)) {
    it.each(rows)('fits %s %s to %s as %s', (kind, value, to, result) => {
      expect(coerce(kind, value, to)).toBe(result);
    });
  }

  it('keeps the digits of a number that were sent', () => {
    expect(coerce('double', 10.1, 'text', () => '10.10')).toBe('10.10');
    expect(coerce('double', 123456789012345680, 'bigint', () => '123456789012345678.0')).toBe(
      123456789012345678n,
    );
    expect(coerce('double', 123456789012345680, 'bigint', () => '123456789012345678.25')).toBe(
      undefined,
    );
  });
});

describe('isRounded', () => {
  it.each([
    ['0.1', false],
    ['10.10', false],
    ['0.30000000000000004', false],
    ['0.10000000000000001', false],
    ['1.500000000000000000000', false],
    ['0.1000000000000000055511151231257827021181583404541015625', false],
    ['1e23', false],
    ['5e-324', false],
    ['0e5', false],
    ['-0.0', false],
    ['0.12345678901234567', true],
    ['0.1234567890123456789', true],
    ['123456789012345678.25', true],
    ['9007199254740993.0', true],
    ['1e-400', true],
    ['1.2345e-320', true],
  ])('says of %s: %s', (text, rounded) => {
    expect(isRounded(text, Number(text))).toBe(rounded);
  });
});

describe('isoMicros', () => {
  it.each([
    ['1970-01-01T00:00', 0],
    ['2024-01-02T03', Date.UTC(2024, 0, 2, 3) * 1000],
    ['20240102T03', Date.UTC(2024, 0, 2, 3) * 1000],
    ['20240102 030405.5+0130', Date.UTC(2024, 0, 2, 1, 34, 5) * 1000 + 500_000],
    ['2024-060T03:04Z', Date.UTC(2024, 1, 29, 3, 4) * 1000],
    ['2024366T0304', Date.UTC(2024, 11, 31, 3, 4) * 1000],
    ['2020-W53-5T00:00', Date.UTC(2021, 0, 1) * 1000],
    ['2021W01T10', Date.UTC(2021, 0, 4, 10) * 1000],
    ['2021:01:01 5:02:32', Date.UTC(2021, 0, 1, 5, 2, 32) * 1000],
    ['2021/01/01 05:02', Date.UTC(2021, 0, 1, 5, 2) * 1000],
    ['2021/0101 5:2', Date.UTC(2021, 0, 1, 5, 2) * 1000],
    ['2021 05:02', Date.UTC(2021, 0, 1, 5, 2) * 1000],
    ['20240102T03:04Z', Date.UTC(2024, 0, 2, 3, 4) * 1000],
    ['2024-01-02T03:04:05.1234567890', Date.UTC(2024, 0, 2, 3, 4, 5) * 1000 + 123_456],
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
    '2024-01-02',
    '2024-02-30T00:00',
    '2023-02-29T00:00',
    '2024-13-01T00:00',
    '2024-00-10T00:00',
    '2024-01-00T00:00',
    '2023-366T00:00',
    '2021-W53T00:00',
    '2021-W01-8T00:00',
    '20240102',
    '2024-01-02T0304',
    '1975-0521T22 00',
    '2021:01:01 05:02Z',
    '0001-01-01T00:00+01',
    '9999-12-31T23:59-01',
    '1700000000',
    '2024-01-02T24:00',
    '2024-01-02T03:60',
    '2024-01-02T03:04:60',
    '2024-01-02T03:04+99:00',
    '2024-01-02T03:04+01:75',
    '2024-1-2',
    '03:04',
    '2024-01-02T03:04:05.',
    '2021-01-01 5:02',
    '2024-01-02Z',
    'Tue, 02 Jan 2024',
  ])('refuses %s', (text) => {
    expect(isoMicros(text)).toBeUndefined();
  });
});
