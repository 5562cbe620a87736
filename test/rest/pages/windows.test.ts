import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type WindowConfig, windowsOf } from '#src/rest/pages/windows.js';

const NOW = 1_700_000_000;
const windows = (config: WindowConfig) => [...windowsOf(config, NOW)];

afterEach(() => void vi.unstubAllEnvs());

describe('windows', () => {
  it('cut a span into days, the last one shorter', () => {
    expect(windows({ start: 0, end: 200_000 })).toEqual([
      { start: 0, end: 86_400 },
      { start: 86_400, end: 172_800 },
      { start: 172_800, end: 200_000 },
    ]);
  });

  it('of an empty span are none', () => {
    expect(windows({ start: 5, end: 5 })).toEqual([]);
  });

  it('end now where no end is given', () => {
    expect(windows({ start: NOW - 10 })).toEqual([{ start: NOW - 10, end: NOW }]);
  });

  it('cover the span without a gap, whatever their length and overlap', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.nat(1e5),
        fc.integer({ min: 100, max: 1e5 }),
        fc.nat(99),
        (start, length, size, overlap) => {
          const pieces = windows({ start, end: start + length, size, overlap });
          const edges = pieces.map(
            ({ start: from, end: to }) => [Number(from), Number(to)] as const,
          );
          for (const [i, [from]] of edges.entries())
            expect(from).toBe(i === 0 ? start : Number(edges[i - 1]?.[1]) - overlap);
          expect(edges.at(-1)?.[1]).toBe(length === 0 ? undefined : start + length);
        },
      ),
    );
  });

  it('reach back and ahead of the span', () => {
    expect(
      windows({ start: 1_000, end: 2_000, size: 10_000, lookBack: 100, lookAhead: 50 }),
    ).toEqual([{ start: 900, end: 2_050 }]);
  });

  it.each<[NonNullable<WindowConfig['format']>, unknown]>([
    ['unix', { start: 1_741_046_400, end: 1_741_132_800 }],
    ['unixMs', { start: 1_741_046_400_000, end: 1_741_132_800_000 }],
    ['iso', { start: '2025-03-04T00:00:00Z', end: '2025-03-05T00:00:00Z' }],
    ['date', { start: '2025-03-04', end: '2025-03-05' }],
  ])('are written as the API wants them: %s', (format, piece) => {
    expect(windows({ start: '2025-03-04', end: '2025-03-05T00:00:00', format })).toEqual([piece]);
  });

  it('take times without a zone as UTC, with a T or a blank before the hour', () => {
    vi.stubEnv('TZ', 'America/New_York');
    for (const start of ['2025-03-04T08:00:00', '2025-03-04 08:00:00', '2025-03-04 08:00'])
      expect(windows({ start, end: 1_741_075_210 })).toEqual([
        { start: 1_741_075_200, end: 1_741_075_210 },
      ]);
  });

  it('refuse a span that ends before it starts, and what is no time', () => {
    expect(() => windows({ start: 9, end: 5 })).toThrow(/ends \(5\) before it starts \(9\)/);
    for (const wrong of [
      { start: Number.NaN, end: 5 },
      { start: 'soon', end: 5 },
      { start: 0, end: 5, size: 0 },
      { start: 0, end: 5, size: 10, overlap: 10 },
      { start: 0, end: 5, lookBack: -1 },
    ])
      expect(() => windows(wrong)).toThrow(/Windows need start and end/);
  });

  it('refuses dates for windows that are no whole days', () => {
    const dates = { start: '2026-01-01', end: '2026-01-03', format: 'date' } as const;
    expect(() => windowsOf({ ...dates, size: 3_600 }, 0)).toThrow(/`size` of whole days/);
    expect([...windowsOf(dates, 0)]).toHaveLength(2);
  });
});
