/**
 * Whom a request is for: turns go round between depths (0: a root, 1: its children, …), and within
 * each between resources.
 */
export interface About {
  resource: string;
  depth: number;
}

/**
 * A queue in which nobody is starved: each resource has a line of its own, and the lines take
 * turns.
 */
export interface FairQueue<T extends About> {
  readonly size: number;
  add(item: T): void;
  /** The first of each line, in the order in which it is their turn. */
  heads(): Iterable<T>;
  /** Takes an item out because it is served: its line comes last from now on. */
  take(item: T): void;
  /** Takes an item out that does not wait any more; nothing where it is not in. */
  drop(item: T): void;
}

/**
 * An empty queue. Depths take turns before resources do: ten thousand children never hold up
 * another root, and a parent's next page waits for one child, however many kinds of children there
 * are; nor do parents hold up children.
 *
 * While an item is the first of its line, no more others are served than there are depths times
 * lines of its depth.
 */
export function fairQueue<T extends About>(): FairQueue<T> {
  // Maps and sets keep the order in which things were put in; what is put in anew comes last.
  const depths = new Map<number, Map<string, Set<T>>>();
  let size = 0;

  /** Takes an item out; `last`: what it stood in comes last. */
  function remove(item: T, last: boolean): void {
    const { depth, resource } = item;
    const lines = depths.get(depth);
    const line = lines?.get(resource);
    if (lines === undefined || line === undefined || !line.delete(item)) return;
    size -= 1;
    put(lines, resource, line, last);
    put(depths, depth, lines, last);
  }

  return {
    get size() {
      return size;
    },
    add(item) {
      const { depth, resource } = item;
      const lines = depths.get(depth) ?? new Map<string, Set<T>>();
      const line = lines.get(resource) ?? new Set<T>();
      depths.set(depth, lines.set(resource, line.add(item)));
      size += 1;
    },
    *heads() {
      for (const lines of depths.values())
        for (const line of lines.values())
          for (const first of line) {
            yield first;
            break;
          }
    },
    take: (item) => remove(item, true),
    drop: (item) => remove(item, false),
  };
}

function put<K, V extends { size: number }>(map: Map<K, V>, key: K, value: V, last: boolean): void {
  if (last || value.size === 0) map.delete(key);
  if (value.size > 0) map.set(key, value);
}
