import { wordsOf } from '../seeded.js';
import type { Shape } from '../shape.js';

/** Objects nested seven levels deep, and lists of objects within lists, three levels of them. */
export const deep: Shape = {
  pageRows: 500,
  row: (id, random) => {
    const whole = (below: number): number => Math.floor(random() * below);
    const words = wordsOf(random);
    const list = <T>(most: number, one: () => T): T[] =>
      Array.from({ length: whole(most) + 1 }, one);
    return {
      id,
      a: { b: { c: { d: { e: { f: { number: whole(1e6), name: words(2) } } } } } },
      groups: list(3, () => ({
        name: words(2),
        members: list(3, () => ({
          id: whole(1e6),
          address: { city: words(1), geo: { lat: random() * 90, lng: random() * 180 } },
          roles: list(3, () => words(1)),
        })),
      })),
    };
  },
};
