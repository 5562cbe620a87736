import { describe, expect, it } from 'vitest';
import { type IncrementalConfig, incrementalValues } from '#src/rest/pages/incremental.js';
import type { CursorValue, Json } from 'sluice/operators';

const at = { cursorPath: 'at' };

describe('incrementalValues', () => {
  it.each<[string, Partial<IncrementalConfig>, CursorValue | null, Json]>([
    ['nothing, at first and without an initial value', {}, null, null],
    ['the initial value, at first', { initialValue: '2026-01-01' }, null, '2026-01-01'],
    ['the last value, later', { initialValue: '2026-01-01' }, '2026-03-01', '2026-03-01'],
    ['some seconds before a time', { lag: 90 }, '2026-03-01T00:01:00Z', '2026-02-28T23:59:30Z'],
    [
      'some seconds before a time with a fraction',
      { lag: 1 },
      '2026-03-01T00:01:00.250Z',
      '2026-03-01T00:00:59.250Z',
    ],
    [
      'some seconds before a time whose fraction is behind a comma',
      { lag: 1 },
      '2026-03-01T00:01:00,250Z',
      '2026-03-01T00:00:59,250Z',
    ],
    [
      'some seconds before a time without a zone, which is UTC',
      { lag: 1 },
      '2026-03-01T00:01:00',
      '2026-03-01T00:00:59',
    ],
    [
      'some seconds before a time with a space',
      { lag: 3600 },
      '2026-03-01 00:30:00',
      '2026-02-28 23:30:00',
    ],
    [
      'some seconds before a time of another zone',
      { lag: 3600 },
      '2026-03-01T00:30:00+02:00',
      '2026-02-28T23:30:00+02:00',
    ],
    [
      'some seconds before a time west of Greenwich',
      { lag: 1 },
      '2026-03-01T00:00:00-0530',
      '2026-02-28T23:59:59-0530',
    ],
    [
      'some seconds before a time with microseconds',
      { lag: 1 },
      '2026-03-01 00:00:00.123456Z',
      '2026-02-28 23:59:59.123456Z',
    ],
    [
      'some seconds before a time with one digit of them',
      { lag: 1 },
      '2026-03-01T00:00:00.5z',
      '2026-02-28T23:59:59.5z',
    ],
    [
      'some seconds before a time without seconds',
      { lag: 60 },
      '2026-03-01 00:00',
      '2026-02-28 23:59',
    ],
    [
      'never before an initial time',
      { lag: 3600, initialValue: '2024-05-10 09:30:00' },
      '2024-05-10 10:00:00',
      '2024-05-10 09:30:00',
    ],
    ['some days before a date', { lag: 2 }, '2026-03-01', '2026-02-27'],
    ['a number less the lag', { lag: 10 }, 25, 15],
    ['a big integer less the lag', { lag: 1 }, 9_007_199_254_740_993n, 9_007_199_254_740_992n],
    ['never before the initial value', { lag: 10, initialValue: 20 }, 25, 20],
    ['a value plus the lag where values fall', { lag: 10, lastValueFunc: 'min' }, 25, 35],
    ['the initial value in a backfill, whatever was kept', { initialValue: 1, endValue: 9 }, 5, 1],
    ['the converted value', { convert: (value) => `on ${value}` }, '2026-03-01', 'on 2026-03-01'],
  ])('begin with %s', (_what, config, last, start) => {
    const values = incrementalValues({ ...at, ...config }, { lastValue: last }, 'a');
    expect([values.startValue, values.lastValue]).toEqual([start, start]);
  });

  it('convert what they have and nothing else', () => {
    expect(
      incrementalValues(
        { ...at, endValue: 9, initialValue: 1, convert: (value) => Number(value) * 10 },
        null,
        'a',
      ),
    ).toEqual({ startValue: 10, initialValue: 10, lastValue: 10, endValue: 90 });
    expect(incrementalValues({ ...at, convert: () => 'never' }, null, 'a')).toEqual({
      startValue: null,
      initialValue: null,
      lastValue: null,
      endValue: null,
    });
  });

  it('refuse a lag for text that is not a time', () => {
    expect(() => incrementalValues({ ...at, lag: 1 }, { lastValue: 'abc' }, 'a')).toThrow(
      /lag needs numbers, dates or times .* `abc`/,
    );
  });
});
