/** A JSON value as a document writes it: numbers by their digits, members in their order. */
export type Tree = null | boolean | string | NumberTree | readonly Tree[] | ObjectTree;

/** A number, by the digits that are sent. */
export interface NumberTree {
  number: string;
}

/** An object; a key may come twice. */
export interface ObjectTree {
  members: readonly (readonly [key: string, value: Tree])[];
}

export function isNumber(tree: Tree): tree is NumberTree {
  return typeof tree === 'object' && tree !== null && 'number' in tree;
}

export function isObject(tree: Tree): tree is ObjectTree {
  return typeof tree === 'object' && tree !== null && 'members' in tree;
}

/** Members by key: of a key that comes twice, the last value counts, at the first one's place. */
export function membersOf({ members }: ObjectTree): Map<string, Tree> {
  return new Map(members);
}

/** Writes a tree as compact JSON text. */
export function written(tree: Tree): string {
  if (tree === null || typeof tree !== 'object') return JSON.stringify(tree);
  if (isNumber(tree)) return tree.number;
  if (!isObject(tree)) return `[${tree.map(written).join(',')}]`;
  return `{${tree.members.map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`).join(',')}}`;
}
