import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowParams } from '#src/rest/windows.js';

const names = { startParam: 'from', endParam: 'to' };

describe('windows', () => {
  it('cut a span into days, the last one shorter', () => {
    expect(windowParams({ ...names, start: 0, end: 200_000 })).toEqual([{ from: 0, to: 86_400 }, { from: 86_400, to: 172_800 }, { from: 172_800, to: 200_000 }]);
  });

  it('of an empty span are none', () => {
    expect(windowParams({ ...names, start: 5, end: 5 })).toEqual([]);
  });

  it('cover the span without a gap, whatever their length', () => {
    fc.assert(fc.property(fc.nat(1e6), fc.nat(1e5), fc.integer({ min: 100, max: 1e5 }), (start, length, size) => {
      const pieces = windowParams({ ...names, start, end: start + length, size });
      const edges = pieces.flatMap(({ from, to }) => [from, to]);
      expect(edges.slice(1, -1).filter((_edge, i) => i % 2 === 0)).toEqual(edges.slice(1, -1).filter((_edge, i) => i % 2 === 1));
      expect([edges[0], edges.at(-1)]).toEqual(length === 0 ? [undefined, undefined] : [start, start + length]);
    }));
  });

  it('refuse a span that ends before it starts, and what is no number', () => {
    expect(() => windowParams({ ...names, start: 9, end: 5 })).toThrow(/ends \(5\) before it starts \(9\)/);
    expect(() => windowParams({ ...names, start: Number.NaN, end: 5 })).toThrow(/unix seconds/);
    expect(() => windowParams({ ...names, start: 0, end: 5, size: 0 })).toThrow(/size above 0/);
  });
});
