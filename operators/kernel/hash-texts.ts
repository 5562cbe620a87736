// Ids of texts that columns make: dlt's hashes of keys, and of places in lists. What is rare (a
// string with escapes) is left to JavaScript.

import { HASH_ID_LENGTH, writeHashId, writeHashIds } from './shake128';

/** What a row's text is made of. Keep in step with operators/columns/hash-texts.ts. */
const enum Piece {
  /** So many bytes at an address, in each row. */
  CONSTANT = 0,
  /** The digits of a 64-bit integer. */
  DIGITS = 1,
  /** A text: where its offsets are, and from where they count. */
  TEXT = 2,
  /** A text as a string of JSON. */
  STRING = 3,
}
/** Bytes of a piece: its kind and two numbers. */
const PIECE: usize = 12;

/**
 * Writes the ids of `rows` texts to `ids`: of each row what the pieces from `pieces` to `end` give,
 * one behind the other. There is room for two texts at `out`, and 16 bytes. Returns the number of
 * ids made: fewer than `rows` where JavaScript must make them.
 */
export function hashTexts(
  pieces: usize,
  end: usize,
  rows: usize,
  out: usize,
  ids: usize,
): usize {
  for (let row: usize = 0; row < rows; row += 2, ids += 2 * HASH_ID_LENGTH) {
    const middle = print(pieces, end, row, out);
    if (!middle) return row;
    if (row + 1 == rows) {
      writeHashId(out, middle - out, ids);
      return rows;
    }
    const last = print(pieces, end, row + 1, middle);
    if (!last) return row;
    writeHashIds(out, middle - out, middle, last - middle, ids);
  }
  return rows;
}

/** Prints a row's text; returns the place after it, 0 where JavaScript must. */
function print(pieces: usize, end: usize, row: usize, to: usize): usize {
  for (; pieces < end; pieces += PIECE) {
    const kind: u32 = load<u32>(pieces);
    const a: usize = load<u32>(pieces, 4);
    const b: usize = load<u32>(pieces, 8);
    if (kind == Piece.CONSTANT) {
      to = copy(a, b, to);
    } else if (kind == Piece.DIGITS) {
      to = printDigits(load<i64>(a + (row << 3)), to);
    } else {
      const from: usize = load<u32>(a + (row << 2));
      const length: usize = load<u32>(a + (row << 2), 4) - <u32>from;
      if (kind == Piece.TEXT) {
        to = copy(b + from, length, to);
      } else {
        if (hasEscapes(b + from, length)) return 0;
        store<u8>(to, 34);
        to = copy(b + from, length, to + 1);
        store<u8>(to++, 34);
      }
    }
  }
  return to;
}

/** Copies sixteen bytes at a time, up to fifteen too many; returns the place after the text. */
@inline function copy(from: usize, length: usize, to: usize): usize {
  const after = to + length;
  for (; to < after; from += 16, to += 16) v128.store(to, v128.load(from));
  return after;
}

function hasEscapes(at: usize, length: usize): bool {
  for (const end = at + length; at < end; at++) {
    const c: u32 = load<u8>(at);
    if (c < 32 || c == 34 || c == 92) return true;
  }
  return false;
}

function printDigits(value: i64, to: usize): usize {
  let rest: u64 = <u64>value;
  if (value < 0) {
    store<u8>(to++, 45);
    rest = 0 - rest;
  }
  let length: usize = 1;
  for (let limit: u64 = 10; rest >= limit; limit *= 10) length++;
  let at = to + length;
  // Numbers of 32 bits are divided faster.
  for (; rest > 0xffffffff; rest /= 10) store<u8>(--at, <u32>(rest % 10) + 48);
  for (let small = <u32>rest; at > to; small /= 10) store<u8>(--at, (small % 10) + 48);
  return to + length;
}
