import type { Json, Page, Position } from '../types.js';

/** Gathers the positions of the pages of one batch. */
export interface BatchPositions {
  /** Nothing of the page but its position is kept. */
  add(page: Page): void;
  /**
   * One for each page, in order. Of those that are made when they are needed (`Page.position`),
   * only the last one of each list is made; the others have no `next`.
   */
  close(): Position[];
}

export function batchPositions(): BatchPositions {
  const positions: Position[] = [];
  /** Pages by number whose positions may be left out, and what makes them; null: there already. */
  const makers = new Map<number, (() => Json) | null>();
  return {
    add({ resource, parent, index, next, state, place, position }) {
      // The only page of a list has none before it.
      if (place !== undefined && (position !== undefined || index > 0))
        makers.set(positions.length, position ?? null);
      // Written out: objects that are spread take longer than all else here, and more memory.
      const own: Position =
        place === undefined
          ? { resource, parent, page: index, state }
          : { resource, parent, page: index, state, list: place.list, under: place.under };
      if (place?.parents !== undefined) own.parents = place.parents;
      if (position === undefined) own.next = next;
      positions.push(own);
    },
    close() {
      const seen = new Set<string>();
      for (const [number, make] of [...makers].toReversed()) {
        const own = positions[number] as Position;
        const list = JSON.stringify([own.resource, own.parent, own.list]);
        if (make !== null && !seen.has(list)) own.next = make();
        seen.add(list);
      }
      return positions;
    },
  };
}
