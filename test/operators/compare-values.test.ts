import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues } from '#operators/cursor/compare-values.js';

/** A time of one minute, written in one of its forms, and its moment in seconds. */
const time = fc
  .record({
    second: fc.constantFrom(
      '',
      ':00',
      ':00.0',
      ':00.05',
      ':00.5',
      ':00.500',
      ':00,5',
      ':01',
      ':01.25',
      ':02',
    ),
    separator: fc.constantFrom('T', 't', ' '),
    zone: fc.constantFrom(['', 0], ['Z', 0], ['z', 0], ['+02:00', 2], ['+0200', 2], ['-01:00', -1]),
  })
  .map(({ second, separator, zone: [zone, hours] }) => ({
    text: `2026-01-05${separator}${12 + hours}:00${second}${zone}`,
    moment: Number(second.slice(1).replace(',', '.')),
  }));

describe('two times of a cursor', () => {
  it('have the order of their moments, in whatever forms they are written', () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        const order = Math.sign(compareValues(a.text, b.text, 'sluice'));
        expect(order).toBe(Math.sign(a.moment - b.moment));
      }),
      { numRuns: 2_000 },
    );
  });
});
