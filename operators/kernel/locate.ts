// Looking over a document without walking it: where a value ends, and how many rows it has. Brackets are counted, not
// matched by kind: what is skipped so is walked, and thereby checked, later.

import { refuse, Refusal } from "./memory";
import { blanks, special } from "./scan";

let counted: u32 = 0;

/** Elements or members that `skipRows` has passed. */
export function rowsCounted(): u32 {
  return counted;
}

function skipString(p: usize): usize {
  for (;;) {
    const stops = special(v128.load(p));
    if (!stops) {
      p += 16;
      continue;
    }
    p += ctz(stops);
    const c: u32 = load<u8>(p);
    if (c == 34) return p + 1;
    if (c != 92) return refuse(Refusal.CONTROL, p);
    if (load<u8>(p, 1) == 0) return refuse(Refusal.ESCAPE, p);
    p += 2;
  }
  return 0;
}

/** The place after the value at `p`, by its brackets and quotes alone. */
function skipFast(p: usize): usize {
  const first: u32 = load<u8>(p);
  if (first == 34) return skipString(p + 1);
  if (first != 123 && first != 91) {
    for (let q = p; ; q++) {
      const c: u32 = load<u8>(q);
      if (c == 44 || c == 125 || c == 93 || c <= 32) return q > p ? q : refuse(Refusal.LITERAL, p);
    }
  }
  let open = 0;
  for (;;) {
    const v = v128.load(p);
    const folded = v128.or(v, i8x16.splat(32)); // [ and { differ by this bit, as do ] and }
    const brackets = v128.or(i8x16.eq(folded, i8x16.splat(123)), i8x16.eq(folded, i8x16.splat(125)));
    const mask = i8x16.bitmask(v128.or(brackets, v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(0)))));
    if (!mask) {
      p += 16;
      continue;
    }
    p += ctz(mask);
    const c: u32 = load<u8>(p);
    if (c == 34) {
      p = skipString(p + 1);
      if (!p) return 0;
    } else if (c == 0) {
      return refuse(Refusal.STRUCTURE, p);
    } else {
      p++;
      if ((c | 32) == 123) open++;
      else if (--open == 0) return p;
    }
  }
  return 0;
}

/** The place after the array or object at `p`; `rowsCounted` tells how many elements or members it has. */
export function skipRows(p: usize): usize {
  const close: u32 = <u32>load<u8>(p) + 2;
  counted = 0;
  p = blanks(p + 1);
  if (<u32>load<u8>(p) == close) return p + 1;
  for (;;) {
    if (close == 125) {
      if (load<u8>(p) != 34) return refuse(Refusal.STRUCTURE, p);
      p = skipString(p + 1);
      if (!p) return 0;
      p = blanks(p);
      if (load<u8>(p) != 58) return refuse(Refusal.STRUCTURE, p);
      p = blanks(p + 1);
    }
    counted++;
    p = skipFast(p);
    if (!p) return 0;
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c == close) return p + 1;
    if (c != 44) return refuse(Refusal.STRUCTURE, p);
    p = blanks(p + 1);
  }
  return 0;
}
