import type { Position } from '../../../operators/types.js';

/** A position as steps have it: rows of parents are many, and for the load alone. */
export function withoutParents(position: Position): Position {
  if (position.parents === undefined) return position;
  const { parents: _, ...rest } = position;
  return rest;
}
