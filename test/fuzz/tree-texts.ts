import { wellFormed } from './cell-model.js';
import { isNumber, isObject, membersOf, type Tree, written } from './tree.js';

/** Compact JSON of the members that count; half characters in values as UTF-8 has them. */
export function compact(tree: Tree): string {
  if (typeof tree === 'string') return JSON.stringify(wellFormed(tree));
  if (tree === null || typeof tree !== 'object' || isNumber(tree)) return written(tree);
  if (!isObject(tree)) return `[${tree.map(compact).join(',')}]`;
  return `{${[...membersOf(tree)].map(([key, value]) => `${JSON.stringify(key)}:${compact(value)}`).join(',')}}`;
}

/** JSON of the members that count, with keys sorted. */
export function sorted(tree: Tree): string {
  if (tree === null || typeof tree !== 'object' || isNumber(tree)) return written(tree);
  if (!isObject(tree)) return `[${tree.map(sorted).join(',')}]`;
  const members = [...membersOf(tree)].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${sorted(value)}`).join(',')}}`;
}
