/** Bytes that grow at their end. */
export interface ByteBuffer {
  /** Room for `count` bytes more, which count as written. */
  take(count: number): Uint8Array;
  /**
   * The bytes so far, at the start of a buffer of their own; begins anew, with room for as many.
   */
  finish(): Uint8Array;
}

export function byteBuffer(): ByteBuffer {
  let bytes = new Uint8Array(16_384);
  let length = 0;
  return {
    take(count) {
      if (length + count > bytes.length) {
        const grown = new Uint8Array(Math.max(length + count, bytes.length * 2));
        grown.set(bytes.subarray(0, length));
        bytes = grown;
      }
      length += count;
      return bytes.subarray(length - count, length);
    },
    finish() {
      const whole = bytes.subarray(0, length);
      bytes = new Uint8Array(length);
      length = 0;
      return whole;
    },
  };
}
