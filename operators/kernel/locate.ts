// Looking over a document without walking it: where an array or object ends, and how many rows it
// has. 64 bytes at a time become bit masks of quotes, backslashes, brackets and commas (after
// simdjson, Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019). Brackets are
// counted, not matched by kind: what is skipped so is walked, and thereby checked, later.

import { refuse, Refusal } from './memory';
import { blanks } from './scan';

let counted: u32 = 0;

/** Returns the number of elements or members that `skipRows` has passed. */
export function rowsCounted(): u32 {
  return counted;
}

let quotes: u64 = 0;
let backslashes: u64 = 0;
let opens: u64 = 0;
let closes: u64 = 0;
let commas: u64 = 0;

@inline function gather(p: usize, offset: usize): void {
  const v = v128.load(p + offset);
  const folded = v128.or(v, i8x16.splat(32)); // [ and { differ by this bit, as do ] and }
  quotes |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(v, i8x16.splat(34))))) << (<u64>offset);
  backslashes |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(v, i8x16.splat(92))))) << (<u64>offset);
  opens |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(folded, i8x16.splat(123))))) << (<u64>offset);
  closes |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(folded, i8x16.splat(125))))) << (<u64>offset);
  commas |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(v, i8x16.splat(44))))) << (<u64>offset);
}

@inline function masks(p: usize): void {
  quotes = 0;
  backslashes = 0;
  opens = 0;
  closes = 0;
  commas = 0;
  gather(p, 0);
  gather(p, 16);
  gather(p, 32);
  gather(p, 48);
}

/** Each bit: whether the number of bits below and at it is odd. */
@inline function parity(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}

let escapeCarried: bool = false;

/**
 * Takes escaped quotes out of `quotes`; whether the next block's first byte is escaped is carried
 * over.
 */
function dropEscaped(): void {
  let escaped: u64 = escapeCarried ? 1 : 0;
  escapeCarried = false;
  let rest = backslashes & ~escaped;
  while (rest) {
    const at = ctz(rest);
    rest &= rest - 1;
    if (at == 63) {
      escapeCarried = true;
      break;
    }
    const next: u64 = (<u64>2) << at;
    escaped |= next;
    rest &= ~next;
  }
  quotes &= ~escaped;
}

/**
 * Skips the array or object at `p`, which ends before `end`, and returns the place after it;
 * `rowsCounted` is how many elements or members it has. Commas between them are counted where
 * exactly one bracket is open.
 */
export function skipRows(p: usize, end: usize): usize {
  const first = blanks(p + 1);
  counted = 0;
  if (<u32>load<u8>(first) == <u32>load<u8>(p) + 2) return first + 1;
  let depth = 0;
  let inString: u64 = 0;
  let rows: u32 = 1;
  escapeCarried = false;
  for (; p < end; p += 64) {
    masks(p);
    if (backslashes || escapeCarried) dropEscaped();
    const strings = parity(quotes) ^ inString;
    inString = <u64>((<i64>strings) >> 63);
    let brackets = (opens | closes) & ~strings;
    const separators = commas & ~strings;
    let passed: u64 = 0; // bits before the last bracket
    while (brackets) {
      const bit = brackets & -brackets;
      if (depth == 1) rows += <u32>popcnt(separators & (bit - 1) & ~passed);
      if (opens & bit) {
        depth++;
      } else if (--depth == 0) {
        counted = rows;
        return p + <usize>ctz(bit) + 1;
      }
      passed = bit | (bit - 1);
      brackets &= brackets - 1;
    }
    if (depth == 1) rows += <u32>popcnt(separators & ~passed);
  }
  return refuse(Refusal.STRUCTURE, end);
}
