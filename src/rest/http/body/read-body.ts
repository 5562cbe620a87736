import { Readable } from 'node:stream';
import { groupedDigits } from '../../../../operators/settings/grouped-digits.js';
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
  /** Bytes to be read that the headers announce; null where they do not. */
  expected: number | null;
}

/** Reads the whole body. Limits and errors are those of `eachChunk`. */
export async function readBody(
  body: FetchResponse['body'],
  limits: ReadLimits,
): Promise<Uint8Array> {
  const gathered = new GatheredBody(limits.expected);
  const take = (chunk: Uint8Array): void => gathered.add(chunk);
  // To iterate over a stream of Node's takes three times as long as its events.
  if (body instanceof Readable) await flow(body, limits, take);
  else await eachChunk(body, limits, take);
  return gathered.bytes();
}

/**
 * Passes the body to `take` chunk by chunk, each when the one before was taken. The caller must
 * abort the request when this rejects, since a body read in part holds its connection for ever.
 *
 * Errors: PermanentFault for a body that is too large; Error for one that stalls, is cut, or cannot
 * be decompressed.
 */
export async function eachChunk(
  body: FetchResponse['body'],
  limits: ReadLimits,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const { stallMs, silence } = limits;
  const tally = new Tally(limits);
  try {
    silence.in(stallMs);
    for await (const piece of body ?? []) {
      silence.in(null);
      const taken = take(tally.count(piece));
      if (taken !== undefined) await taken;
      silence.in(stallMs);
    }
    tally.end();
  } finally {
    silence.in(null);
  }
}

/** As `eachChunk`, of a stream whose chunks are taken at once. */
function flow(
  body: Readable,
  limits: ReadLimits,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const { stallMs, silence } = limits;
  const tally = new Tally(limits);
  return new Promise<void>((resolve, reject) => {
    let isOver = false;
    const stop = (error: Error): void => {
      isOver = true;
      silence.in(null);
      reject(error);
    };
    const ifItFits = (work: () => void): void => {
      try {
        if (!isOver) work();
      } catch (error) {
        stop(error as Error);
      }
    };
    silence.in(stallMs);
    body.on('data', (piece: Uint8Array | string) =>
      ifItFits(() => {
        take(tally.count(piece));
        silence.in(stallMs);
      }),
    );
    body.on('end', () =>
      ifItFits(() => {
        tally.end();
        isOver = true;
        silence.in(null);
        resolve();
      }),
    );
    body.on('error', stop);
    // A stream that is closed before it ends may have no error.
    const onClose = (): void => {
      if (!isOver) stop(body.errored ?? new Error('the connection closed before the body ended'));
    };
    body.on('close', onClose);
    if (body.closed) onClose();
  });
}

/** Counts the bytes of a body against its limits. */
class Tally {
  readonly #limits: ReadLimits;
  #size = 0;

  /** PermanentFault for a body that announces more than it may have. */
  constructor(limits: ReadLimits) {
    this.#limits = limits;
    if ((limits.expected ?? 0) > limits.maxBytes) throw this.#tooLarge();
  }

  /** Returns the chunk as bytes. PermanentFault where it is one too many. */
  count(piece: Uint8Array | string): Uint8Array {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    this.#size += chunk.byteLength;
    if (this.#size > this.#limits.maxBytes) throw this.#tooLarge();
    return chunk;
  }

  /** Error for a body shorter than announced, which was cut on its way. */
  end(): void {
    const { expected } = this.#limits;
    if (expected !== null && this.#size < expected)
      throw new Error(`the body was cut: ${this.#size} of ${expected} bytes came`);
  }

  #tooLarge(): PermanentFault {
    const { maxBytes, whenLarger } = this.#limits;
    return new PermanentFault(
      `the body is larger than ${groupedDigits(maxBytes)} bytes; ${whenLarger}`,
    );
  }
}

/**
 * The size of the body as the headers announce it; null where they do not: of a HEAD they announce
 * that of the GET, and of a compressed body the compressed size.
 *
 * @param isDecoded whether codings are removed while it is read
 */
export function expectedBytes(
  method: string,
  { headers }: Pick<FetchResponse, 'headers'>,
  isDecoded: boolean,
): number | null {
  const announced = headers.get('content-length');
  const isKnown =
    announced !== null &&
    method !== 'HEAD' &&
    !(isDecoded && isCoded(headers.get('content-encoding')));
  return isKnown && Number.isFinite(Number(announced)) ? Number(announced) : null;
}
