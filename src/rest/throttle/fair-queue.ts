/**
 * Where a request comes from. The queue alternates between depths (0: a root, 1: its children, …),
 * and within each depth between resources.
 */
export interface Origin {
  resource: string;
  depth: number;
}

/**
 * A queue that starves no resource: each has a line of its own, and the lines alternate.
 */
export interface FairQueue<T extends Origin> {
  readonly size: number;
  add(item: T): void;
  /** The first of each line, in the order in which they are to be served. */
  heads(): Iterable<T>;
  /** Removes an item because it is served: its line comes last from now on. */
  take(item: T): void;
  /** Removes an item that does not wait any more; does nothing where it is not in the queue. */
  drop(item: T): void;
}

/**
 * An empty queue. Depths alternate before resources do: ten thousand children never hold up another
 * root, and a parent's next page waits for one child, however many kinds of children there are; nor
 * do parents hold up children.
 *
 * While an item is the first of its line, no more others are served than there are depths times
 * lines of its depth.
 */
export function fairQueue<T extends Origin>(): FairQueue<T> {
  // Maps and sets keep the order of insertion; an entry that is inserted again comes last.
  const depths = new Map<number, Map<string, Set<T>>>();
  let size = 0;

  /** Removes an item; `last`: its line and its depth come last from now on. */
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
