// The kernel's border: everything that operators/columns/kernel.ts calls.

import { Key, Lane, Node, Shape, Table } from './columns';

export { allocate, release, refusalReason, refusalAt, clearRefusal, limitMemory } from './memory';
export { isUtf8 } from './utf8';
export { blanks } from './scan';
export {
  limitDepth,
  skipJson,
  scratchText,
  scratchLength,
  checkJson,
  checkElements,
  checkMembers,
  elementsChecked,
  longestElement,
} from './keep';
export { skipRows, rowsCounted } from './locate';
export { newShape } from './columns';
export { freeShape } from './free-shape';
export { beginPage, finishPage, releasePage } from './rows';
export { beginWalk, nullRowsMet, overlapsMet, walkArray, walkMap, walkValue } from './walk';
export { makeIds, gatherIds, packBits } from './ids';
export { hashIds } from './shake128';
export { hashRows } from './hash-rows';
export { hashTexts } from './hash-texts';
export { fitInPlace, stringLayout } from './strings';

// Where the fields of the structures are that the border reads.
export const SHAPE_FIRST: usize = offsetof<Shape>('first');
export const TABLE_ROWS: usize = offsetof<Table>('rows');
export const TABLE_LANES: usize = offsetof<Table>('lanes');
export const TABLE_KEY: usize = offsetof<Table>('key');
export const TABLE_PARENT: usize = offsetof<Table>('parent');
export const TABLE_NEXT: usize = offsetof<Table>('next');
export const TABLE_PARENT_ROW: usize = offsetof<Table>('parentRow');
export const TABLE_LIST_INDEX: usize = offsetof<Table>('listIndex');
export const NODE_TABLE: usize = offsetof<Node>('table');
export const NODE_KEY: usize = offsetof<Node>('key');
export const KEY_NODE: usize = offsetof<Key>('node');
export const KEY_NAME: usize = offsetof<Key>('name');
export const KEY_NAME_LENGTH: usize = offsetof<Key>('nameLength');
export const KEY_SPELLING_LENGTH: usize = offsetof<Key>('length');
export const LANE_ROWS: usize = offsetof<Lane>('rows');
export const LANE_NULLS: usize = offsetof<Lane>('nulls');
export const LANE_KIND: usize = offsetof<Lane>('kind');
export const LANE_UNSAFE: usize = offsetof<Lane>('unsafe');
export const LANE_ORDER: usize = offsetof<Lane>('order');
export const LANE_VALID: usize = offsetof<Lane>('valid');
export const LANE_DATA: usize = offsetof<Lane>('data');
export const LANE_OFFSETS: usize = offsetof<Lane>('offsets');
export const LANE_SOURCE: usize = offsetof<Lane>('source');
export const LANE_NEXT: usize = offsetof<Lane>('next');
export const LANE_KEY: usize = offsetof<Lane>('key');
