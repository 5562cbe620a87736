import { bodyCopies } from '../../../../operators/columns/body-copies.js';

/** Most bytes that are allocated because a server announces them. */
const TRUSTED_BYTES = 16 * 1024 * 1024;

/**
 * A body while it is read. Each byte is copied once: to its place where the length is announced,
 * else when all have come. Its buffer is as large as the body, since many may wait at once.
 */
export class GatheredBody {
  readonly #buffer: Uint8Array | null;
  /** Chunks that have no place in the buffer. */
  readonly #rest: Uint8Array[] = [];
  #size = 0;

  /** @param expected the announced length; null for none */
  constructor(expected: number | null) {
    this.#buffer = expected === null || expected > TRUSTED_BYTES ? null : uncleared(expected);
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  add(chunk: Uint8Array): void {
    const at = this.#size;
    this.#size += chunk.byteLength;
    if (this.#buffer !== null && this.#size <= this.#buffer.length)
      bodyCopies.write(this.#buffer, chunk, at);
    else this.#rest.push(chunk);
  }

  /** What was added, in pieces. */
  chunks(): Uint8Array[] {
    const rest = this.#rest.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const inBuffer = this.#buffer?.subarray(0, this.#size - rest);
    return inBuffer === undefined ? [...this.#rest] : [inBuffer, ...this.#rest];
  }

  /** The body. Nothing may be added after. */
  bytes(): Uint8Array {
    const buffer = this.#buffer;
    if (buffer !== null && buffer.length === this.#size) return buffer;
    const whole = uncleared(this.#size);
    const rest = this.#rest.reduce((sum, { byteLength }) => sum + byteLength, 0);
    let at = this.#size - rest;
    if (buffer !== null && at > 0) bodyCopies.write(whole, buffer.subarray(0, at), 0);
    for (const chunk of this.#rest) {
      bodyCopies.write(whole, chunk, at);
      at += chunk.byteLength;
    }
    return whole;
  }
}

/** Bytes that the system need not have cleared: every one of them is written. */
function uncleared(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
