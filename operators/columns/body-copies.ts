/**
 * Writes bytes of response bodies to memory outside the kernel's. Every such write goes through
 * here, so that a test can hold a load to one write of each byte.
 */
export const bodyCopies = {
  /** Bytes written since the process began. */
  bytes: 0,

  /** Copies a part of a body to `into`, from byte `at` on. */
  write(into: Uint8Array, part: Uint8Array, at: number): void {
    into.set(part, at);
    this.bytes += part.byteLength;
  },

  /** Counts a body that was written as a whole in another form, and returns it. */
  made(body: Uint8Array): Uint8Array {
    this.bytes += body.byteLength;
    return body;
  },
};
