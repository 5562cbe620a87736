import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FairQueue, fairQueue, type Origin } from '#src/rest/throttle/fair-queue.js';

interface Item extends Origin {
  id: number;
}

function first(queue: FairQueue<Item>): Item | undefined {
  const [head] = queue.heads();
  return head;
}

function drained(queue: FairQueue<Item>): string[] {
  const order: string[] = [];
  for (let head = first(queue); head !== undefined; head = first(queue)) {
    queue.take(head);
    order.push(head.resource);
  }
  return order;
}

function filled(...lines: [resource: string, depth: number, count: number][]): FairQueue<Item> {
  const queue = fairQueue<Item>();
  for (const [resource, depth, count] of lines)
    for (let id = 0; id < count; id += 1) queue.add({ resource, depth, id });
  return queue;
}

describe('fairQueue', () => {
  it('is empty at first', () => {
    expect([...fairQueue().heads()]).toEqual([]);
  });

  it('serves one line in the order in which it came', () => {
    const queue = filled(['a', 0, 5]);
    const ids: number[] = [];
    for (let head = first(queue); head !== undefined; head = first(queue)) {
      queue.take(head);
      ids.push(head.id);
    }
    expect(ids).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes round between resources', () => {
    expect(drained(filled(['a', 0, 3], ['b', 0, 1], ['c', 0, 2])).join('')).toBe('abcaca');
  });

  it('goes round between depths first, so that many kinds of children do not outweigh their parent', () => {
    expect(drained(filled(['p', 0, 3], ['x', 1, 2], ['y', 1, 2], ['z', 1, 2])).join('')).toBe(
      'pxpypzxyz',
    );
  });

  it('lets the next page of a parent wait for one of its ten thousand children', () => {
    const queue = filled(['child', 1, 10_000], ['parent', 0, 1]);
    const order = Array.from({ length: 6 }, () => {
      const head = first(queue) as Item;
      queue.take(head);
      if (head.resource === 'parent') queue.add(head);
      return head.resource;
    });
    expect(order).toEqual(['child', 'parent', 'child', 'parent', 'child', 'parent']);
  });

  it('keeps the place of a line whose first request is aborted', () => {
    const queue = filled(['a', 0, 2], ['b', 0, 1]);
    const [a] = queue.heads();
    queue.drop(a as Item);
    queue.drop(a as Item);
    expect(queue.size).toBe(2);
    expect(drained(queue)).toEqual(['a', 'b']);
  });

  it('serves whoever is the first of a line no later than after depths × lines others, whatever comes and goes', () => {
    const steps = fc.array(
      fc.record({
        add: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
        drop: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
        depth: fc.integer({ min: 0, max: 2 }),
        line: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 200, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const lines = [0, 1, 2].flatMap((depth) =>
          [0, 1, 2].map((line): [string, number, number] => [`${depth}.${line}`, depth, 20]),
        );
        const queue = filled(...lines);
        const passed = new Map<Item, number>();
        let { size } = queue;
        all.forEach(({ add, drop, depth, line }, id) => {
          const head = first(queue);
          if (add || head === undefined) {
            queue.add({ id, depth, resource: `${depth}.${line}` });
            size += 1;
          } else {
            if (drop) queue.drop(head);
            else queue.take(head);
            size -= 1;
            for (const waits of queue.heads())
              passed.set(waits, (passed.get(waits) ?? 0) + (drop ? 0 : 1));
          }
          expect(queue.size).toBe(size);
          for (const waits of queue.heads()) expect(passed.get(waits) ?? 0).toBeLessThanOrEqual(9);
        });
        expect(drained(queue).length).toBe(size);
      }),
    );
  });
});
