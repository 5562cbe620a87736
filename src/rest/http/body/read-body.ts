import { PermanentFault } from '../http-errors.js';
import type { FetchResponse } from '../transport/own-fetch.js';
import { isCoded } from './content-coding.js';

export interface ReadLimits {
  /** Bytes, decompressed. */
  maxBytes: number;
  /** What to do where there are more. */
  whenLarger: string;
  /** Milliseconds without a byte. */
  stallMs: number | null;
  /** Bytes that the body is to have; null where that is not known. */
  expected: number | null;
}

/** The whole body. Limits, `stop` and errors are those of `eachChunk`. */
export async function readBody(
  answer: FetchResponse,
  limits: ReadLimits,
  stop: (reason: Error) => void,
): Promise<Uint8Array> {
  const body = new GrowingBody(Math.min(limits.expected ?? 0, TRUSTED_BYTES));
  await eachChunk(answer, limits, stop, (chunk) => body.add(chunk));
  return body.bytes();
}

/**
 * Hands the body on chunk by chunk, as fast as `take` takes them. `stop` is to end the request,
 * which makes reading fail; so is it to be ended when this fails, since a body left half-read would
 * hold its connection for ever.
 *
 * Errors: PermanentFault for a body that is too large; one that falls silent, is cut, or cannot be
 * decompressed.
 */
export async function eachChunk(
  { body }: FetchResponse,
  { maxBytes, whenLarger, stallMs, expected }: ReadLimits,
  stop: (reason: Error) => void,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const tooLarge = new PermanentFault(
    `the body is larger than ${maxBytes.toLocaleString('en-US')} bytes; ${whenLarger}`,
  );
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    if ((expected ?? 0) > maxBytes) throw tooLarge;
    timer = stallTimer(stallMs, stop);
    for await (const piece of body ?? []) {
      clearTimeout(timer);
      const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge;
      await take(chunk);
      timer = stallTimer(stallMs, stop);
    }
    // A body shorter than it was announced was cut on its way.
    if (expected !== null && size < expected)
      throw new Error(`the body was cut: ${size} of ${expected} bytes came`);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Bytes that the body is to have, as the headers tell; null where they do not: a compressed body is
 * announced in its compressed length, HEAD's in that of GET.
 */
export function expectedBytes(method: string, { headers }: FetchResponse): number | null {
  const announced = headers.get('content-length');
  const told = announced !== null && !isCoded(headers.get('content-encoding')) && method !== 'HEAD';
  return told && Number.isFinite(Number(announced)) ? Number(announced) : null;
}

/** Most bytes that are taken on a server's word, before any of them is there. */
const TRUSTED_BYTES = 16 * 1024 * 1024;

/** A body up to this size gets a buffer of its exact size, in bytes. */
const SMALL_BYTES = 64 * 1024;

/**
 * A body as it comes in: written to its place at once where its length is known, so that it is
 * copied once. Small ones take no more memory than they have bytes, since many may wait at once.
 */
class GrowingBody {
  #buffer: Uint8Array;
  #size = 0;

  constructor(expected: number) {
    this.#buffer = new Uint8Array(expected);
  }

  add(chunk: Uint8Array): void {
    const size = this.#size + chunk.byteLength;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#size);
    this.#size = size;
  }

  bytes(): Uint8Array {
    const isExact = this.#size === this.#buffer.length || this.#size > SMALL_BYTES;
    return isExact ? this.#buffer.subarray(0, this.#size) : this.#buffer.slice(0, this.#size);
  }
}

/** Calls `stop` after so many milliseconds, unless it is cleared before; null: never. */
export function stallTimer(
  ms: number | null,
  stop: (reason: Error) => void,
): NodeJS.Timeout | undefined {
  return ms === null
    ? undefined
    : setTimeout(() => stop(new Error(`no byte came for ${ms / 1000} s`)), ms);
}
