const ROUNDS = 24;
const RATE = 168;
/** Bits that rho rotates each lane by, in the order of the lanes. */
const ROTATIONS = [
  0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
];
/** Where pi puts each lane. */
const PLACES = Array.from({ length: 25 }, (_, i) => {
  const x = i % 5;
  const y = (i - x) / 5;
  return y + 5 * ((2 * x + 3 * y) % 5);
});
const CONSTANTS = roundConstants();

/**
 * Returns the first `length` bytes (at most 168) of SHAKE-128 of a text's UTF-8 (FIPS 202 §6.2).
 * Written out here because operators stand on no platform's crypto. Lanes are two halves of 32 bits
 * each: BigInt would be a hundred times slower, and rows are hashed too.
 */
export function shake128(text: string, length: number): Uint8Array {
  const bytes = encoder.encode(text);
  const padded = new Uint8Array((Math.floor(bytes.length / RATE) + 1) * RATE);
  padded.set(bytes);
  padded[bytes.length] = 0x1f;
  padded[padded.length - 1] = (padded[padded.length - 1] as number) | 0x80;
  // The low half of a lane comes first.
  const state = new Int32Array(50);
  const words = new DataView(padded.buffer);
  for (let block = 0; block < padded.length; block += RATE) {
    for (let i = 0; i < RATE / 4; i += 1)
      state[i] = (state[i] as number) ^ words.getInt32(block + i * 4, true);
    permute(state);
  }
  const out = new DataView(new ArrayBuffer(RATE));
  for (let i = 0; i < RATE / 4; i += 1) out.setInt32(i * 4, state[i] as number, true);
  return new Uint8Array(out.buffer, 0, length);
}

const encoder = new TextEncoder();
const C = new Int32Array(10);
const B = new Int32Array(50);

/** Keccak-f[1600]: theta, rho and pi, chi, iota, 24 times. */
function permute(a: Int32Array): void {
  const at = (i: number): number => a[i] as number;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let i = 0; i < 10; i += 1)
      C[i] = at(i) ^ at(i + 10) ^ at(i + 20) ^ at(i + 30) ^ at(i + 40);
    for (let x = 0; x < 5; x += 1) {
      const left = ((x + 4) % 5) * 2;
      const right = ((x + 1) % 5) * 2;
      const [low, high] = [C[right] as number, C[right + 1] as number];
      const [dLow, dHigh] = [
        (C[left] as number) ^ ((low << 1) | (high >>> 31)),
        (C[left + 1] as number) ^ ((high << 1) | (low >>> 31)),
      ];
      for (let i = x * 2; i < 50; i += 10) {
        a[i] = at(i) ^ dLow;
        a[i + 1] = at(i + 1) ^ dHigh;
      }
    }
    for (let i = 0; i < 25; i += 1) rotateInto(i, at(i * 2), at(i * 2 + 1));
    for (let i = 0; i < 50; i += 1) {
      const row = i - (i % 10);
      const next = row + ((i - row + 2) % 10);
      const after = row + ((i - row + 4) % 10);
      a[i] = (B[i] as number) ^ (~(B[next] as number) & (B[after] as number));
    }
    a[0] = at(0) ^ (CONSTANTS[round * 2] as number);
    a[1] = at(1) ^ (CONSTANTS[round * 2 + 1] as number);
  }
}

/** Puts a lane rotated into its next place. */
function rotateInto(lane: number, low: number, high: number): void {
  const bits = ROTATIONS[lane] as number;
  const place = (PLACES[lane] as number) * 2;
  const by = bits & 31;
  const [one, other] = bits < 32 ? [low, high] : [high, low];
  // A shift by 32 bits shifts by none.
  B[place] = by === 0 ? one : (one << by) | (other >>> (32 - by));
  B[place + 1] = by === 0 ? other : (other << by) | (one >>> (32 - by));
}

/** The constants of iota come out of a shift register (FIPS 202, algorithm 5). */
function roundConstants(): Int32Array {
  let register = 1;
  const halves = new Int32Array(ROUNDS * 2);
  for (let round = 0; round < ROUNDS; round += 1)
    for (let j = 0; j < 7; j += 1) {
      const bit = (1 << j) - 1;
      if (register & 1) {
        const half = round * 2 + (bit >> 5);
        halves[half] = (halves[half] as number) ^ (1 << (bit & 31));
      }
      register = register & 0x80 ? (register << 1) ^ 0x171 : register << 1;
    }
  return halves;
}
