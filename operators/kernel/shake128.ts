// Ids that are hashes: dlt's, 10 bytes of SHAKE-128 (FIPS 202 §6.2) in base64 without padding.

/** Bytes that one permutation takes in. */
const RATE: usize = 168;
const ROUNDS: usize = 24;
/** Characters of an id, of six bits each; the last has four bits of the hash. */
export const HASH_ID_LENGTH: usize = 14;
const HASH_BITS: i32 = 80;

/** Constants of iota (FIPS 202 §3.2.5). */
const CONSTANTS: usize = memory.data<u64>([
  0x1, 0x8082, 0x800000000000808a, 0x8000000080008000,
  0x808b, 0x80000001, 0x8000000080008081, 0x8000000000008009,
  0x8a, 0x88, 0x80008009, 0x8000000a,
  0x8000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
  0x8000000000008002, 0x8000000000000080, 0x800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x80000001, 0x8000000080008008,
]);
const DIGITS: usize = memory.data<u8>([
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80,
  81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 97, 98, 99, 100, 101, 102,
  103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118,
  119, 120, 121, 122, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 43, 47,
]);
/** 25 lanes of 64 bits of two hashes, side by side: both are made at once. */
const STATE: usize = memory.data(400, 16);
/** Where the lanes of the second hash begin. */
const SECOND: usize = 8;

/**
 * Writes the id of each of `count` texts to `to`, one behind the other: the first ends where the
 * first word at `ends` says, counted from `text`, and the next one begins there.
 */
export function hashIds(text: usize, ends: usize, count: usize, to: usize): void {
  let at = text;
  for (let i: usize = 0; i < count; i += 2, to += 2 * HASH_ID_LENGTH) {
    const middle = text + <usize>load<u32>(ends + (i << 2));
    if (i + 1 == count) {
      writeHashId(at, middle - at, to);
      return;
    }
    const end = text + <usize>load<u32>(ends + ((i + 1) << 2));
    writeHashIds(at, middle - at, middle, end - middle, to);
    at = end;
  }
}

/** Writes the id of a text of `length` bytes to `to`. */
export function writeHashId(text: usize, length: usize, to: usize): void {
  memory.fill(STATE, 0, 400);
  for (; length >= RATE; length -= RATE, text += RATE) {
    absorb(text, STATE);
    permute();
  }
  absorbLast(text, length, STATE);
  permute();
  writeId(STATE, to);
}

/** Writes the ids of two texts to `to`, one behind the other. */
export function writeHashIds(a: usize, aLength: usize, b: usize, bLength: usize, to: usize): void {
  memory.fill(STATE, 0, 400);
  const aBlocks = aLength / RATE;
  const bBlocks = bLength / RATE;
  const blocks = max(aBlocks, bBlocks);
  for (let i: usize = 0; i <= blocks; i++) {
    if (i < aBlocks) absorb(a + i * RATE, STATE);
    else if (i == aBlocks) absorbLast(a + i * RATE, aLength - i * RATE, STATE);
    if (i < bBlocks) absorb(b + i * RATE, STATE + SECOND);
    else if (i == bBlocks) absorbLast(b + i * RATE, bLength - i * RATE, STATE + SECOND);
    permute();
    // The shorter one is done first; what becomes of its lanes then does not matter.
    if (i == aBlocks) writeId(STATE, to);
    if (i == bBlocks) writeId(STATE + SECOND, to + HASH_ID_LENGTH);
  }
}

/** Takes in a whole block. */
@inline function absorb(at: usize, state: usize): void {
  for (let i: usize = 0; i < RATE; i += 8)
    store<u64>(state + (i << 1), load<u64>(state + (i << 1)) ^ load<u64>(at + i));
}

/** Takes in the rest of a text, which may be empty, and the padding. */
function absorbLast(at: usize, length: usize, state: usize): void {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8)
    store<u64>(state + (i << 1), load<u64>(state + (i << 1)) ^ load<u64>(at + i));
  let last: u64 = 0;
  for (let rest = length; rest > i; rest--) last = (last << 8) | <u64>load<u8>(at + rest - 1);
  last |= (<u64>0x1f) << ((length - i) << 3);
  store<u64>(state + (i << 1), load<u64>(state + (i << 1)) ^ last);
  const end = state + ((RATE - 8) << 1);
  store<u64>(end, load<u64>(end) ^ 0x8000000000000000);
}

function writeId(state: usize, to: usize): void {
  for (let bit: i32 = 0; bit < HASH_BITS; bit += 6, to++) {
    // Past the hash base64 has zero bits.
    const next: u32 = bit + 8 < HASH_BITS ? byte(state, (bit >> 3) + 1) : 0;
    const two = (byte(state, bit >> 3) << 8) | next;
    store<u8>(to, load<u8>(DIGITS + ((two >> (10 - (bit & 7))) & 63)));
  }
}
@inline function byte(state: usize, i: i32): u32 {
  return load<u8>(state + ((i >> 3) << 4) + (i & 7));
}

