// Texts as DuckDB keeps them in its vectors (`duckdb_string_t` of its C header): 16 bytes each, a
// 32-bit length and then up to 12 bytes of text in place, or its first 4 bytes and a 64-bit
// address.

const FIRST = i8x16(-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

/**
 * Returns true when none of `count` texts, whose count + 1 offsets are at `offsets`, is longer than
 * what a structure holds itself.
 */
export function fitInPlace(offsets: usize, count: u32): bool {
  let longest: v128 = i32x4.splat(0);
  const last = offsets + ((<usize>(count & ~3)) << 2);
  for (; offsets < last; offsets += 16)
    longest = i32x4.max_u(longest, i32x4.sub(v128.load(offsets, 4), v128.load(offsets)));
  for (let i: u32 = 0; i < (count & 3); i += 1, offsets += 4)
    longest = i32x4.max_u(longest, i32x4.splat(load<u32>(offsets, 4) - load<u32>(offsets)));
  return !v128.any_true(i32x4.gt_u(longest, i32x4.splat(12)));
}

/**
 * Writes structures at `to` for `count` texts, which lie one after another at `data` as the count +
 * 1 offsets at `offsets` say; a copy of them begins at `address`. False when the offsets fall, pass
 * the last one, or cut a character in two.
 */
export function stringLayout(
  offsets: usize,
  data: usize,
  count: u32,
  address: u64,
  to: usize,
): bool {
  const begin = load<u32>(offsets);
  const end = load<u32>(offsets + ((<usize>count) << 2));
  let start = begin;
  for (const last = to + ((<usize>count) << 4); to < last; to += 16) {
    offsets += 4;
    const next = load<u32>(offsets);
    if (next < start || next > end) return false;
    const length = next - start;
    const text = data + (start - begin);
    // The whole is UTF-8, so each text is, unless one begins inside a character.
    if (length && ((<u32>load<u8>(text)) & 0xc0) == 0x80) return false;
    if (length <= 12) {
      const shifted = i8x16.shuffle(
        i8x16.splat(0),
        v128.load(text),
        0,
        1,
        2,
        3,
        16,
        17,
        18,
        19,
        20,
        21,
        22,
        23,
        24,
        25,
        26,
        27,
      );
      const kept = v128.and(shifted, i8x16.lt_s(FIRST, i8x16.splat(<i8>length)));
      v128.store(to, i32x4.replace_lane(kept, 0, length));
    } else {
      store<u32>(to, length);
      store<u32>(to, load<u32>(text), 4);
      store<u64>(to, address + <u64>(start - begin), 8);
    }
    start = next;
  }
  return true;
}
