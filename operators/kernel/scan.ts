// What every reader of the page needs. A page is followed by at least 64 zero bytes, so loads of 16
// bytes may run over its end and the NUL ends every loop.

@inline export function blanks(p: usize): usize {
  return <u32>load<u8>(p) > 32 ? p : blanksSlow(p);
}

function blanksSlow(p: usize): usize {
  for (;;) {
    const v = v128.load(p);
    const blank = v128.or(
      v128.or(i8x16.eq(v, i8x16.splat(32)), i8x16.eq(v, i8x16.splat(10))),
      v128.or(i8x16.eq(v, i8x16.splat(13)), i8x16.eq(v, i8x16.splat(9))),
    );
    const mask = i8x16.bitmask(blank);
    if (mask != 0xffff) return p + ctz(~mask);
    p += 16;
  }
  return 0;
}

/**
 * Bits of the bytes in `v` that a string cannot hold as they are: quote, backslash, control
 * characters.
 */
@inline export function special(v: v128): i32 {
  return i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92))),
      i8x16.lt_u(v, i8x16.splat(32)),
    ),
  );
}
