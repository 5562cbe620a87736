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
/** 25 lanes of 64 bits. */
const STATE: usize = memory.data(200, 16);

/**
 * Writes the id of each of `count` texts to `to`, one behind the other: the first ends where the
 * first word at `ends` says, counted from `text`, and the next one begins there.
 */
export function hashIds(text: usize, ends: usize, count: usize, to: usize): void {
  let at = text;
  for (let i: usize = 0; i < count; i++, to += HASH_ID_LENGTH) {
    const end = text + <usize>load<u32>(ends + (i << 2));
    writeHashId(at, end - at, to);
    at = end;
  }
}

/** Writes the id of a text of `length` bytes to `to`. */
export function writeHashId(text: usize, length: usize, to: usize): void {
  hash(text, length);
  writeId(to);
}

/** Leaves the hash of `length` bytes at the begin of the state. */
function hash(at: usize, length: usize): void {
  memory.fill(STATE, 0, 200);
  for (; length >= RATE; length -= RATE, at += RATE) {
    for (let i: usize = 0; i < RATE; i += 8)
      store<u64>(STATE + i, load<u64>(STATE + i) ^ load<u64>(at + i));
    permute();
  }
  let i: usize = 0;
  for (; i + 8 <= length; i += 8)
    store<u64>(STATE + i, load<u64>(STATE + i) ^ load<u64>(at + i));
  for (; i < length; i++) store<u8>(STATE + i, load<u8>(STATE + i) ^ load<u8>(at + i));
  store<u8>(STATE + length, load<u8>(STATE + length) ^ 0x1f);
  store<u8>(STATE + RATE - 1, load<u8>(STATE + RATE - 1) ^ 0x80);
  permute();
}

function writeId(to: usize): void {
  for (let bit: i32 = 0; bit < HASH_BITS; bit += 6, to++) {
    const from = STATE + (bit >> 3);
    // Past the hash base64 has zero bits.
    const next: u32 = bit + 8 < HASH_BITS ? load<u8>(from, 1) : 0;
    const two = ((<u32>load<u8>(from)) << 8) | next;
    store<u8>(to, load<u8>(DIGITS + ((two >> (10 - (bit & 7))) & 63)));
  }
}

/** Keccak-f[1600]: theta, rho and pi, chi, iota, 24 times (FIPS 202 §3.3). */
function permute(): void {
  for (let round: usize = 0; round < ROUNDS; round++) {
    const c0 = lane(0) ^ lane(5) ^ lane(10) ^ lane(15) ^ lane(20);
    const c1 = lane(1) ^ lane(6) ^ lane(11) ^ lane(16) ^ lane(21);
    const c2 = lane(2) ^ lane(7) ^ lane(12) ^ lane(17) ^ lane(22);
    const c3 = lane(3) ^ lane(8) ^ lane(13) ^ lane(18) ^ lane(23);
    const c4 = lane(4) ^ lane(9) ^ lane(14) ^ lane(19) ^ lane(24);
    const d0 = c4 ^ rotl<u64>(c1, 1);
    const d1 = c0 ^ rotl<u64>(c2, 1);
    const d2 = c1 ^ rotl<u64>(c3, 1);
    const d3 = c2 ^ rotl<u64>(c4, 1);
    const d4 = c3 ^ rotl<u64>(c0, 1);
    const b0 = lane(0) ^ d0;
    const b1 = rotl<u64>(lane(6) ^ d1, 44);
    const b2 = rotl<u64>(lane(12) ^ d2, 43);
    const b3 = rotl<u64>(lane(18) ^ d3, 21);
    const b4 = rotl<u64>(lane(24) ^ d4, 14);
    const b5 = rotl<u64>(lane(3) ^ d3, 28);
    const b6 = rotl<u64>(lane(9) ^ d4, 20);
    const b7 = rotl<u64>(lane(10) ^ d0, 3);
    const b8 = rotl<u64>(lane(16) ^ d1, 45);
    const b9 = rotl<u64>(lane(22) ^ d2, 61);
    const b10 = rotl<u64>(lane(1) ^ d1, 1);
    const b11 = rotl<u64>(lane(7) ^ d2, 6);
    const b12 = rotl<u64>(lane(13) ^ d3, 25);
    const b13 = rotl<u64>(lane(19) ^ d4, 8);
    const b14 = rotl<u64>(lane(20) ^ d0, 18);
    const b15 = rotl<u64>(lane(4) ^ d4, 27);
    const b16 = rotl<u64>(lane(5) ^ d0, 36);
    const b17 = rotl<u64>(lane(11) ^ d1, 10);
    const b18 = rotl<u64>(lane(17) ^ d2, 15);
    const b19 = rotl<u64>(lane(23) ^ d3, 56);
    const b20 = rotl<u64>(lane(2) ^ d2, 62);
    const b21 = rotl<u64>(lane(8) ^ d3, 55);
    const b22 = rotl<u64>(lane(14) ^ d4, 39);
    const b23 = rotl<u64>(lane(15) ^ d0, 41);
    const b24 = rotl<u64>(lane(21) ^ d1, 2);
    put(0, b0 ^ (~b1 & b2) ^ load<u64>(CONSTANTS + (round << 3)));
    put(1, b1 ^ (~b2 & b3));
    put(2, b2 ^ (~b3 & b4));
    put(3, b3 ^ (~b4 & b0));
    put(4, b4 ^ (~b0 & b1));
    put(5, b5 ^ (~b6 & b7));
    put(6, b6 ^ (~b7 & b8));
    put(7, b7 ^ (~b8 & b9));
    put(8, b8 ^ (~b9 & b5));
    put(9, b9 ^ (~b5 & b6));
    put(10, b10 ^ (~b11 & b12));
    put(11, b11 ^ (~b12 & b13));
    put(12, b12 ^ (~b13 & b14));
    put(13, b13 ^ (~b14 & b10));
    put(14, b14 ^ (~b10 & b11));
    put(15, b15 ^ (~b16 & b17));
    put(16, b16 ^ (~b17 & b18));
    put(17, b17 ^ (~b18 & b19));
    put(18, b18 ^ (~b19 & b15));
    put(19, b19 ^ (~b15 & b16));
    put(20, b20 ^ (~b21 & b22));
    put(21, b21 ^ (~b22 & b23));
    put(22, b22 ^ (~b23 & b24));
    put(23, b23 ^ (~b24 & b20));
    put(24, b24 ^ (~b20 & b21));
  }
}

@inline function lane(i: usize): u64 {
  return load<u64>(STATE + (i << 3));
}
@inline function put(i: usize, value: u64): void {
  store<u64>(STATE + (i << 3), value);
}