/** Keccak-f[1600]: theta, rho and pi, chi, iota, 24 times (FIPS 202 §3.3), of both hashes. */
function permute(): void {
  for (let round: usize = 0; round < ROUNDS; round++) {
    const c0 = xor5(lane(0), lane(5), lane(10), lane(15), lane(20));
    const c1 = xor5(lane(1), lane(6), lane(11), lane(16), lane(21));
    const c2 = xor5(lane(2), lane(7), lane(12), lane(17), lane(22));
    const c3 = xor5(lane(3), lane(8), lane(13), lane(18), lane(23));
    const c4 = xor5(lane(4), lane(9), lane(14), lane(19), lane(24));
    const d0 = v128.xor(c4, turn(c1, 1));
    const d1 = v128.xor(c0, turn(c2, 1));
    const d2 = v128.xor(c1, turn(c3, 1));
    const d3 = v128.xor(c2, turn(c4, 1));
    const d4 = v128.xor(c3, turn(c0, 1));
    const b0 = v128.xor(lane(0), d0);
    const b1 = turn(v128.xor(lane(6), d1), 44);
    const b2 = turn(v128.xor(lane(12), d2), 43);
    const b3 = turn(v128.xor(lane(18), d3), 21);
    const b4 = turn(v128.xor(lane(24), d4), 14);
    const b5 = turn(v128.xor(lane(3), d3), 28);
    const b6 = turn(v128.xor(lane(9), d4), 20);
    const b7 = turn(v128.xor(lane(10), d0), 3);
    const b8 = turn(v128.xor(lane(16), d1), 45);
    const b9 = turn(v128.xor(lane(22), d2), 61);
    const b10 = turn(v128.xor(lane(1), d1), 1);
    const b11 = turn(v128.xor(lane(7), d2), 6);
    const b12 = turn(v128.xor(lane(13), d3), 25);
    const b13 = turn(v128.xor(lane(19), d4), 8);
    const b14 = turn(v128.xor(lane(20), d0), 18);
    const b15 = turn(v128.xor(lane(4), d4), 27);
    const b16 = turn(v128.xor(lane(5), d0), 36);
    const b17 = turn(v128.xor(lane(11), d1), 10);
    const b18 = turn(v128.xor(lane(17), d2), 15);
    const b19 = turn(v128.xor(lane(23), d3), 56);
    const b20 = turn(v128.xor(lane(2), d2), 62);
    const b21 = turn(v128.xor(lane(8), d3), 55);
    const b22 = turn(v128.xor(lane(14), d4), 39);
    const b23 = turn(v128.xor(lane(15), d0), 41);
    const b24 = turn(v128.xor(lane(21), d1), 2);
    put(0, v128.xor(mix(b0, b1, b2), i64x2.splat(load<u64>(CONSTANTS + (round << 3)))));
    put(1, mix(b1, b2, b3));
    put(2, mix(b2, b3, b4));
    put(3, mix(b3, b4, b0));
    put(4, mix(b4, b0, b1));
    put(5, mix(b5, b6, b7));
    put(6, mix(b6, b7, b8));
    put(7, mix(b7, b8, b9));
    put(8, mix(b8, b9, b5));
    put(9, mix(b9, b5, b6));
    put(10, mix(b10, b11, b12));
    put(11, mix(b11, b12, b13));
    put(12, mix(b12, b13, b14));
    put(13, mix(b13, b14, b10));
    put(14, mix(b14, b10, b11));
    put(15, mix(b15, b16, b17));
    put(16, mix(b16, b17, b18));
    put(17, mix(b17, b18, b19));
    put(18, mix(b18, b19, b15));
    put(19, mix(b19, b15, b16));
    put(20, mix(b20, b21, b22));
    put(21, mix(b21, b22, b23));
    put(22, mix(b22, b23, b24));
    put(23, mix(b23, b24, b20));
    put(24, mix(b24, b20, b21));
  }
}

@inline function lane(i: usize): v128 {
  return v128.load(STATE + (i << 4));
}
@inline function put(i: usize, value: v128): void {
  v128.store(STATE + (i << 4), value);
}
@inline function xor5(a: v128, b: v128, c: v128, d: v128, e: v128): v128 {
  return v128.xor(v128.xor(v128.xor(a, b), v128.xor(c, d)), e);
}
@inline function turn(value: v128, bits: i32): v128 {
  return v128.or(i64x2.shl(value, bits), i64x2.shr_u(value, 64 - bits));
}
/** a ^ (~b & c). */
@inline function mix(a: v128, b: v128, c: v128): v128 {
  return v128.xor(a, v128.andnot(c, b));
}
