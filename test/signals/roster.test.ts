import { describe, expect, it } from 'vitest';
import { Roster } from '#src/signals/roster.js';

describe('a roster', () => {
  const values = <T>(roster: Roster<T>): (T | null)[] => roster.places().map(({ value }) => value);

  it('has its values in the order in which they came, whichever of them left', () => {
    const roster = new Roster<string>();
    const [a, , c, d] = ['a', 'b', 'c', 'd'].map((value) => roster.add(value));
    for (const place of [c, a, d]) if (place !== undefined) roster.remove(place);
    roster.add('e');
    expect([values(roster), roster.first, roster.size]).toEqual([['b', 'e'], 'b', 2]);
  });

  it('is empty when the last value left, and takes others then', () => {
    const roster = new Roster<string>();
    roster.remove(roster.add('a'));
    expect([values(roster), roster.first, roster.size]).toEqual([[], null, 0]);
    roster.add('b');
    expect([values(roster), roster.first, roster.size]).toEqual([['b'], 'b', 1]);
  });

  it('removes a value once, and shows in the places of before that it left', () => {
    const roster = new Roster<string>();
    const first = roster.add('a');
    roster.add('b');
    const before = roster.places();
    roster.remove(first);
    roster.remove(first);
    expect([before.map(({ value }) => value), roster.size]).toEqual([[null, 'b'], 1]);
  });

  it('holds nothing of others at the place of a value that left', () => {
    const roster = new Roster<string>();
    const [, middle] = ['a', 'b', 'c'].map((value) => roster.add(value));
    if (middle !== undefined) roster.remove(middle);
    expect(middle).toEqual({ value: null, before: null, after: null });
  });
});
