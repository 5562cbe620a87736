const ROUNDS = 24;
const RATE = 168;
const ROTATIONS = [
  1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
];
const LANES = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
];
const MASK = (1n << 64n) - 1n;
const CONSTANTS = roundConstants();

/**
 * Returns the first `length` bytes (at most 168) of SHAKE-128 of a text's UTF-8 (FIPS 202 §6.2).
 * Written out here because names are made distinct by it and operators stand on no platform's
 * crypto; it hashes a name once, so it may be slow.
 */
export function shake128(text: string, length: number): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array((Math.floor(bytes.length / RATE) + 1) * RATE);
  padded.set(bytes);
  padded[bytes.length] = 0x1f;
  padded[padded.length - 1] = (padded[padded.length - 1] as number) | 0x80;
  const state = new Array<bigint>(25).fill(0n);
  const words = new DataView(padded.buffer);
  for (let block = 0; block < padded.length; block += RATE) {
    for (let i = 0; i < RATE / 8; i += 1)
      state[i] = (state[i] as bigint) ^ words.getBigUint64(block + i * 8, true);
    permute(state);
  }
  const out = new DataView(new ArrayBuffer(RATE));
  for (let i = 0; i < RATE / 8; i += 1) out.setBigUint64(i * 8, state[i] as bigint, true);
  return new Uint8Array(out.buffer, 0, length);
}

function rotate(value: bigint, bits: number): bigint {
  return ((value << BigInt(bits)) | (value >> BigInt(64 - bits))) & MASK;
}

/** Keccak-f[1600]: theta, rho and pi, chi, iota, 24 times. */
function permute(a: bigint[]): void {
  const at = (i: number): bigint => a[i] as bigint;
  for (let round = 0; round < ROUNDS; round += 1) {
    const c = [0, 1, 2, 3, 4].map((x) => at(x) ^ at(x + 5) ^ at(x + 10) ^ at(x + 15) ^ at(x + 20));
    const d = [0, 1, 2, 3, 4].map(
      (x) => (c[(x + 4) % 5] as bigint) ^ rotate(c[(x + 1) % 5] as bigint, 1),
    );
    for (let i = 0; i < 25; i += 1) a[i] = at(i) ^ (d[i % 5] as bigint);
    const b = [...a];
    for (const i of LANES) {
      const x = i % 5;
      const y = (i - x) / 5;
      b[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(at(i), ROTATIONS[i - 1] as number);
    }
    for (let i = 0; i < 25; i += 1) {
      const row = i - (i % 5);
      a[i] =
        (b[i] as bigint) ^
        (~(b[row + ((i + 1) % 5)] as bigint) & MASK & (b[row + ((i + 2) % 5)] as bigint));
    }
    a[0] = at(0) ^ (CONSTANTS[round] as bigint);
  }
}

/** The constants of iota come out of a shift register (FIPS 202, algorithm 5). */
function roundConstants(): bigint[] {
  let register = 1;
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n;
    for (let j = 0; j < 7; j += 1) {
      if (register & 1) constant |= 1n << ((1n << BigInt(j)) - 1n);
      register = register & 0x80 ? (register << 1) ^ 0x171 : register << 1;
    }
    return constant;
  });
}
