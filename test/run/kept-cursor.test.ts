import { describe, expect, it } from 'vitest';
import { printJson } from '#operators/json/print-json.js';
import { dltCursor, dltState } from '#src/run/kept-cursor.js';

/** dlt's state of a cursor that has come to one value. */
const stateOf = (value: string | number): Parameters<typeof dltCursor>[0] => ({
  initial_value: value,
  last_value: value,
  unique_hashes: [],
  start_value: value,
});

describe('a cursor in dlt’s state', () => {
  it.each<[string, string, string | number]>([
    ['a decimal', '\uf0261.5', 1.5],
    ['a negative decimal', '\uf026-3', -3],
    [
      'a decimal of more digits than a double has',
      '\uf0261.12345678901234567',
      '1.12345678901234567',
    ],
    ['a time', '\uf0272026-01-02T00:00:00+00:00', '2026-01-02T00:00:00+00:00'],
    ['a date', '\uf0282026-01-02', '2026-01-02'],
    ['a text', '2026-01-02', '2026-01-02'],
  ])('is %s as rows have it, and stays as dlt wrote it', (_what, written, value) => {
    const before = stateOf(written);
    const cursor = dltCursor(before);
    expect(cursor).toMatchObject({ initialValue: value, lastValue: value, startValue: value });
    expect(dltState(cursor, before)).toEqual(before);
    expect(dltState({ ...cursor, lastValue: 7 }, before)).toEqual({ ...before, last_value: 7 });
  });

  it('is a double also where it is whole', () => {
    const cursor = dltCursor(stateOf(2));
    const double = { ...cursor, doubles: ['lastValue'] as const };
    expect(printJson(dltState(double, undefined))).toBe(
      '{"initial_value":2,"last_value":2.0,"unique_hashes":[],"start_value":2}',
    );
  });
});
