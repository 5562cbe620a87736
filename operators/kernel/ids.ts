// Row ids: 12 characters of base64 (RFC 4648 §4, standard alphabet) from 12 random bytes, six bits
// of each.

export const ID_LENGTH: usize = 12;

/**
 * Makes `count` ids at `to` from 12 × `count` random bytes at `random`; 4 bytes behind the last are
 * overwritten.
 */
export function makeIds(random: usize, count: usize, to: usize): void {
  for (const end = to + count * ID_LENGTH; to < end; to += ID_LENGTH, random += ID_LENGTH) {
    const six = v128.and(v128.load(random), i8x16.splat(63));
    let shift = i8x16.splat(65); // 0-25 → A-Z
    // 26-51 → a-z
    shift = v128.bitselect(i8x16.splat(71), shift, i8x16.gt_s(six, i8x16.splat(25)));
    // 52-61 → 0-9
    shift = v128.bitselect(i8x16.splat(-4), shift, i8x16.gt_s(six, i8x16.splat(51)));
    shift = v128.bitselect(i8x16.splat(-19), shift, i8x16.gt_s(six, i8x16.splat(61))); // 62 → +
    shift = v128.bitselect(i8x16.splat(-16), shift, i8x16.gt_s(six, i8x16.splat(62))); // 63 → /
    v128.store(to, i8x16.add(six, shift));
  }
}

/**
 * Gathers the ids of the parents: for each of `count` row numbers at `rows` the id at `from`; 4
 * bytes behind the last are overwritten.
 */
export function gatherIds(from: usize, rows: usize, count: usize, to: usize): void {
  for (const end = to + count * ID_LENGTH; to < end; to += ID_LENGTH, rows += 4) {
    v128.store(to, v128.load(from + <usize>load<u32>(rows) * ID_LENGTH));
  }
}

/** Packs bytes of 0 and 1 into bits, LSB first; reads up to the next multiple of 8. */
export function packBits(from: usize, count: usize, to: usize): void {
  for (const end = from + count; from < end; from += 8, to++) {
    // Each byte's lowest bit gathered into one byte by a multiplication.
    store<u8>(to, <u8>(((load<u64>(from) & 0x0101010101010101) * 0x0102040810204080) >> 56));
  }
}
