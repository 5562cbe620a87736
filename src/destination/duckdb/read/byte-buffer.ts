/** Bytes that grow at their end. */
export interface ByteBuffer {
  readonly length: number;
  /** Room for `count` bytes more, which count as written. */
  take(count: number): Uint8Array;
  /** The bytes so far, at the start of a buffer of their own. */
  bytes(): Uint8Array;
}

export function byteBuffer(capacity = 16_384): ByteBuffer {
  let bytes = new Uint8Array(capacity);
  let length = 0;
  return {
    get length() {
      return length;
    },
    take(count) {
      if (length + count > bytes.length) {
        const grown = new Uint8Array(Math.max(length + count, bytes.length * 2));
        grown.set(bytes.subarray(0, length));
        bytes = grown;
      }
      length += count;
      return bytes.subarray(length - count, length);
    },
    bytes: () => bytes.subarray(0, length),
  };
}
