import type { Deadline } from '../../../signals/deadlines.js';
import { PermanentFault } from '../http-errors.js';
import type { FetchResponse } from '../transport/own-fetch.js';
import { isCoded } from './content-coding.js';
import { GatheredBody } from './gathered-body.js';

/** How large a body may be, and how long it may stand still. */
export interface ReadLimits {
  /** Bytes, decompressed. */
  maxBytes: number;
  /** What the error says to do where there are more. */
  whenLarger: string;
  /** Milliseconds without a byte, after which `silence` passes; null: no limit. */
  stallMs: number | null;
  /** Its `stop` must abort the request, which makes reading fail. */
  silence: Deadline;
  /** Bytes that the headers announce; null where they do not. */
  expected: number | null;
}

/** Reads the whole body. Limits and errors are those of `eachChunk`. */
export async function readBody(response: FetchResponse, limits: ReadLimits): Promise<Uint8Array> {
  const body = new GatheredBody(limits.expected);
  await eachChunk(response, limits, (chunk) => body.add(chunk));
  return body.bytes();
}

/**
 * Passes the body to `take` chunk by chunk, each when the one before was taken. The caller must
 * abort the request when this rejects, since a body read in part holds its connection for ever.
 *
 * Errors: PermanentFault for a body that is too large; Error for one that stalls, is cut, or cannot
 * be decompressed.
 */
export async function eachChunk(
  { body }: FetchResponse,
  { maxBytes, whenLarger, stallMs, silence, expected }: ReadLimits,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  // Made only when it is thrown: an error takes a stack, and there is a body for each request.
  const tooLarge = (): PermanentFault =>
    new PermanentFault(
      `the body is larger than ${maxBytes.toLocaleString('en-US')} bytes; ${whenLarger}`,
    );
  let size = 0;
  try {
    if ((expected ?? 0) > maxBytes) throw tooLarge();
    silence.in(stallMs);
    for await (const piece of body ?? []) {
      silence.in(null);
      const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge();
      const taken = take(chunk);
      if (taken !== undefined) await taken;
      silence.in(stallMs);
    }
    // A body shorter than announced was cut on its way.
    if (expected !== null && size < expected)
      throw new Error(`the body was cut: ${size} of ${expected} bytes came`);
  } finally {
    silence.in(null);
  }
}

/**
 * The size of the decoded body as the headers announce it; null where they do not: of a compressed
 * body they announce the compressed size, of a HEAD that of the GET.
 */
export function expectedBytes(method: string, { headers }: FetchResponse): number | null {
  const announced = headers.get('content-length');
  const isKnown =
    announced !== null && !isCoded(headers.get('content-encoding')) && method !== 'HEAD';
  return isKnown && Number.isFinite(Number(announced)) ? Number(announced) : null;
}
