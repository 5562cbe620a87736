import { describe, expect, it } from 'vitest';
import { isoMicros } from '#operators/schema/iso-micros.js';
import type { ColumnValue, LaneValue } from '#operators/schema/lane-value.js';
import { ownValue } from '#operators/schema/own-value.js';
import type { ColumnType, LaneKind } from '#operators/types.js';

type Sent = [kind: LaneKind, value: LaneValue, stored: ColumnValue | undefined];

const NO = undefined;
const at = '2024-01-02T03:04:05.123456789+01:00';
const micros = isoMicros(at) as bigint;
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** A type, the values of each kind that a column of it takes, and those that it leaves. */
const cases: [name: string, type: ColumnType, sent: Sent[]][] = [
  [
    'an integer of 8 bits',
    { dataType: 'bigint', precision: 8 },
    [
      ['bigint', 127n, 127n],
      ['bigint', 128n, NO],
      ['double', 5, 5n],
      ['double', 0.5, NO],
      ['text', '-128', -128n],
      ['text', '007', NO],
      ['hugeint', '18446744073709551616', NO],
      ['bool', true, NO],
      ['json', '[1]', NO],
    ],
  ],
  [
    'an integer of 128 bits',
    { dataType: 'bigint', precision: 128 },
    [
      ['bigint', -1n, -1n],
      ['hugeint', '170141183460469231731687303715884105727', 2n ** 127n - 1n],
      ['hugeint', '170141183460469231731687303715884105728', NO],
      ['hugeint', '-170141183460469231731687303715884105728', -(2n ** 127n)],
      ['text', '18446744073709551616', 2n ** 64n],
      ['double', 1.5, NO],
    ],
  ],
  [
    'a decimal',
    { dataType: 'decimal', precision: 10, scale: 2 },
    [
      ['bigint', 7n, 700n],
      ['double', 1.25, 125n],
      ['double', 1.125, NO],
      ['hugeint', '18446744073709551616', NO],
      ['text', '1.50', 150n],
      ['text', '1.5', 150n],
      ['text', '-0.01', -1n],
      ['text', '1.505', NO],
      ['text', '1e2', NO],
      ['text', ' 1 ', NO],
      ['bool', true, NO],
      ['json', '{}', NO],
    ],
  ],
  [
    'a wei',
    { dataType: 'wei' },
    [
      ['bigint', 5n, 5n],
      [
        'hugeint',
        '12345678901234567890123456789012345678',
        12345678901234567890123456789012345678n,
      ],
      ['text', '0x10', 16n],
      ['text', '115792089237316195423570985', 115792089237316195423570985n],
      ['text', '1.5', NO],
      ['double', 1.5, NO],
    ],
  ],
  [
    'a date',
    { dataType: 'date' },
    [
      ['text', '1969-12-31', -1],
      ['text', '2024-02-29', 19_782],
      ['text', '2023-02-29', NO],
      ['text', '20240229', NO],
      ['timestamp', at, NO],
      ['bigint', 0n, NO],
      ['bool', false, NO],
    ],
  ],
  [
    'a time',
    { dataType: 'time' },
    [
      ['text', '22:00:00', 79_200_000_000n],
      ['text', '22:00', 79_200_000_000n],
      ['text', '01:30:00.5+02:00', 84_600_500_000n],
      ['text', '22:00:00.1234567', 79_200_123_456n],
      ['text', '24:00:00', NO],
      ['text', '22', NO],
      ['bigint', 22n, NO],
    ],
  ],
  [
    'bytes',
    { dataType: 'binary' },
    [
      ['text', 'AAECAw==', hex('00010203')],
      ['text', '0x0aff', hex('0aff')],
      ['text', '', hex('')],
      ['text', 'YR==', NO],
      ['text', 'no base64!', NO],
      ['bigint', 258n, NO],
    ],
  ],
  [
    'a timestamp with a time zone',
    { dataType: 'timestamp' },
    [
      ['timestamp', at, micros],
      ['text', '2024-01-02', NO],
      ['text', '1700000000', NO],
      ['bigint', 1_700_000_000n, NO],
      ['double', 0.5, NO],
    ],
  ],
  [
    'a timestamp with nine digits of a second',
    { dataType: 'timestamp', timezone: false, precision: 9 },
    [
      ['timestamp', at, micros * 1000n + 789n],
      ['timestamp', '2300-01-01T00:00:00Z', NO],
    ],
  ],
  [
    'a timestamp with three digits of a second',
    { dataType: 'timestamp', timezone: false, precision: 3 },
    [['timestamp', at, micros - 456n]],
  ],
  [
    'a double',
    { dataType: 'double' },
    [
      ['bigint', 2n, 2],
      ['bigint', 9_007_199_254_740_993n, NO],
      ['text', '2', 2],
      ['text', '0.12345678901234567890', NO],
      ['text', '1e3', NO],
      ['bool', true, NO],
    ],
  ],
];

describe('ownValue', () => {
  it.each(cases)('takes for %s what it holds, where a hint declares it', (_, type, sent) => {
    const target = { ...type, exactAsDouble: true, hint: { dataType: type.dataType } };
    expect(sent.map(([kind, value]) => [kind, value, ownValue(kind, value, target)])).toEqual(sent);
  });

  it.each<[unit: 's' | 'ms', kind: LaneKind, value: LaneValue, micros: bigint | undefined]>([
    ['s', 'bigint', 1_700_000_000n, 1_700_000_000_000_000n],
    ['s', 'bigint', -1n, -1_000_000n],
    ['s', 'double', 1_700_000_000.25, 1_700_000_000_250_000n],
    ['s', 'text', '1700000000', 1_700_000_000_000_000n],
    ['s', 'bigint', 1_700_000_000_000n, undefined],
    ['ms', 'bigint', 1_700_000_000_123n, 1_700_000_000_123_000n],
    ['ms', 'double', 0.5, 500n],
    ['ms', 'timestamp', at, micros],
    ['ms', 'bool', true, undefined],
    ['ms', 'text', 'x', undefined],
  ])('reads epochs in %s: %s %s', (epoch, kind, value, stored) => {
    const hint = { dataType: 'timestamp', epoch } as const;
    expect(ownValue(kind, value, { dataType: 'timestamp', exactAsDouble: true, hint })).toBe(
      stored,
    );
  });
});
