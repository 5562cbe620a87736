import type { Json } from '../../../../../operators/types.js';
import type { Slice } from './row-cuts.js';

/**
 * A list whose elements are in a file. It is used as any other list; a slice of it is read when
 * somebody looks at an element, and given up when another one is read.
 *
 * @param read gives the elements of a slice; what it throws, looking at an element throws
 */
export function lazyList(
  slices: readonly Pick<Slice, 'from' | 'to' | 'count'>[],
  read: (slice: Pick<Slice, 'from' | 'to'>) => readonly Json[],
): Json[] {
  const list: Json[] = [];
  list.length = slices.reduce((sum, { count }) => sum + count, 0);
  let [first, elements]: [number, readonly Json[]] = [0, []];

  function element(index: number): Json {
    if (index < first || index >= first + elements.length) {
      let start = 0;
      for (const slice of slices) {
        if (index < start + slice.count) {
          [first, elements] = [start, read(slice)];
          break;
        }
        start += slice.count;
      }
    }
    return elements[index - first] as Json;
  }

  /** The index of an element that is in the file; null for all else. */
  function indexOf(key: string | symbol): number | null {
    if (typeof key === 'symbol' || !INDEX.test(key) || Object.hasOwn(list, key)) return null;
    return Number(key) < list.length ? Number(key) : null;
  }

  return new Proxy(list, {
    get(target, key, receiver) {
      const index = indexOf(key);
      return index === null ? (Reflect.get(target, key, receiver) as unknown) : element(index);
    },
    set: (target, key, value) => Reflect.set(target, key, value),
    has: (target, key) => indexOf(key) !== null || Reflect.has(target, key),
    ownKeys: (target) => [
      ...new Set([...Array.from(target, (_, i) => String(i)), ...Reflect.ownKeys(target)]),
    ],
    getOwnPropertyDescriptor(target, key) {
      const index = indexOf(key);
      if (index === null) return Reflect.getOwnPropertyDescriptor(target, key);
      return { value: element(index), writable: true, enumerable: true, configurable: true };
    },
  });
}

const INDEX = /^(?:0|[1-9]\d*)$/;
