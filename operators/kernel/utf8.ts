// UTF-8 validation after Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per
// Byte" (2020): three nibble look-ups a byte find every two-byte error; lengths of three- and
// four-byte characters are checked on top.

const HIGH = i8x16(2, 2, 2, 2, 2, 2, 2, 2, -128, -128, -128, -128, 33, 1, 21, 73);
const LOW = i8x16(
  -25,
  -93,
  -125,
  -125,
  -117,
  -53,
  -53,
  -53,
  -53,
  -53,
  -53,
  -53,
  -53,
  -37,
  -53,
  -53,
);
const NEXT = i8x16(1, 1, 1, 1, 1, 1, 1, 1, -26, -82, -70, -70, 1, 1, 1, 1);
/**
 * A lead byte in the last three places of more bytes than are left: >= 0xf0, >= 0xe0, >=
 * 0xc0.
 */
const UNFINISHED = i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -17, -33, -65);

let wrong: v128 = i8x16.splat(0);

@inline function step(previous: v128, here: v128): void {
  const back1 = i8x16.shuffle(
    previous,
    here,
    15,
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
    28,
    29,
    30,
  );
  const back2 = i8x16.shuffle(
    previous,
    here,
    14,
    15,
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
    28,
    29,
  );
  const back3 = i8x16.shuffle(
    previous,
    here,
    13,
    14,
    15,
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
    28,
  );
  const pairs = v128.and(
    v128.and(
      i8x16.swizzle(HIGH, i8x16.shr_u(back1, 4)),
      i8x16.swizzle(LOW, v128.and(back1, i8x16.splat(15))),
    ),
    i8x16.swizzle(NEXT, i8x16.shr_u(here, 4)),
  );
  const third = i8x16.sub_sat_u(back2, i8x16.splat(0x60));
  const fourth = i8x16.sub_sat_u(back3, i8x16.splat(0x70));
  const must = v128.and(v128.or(third, fourth), i8x16.splat(-128));
  wrong = v128.or(wrong, v128.xor(must, pairs));
}

/** Returns true when `length` bytes at `p` (64 zero bytes follow) are UTF-8. */
export function isUtf8(p: usize, length: usize): bool {
  wrong = i8x16.splat(0);
  let previous = i8x16.splat(0);
  let open = i8x16.splat(0);
  const end = p + length;
  while (p < end) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    if (!i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d)))) {
      wrong = v128.or(wrong, open);
      open = i8x16.splat(0);
    } else {
      step(previous, a);
      step(a, b);
      step(b, c);
      step(c, d);
      open = i8x16.sub_sat_u(d, UNFINISHED);
    }
    previous = d;
    p += 64;
  }
  return !v128.any_true(v128.or(wrong, open));
}
