import { describe, expect, it } from 'vitest';
import { lazyList } from '#src/rest/pages/rows/big/lazy-list.js';
import type { Json } from 'sluice';

/** A list of ten rows in slices of three, and the slices that were read. */
function made(): { list: Json[]; rows: Json[]; read: number[] } {
  const rows: Json[] = Array.from({ length: 10 }, (_, id) => ({ id }));
  const read: number[] = [];
  const slices = [0, 3, 6, 9].map((from) => ({
    from,
    to: Math.min(from + 3, 10),
    count: Math.min(3, 10 - from),
  }));
  const list = lazyList(slices, ({ from, to }) => {
    read.push(from);
    return rows.slice(from, to);
  });
  return { list, rows, read };
}

describe('a list in a file', () => {
  it('reads a slice when somebody looks at an element of it', () => {
    const { list, rows, read } = made();
    expect([Array.isArray(list), list.length, read]).toEqual([true, 10, []]);
    expect([list.at(-1), list[9], list[0], list[1], list[10], list.at(-11)]).toEqual([
      rows[9],
      rows[9],
      rows[0],
      rows[1],
      undefined,
      undefined,
    ]);
    expect(read).toEqual([9, 0]);
  });

  it.each<[string, (list: Json[]) => unknown]>([
    ['iterated', (list) => [...list]],
    ['mapped', (list) => list.map((row) => row)],
    ['filtered', (list) => list.filter((row) => (row as { id: number }).id % 2 === 0)],
    ['searched', (list) => list.findLastIndex((row) => (row as { id: number }).id < 4)],
    ['tested', (list) => list.some((row) => (row as { id: number }).id === 8)],
    ['cut', (list) => list.slice(2, -2)],
    ['reversed', (list) => list.toReversed()],
    ['reversed in place', (list) => list.reverse()],
    [
      'sorted in place',
      (list) => list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? 1 : -1)),
    ],
    ['written as JSON', (list) => JSON.stringify({ data: list })],
    ['taken apart', (list) => [Object.keys(list), Object.values(list), Object.entries(list)]],
    ['destructured', ([first, , third, ...rest]) => [first, third, rest]],
    ['copied', (list) => Object.assign({}, list)],
    ['shortened', (list) => [list.pop(), list.shift(), list.length, list.at(-1), list[0]]],
    ['lengthened', (list) => [list.push({ id: 10 }), list.length, list.at(-1), list.concat([1])]],
    ['changed', (list) => ((list[2] = null), [list[2], list.splice(0, 4), list[0], list.length])],
    ['asked for names', (list) => ['3' in list, '10' in list, 'length' in list, '03' in list]],
  ])('is as any other list when it is %s', (_, use) => {
    const { list, rows } = made();
    expect(use(list)).toEqual(use(rows));
  });
});
