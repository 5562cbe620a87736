import { assert, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import { groupedDigits } from '#operators/settings/grouped-digits.js';

it('writes integers as toLocaleString does', () => {
  const sameAs = (value: number): void => {
    expect(groupedDigits(value)).toBe(value.toLocaleString('en-US'));
  };
  assert(property(integer(), sameAs));
  [0, 999, 1_000, 3 * 1024 ** 3, Number.MAX_SAFE_INTEGER].forEach(sameAs);
});

it('leaves the digits of a fraction as they are', () => {
  expect(groupedDigits(1234.5678)).toBe('1,234.5678');
});
