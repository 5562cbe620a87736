/** Bits that grow at their end, least significant first, as Arrow lays them out. */
export interface BitBuffer {
  /** Adds `count` bits of `source`, from its bit `from` on. */
  append(source: Uint8Array, from: number, count: number): void;
  /** Adds `count` bits that are 1. */
  appendOnes(count: number): void;
  /** The bits so far, those behind the last one 0; begins anew. */
  finish(): Uint8Array;
}

export function bitBuffer(): BitBuffer {
  let bytes = new Uint8Array(512);
  let length = 0;
  const reserve = (count: number): void => {
    // One byte more, which a shifted last byte may reach into.
    const needed = ((length + count + 7) >> 3) + 1;
    if (needed <= bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, bytes.length * 2));
    grown.set(bytes);
    bytes = grown;
  };
  /** Puts `byteAt(i)`, eight bits each, behind what is there. */
  const put = (byteAt: (i: number) => number, count: number): void => {
    reserve(count);
    const shift = length & 7;
    const last = (count + 7) >> 3;
    for (let i = 0, at = length >> 3; i < last; i += 1, at += 1) {
      const used = i === last - 1 ? count - i * 8 : 8;
      const byte = byteAt(i) & ((1 << used) - 1);
      bytes[at] = (bytes[at] as number) | ((byte << shift) & 0xff);
      if (shift > 0) bytes[at + 1] = byte >> (8 - shift);
    }
    length += count;
  };
  return {
    append(source, from, count) {
      const first = from >> 3;
      const shift = from & 7;
      put(
        (i) =>
          ((source[first + i] as number) >> shift) |
          (shift > 0 ? ((source[first + i + 1] ?? 0) << (8 - shift)) & 0xff : 0),
        count,
      );
    },
    appendOnes: (count) => put(() => 0xff, count),
    finish() {
      const whole = bytes.subarray(0, (length + 7) >> 3);
      bytes = new Uint8Array(bytes.length);
      length = 0;
      return whole;
    },
  };
}
