// Gives back what a shape has learnt, once its last page is released.

import { Key, KINDS, Lane, Node, Shape, Table } from './columns';
import { release } from './memory';

export function freeShape(at: usize): void {
  let next: usize = 0;
  for (let t = changetype<Shape>(at).first; t; t = next) {
    const table = changetype<Table>(t);
    next = table.next;
    freeKey(table.element);
    freeNode(table.node);
    release(t, offsetof<Table>());
  }
  release(at, offsetof<Shape>());
}

/** Frees a node. Arrays under keys are tables of the shape, which frees them. */
function freeNode(at: usize): void {
  const node = changetype<Node>(at);
  let next: usize = 0;
  for (let key = node.first; key; key = next) {
    next = changetype<Key>(key).next;
    freeKey(key);
  }
  release(node.buckets, (<usize>node.bucketCount) << 2);
  release(at, offsetof<Node>());
}

function freeKey(at: usize): void {
  const key = changetype<Key>(at);
  for (let kind: usize = 0; kind < KINDS; kind++) {
    release(load<usize>(key.lanes + (kind << alignof<usize>())), offsetof<Lane>());
  }
  release(key.lanes, KINDS * sizeof<usize>());
  release(key.spelling, <usize>key.length + 32);
  release(key.name, <usize>key.nameLength + 1);
  if (key.sub) freeNode(key.sub);
  release(at, offsetof<Key>());
}
