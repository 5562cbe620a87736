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
  return (await new BodyPieces(body, limits).upTo(Number.POSITIVE_INFINITY)) as Uint8Array;
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
  for await (const chunk of new BodyPieces(body, limits).rest()) {
    const taken = take(chunk);
    if (taken !== undefined) await taken;
  }
}

/**
 * A body that is read to memory as long as it is small, and else piece by piece. Limits and errors
 * are those of `eachChunk`.
 */
export class BodyPieces {
  readonly #body: FetchResponse['body'];
  readonly #limits: ReadLimits;
  readonly #tally: Tally;
  /** Made when it is needed, which it is not for a stream of Node's. */
  #chunks: AsyncGenerator<Uint8Array> | null = null;
  #gathered: GatheredBody | null = null;

  constructor(body: FetchResponse['body'], limits: ReadLimits) {
    this.#body = body;
    this.#limits = limits;
    this.#tally = new Tally(limits);
  }

  /** The whole body; null where it has more than `most` bytes, and `rest` has them all. */
  async upTo(most: number): Promise<Uint8Array | null> {
    const { expected } = this.#limits;
    if ((expected ?? 0) > most) return null;
    const gathered = (this.#gathered = new GatheredBody(expected));
    const take = (chunk: Uint8Array): boolean => {
      gathered.add(chunk);
      return gathered.size <= most;
    };
    // To iterate over a stream of Node's takes three times as long as its events.
    if (this.#body instanceof Readable) {
      if (!(await flow(this.#body, this.#limits, this.#tally, take))) return null;
    } else {
      const chunks = (this.#chunks ??= this.#each());
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
        if (!take(next.value)) return null;
    }
    return gathered.bytes();
  }

  /** All chunks, those among them that `upTo` has read. */
  async *rest(): AsyncGenerator<Uint8Array> {
    const gathered = this.#gathered;
    this.#gathered = null;
    if (gathered !== null) yield* gathered.chunks();
    yield* (this.#chunks ??= this.#each());
  }

  async *#each(): AsyncGenerator<Uint8Array> {
    const { stallMs, silence } = this.#limits;
    try {
      silence.in(stallMs);
      for await (const piece of this.#body ?? []) {
        silence.in(null);
        yield this.#tally.count(piece);
        silence.in(stallMs);
      }
      this.#tally.end();
    } finally {
      silence.in(null);
    }
  }
}

/**
 * As `eachChunk`, of a stream whose chunks are taken at once: until the end of the body (true), or
 * until one is the last that is wanted now (false).
 */
function flow(
  body: Readable,
  { stallMs, silence }: ReadLimits,
  tally: Tally,
  take: (chunk: Uint8Array) => boolean,
): Promise<boolean> {
  return new Promise<boolean>((resolve, reject) => {
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
    const end = (isWhole: boolean): void => {
      isOver = true;
      silence.in(null);
      resolve(isWhole);
    };
    const onData = (piece: Uint8Array | string): void =>
      ifItFits(() => {
        if (take(tally.count(piece))) {
          silence.in(stallMs);
          return;
        }
        // Its listener for errors stays: one may come before the rest is read.
        body.off('data', onData);
        body.pause();
        end(false);
      });
    silence.in(stallMs);
    body.on('data', onData);
    body.on('end', () =>
      ifItFits(() => {
        tally.end();
        end(true);
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
    if ((limits.expected ?? 0) > limits.maxBytes) throw tooLarge(limits);
  }

  /** Returns the chunk as bytes. PermanentFault where it is one too many. */
  count(piece: Uint8Array | string): Uint8Array {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    this.#size += chunk.byteLength;
    if (this.#size > this.#limits.maxBytes) throw tooLarge(this.#limits);
    return chunk;
  }

  /** Error for a body shorter than announced, which was cut on its way. */
  end(): void {
    const { expected } = this.#limits;
    if (expected !== null && this.#size < expected)
      throw new Error(`the body was cut: ${this.#size} of ${expected} bytes came`);
  }
}

/** The error of a body that is larger than it may be. */
export function tooLarge({
  maxBytes,
  whenLarger,
}: Pick<ReadLimits, 'maxBytes' | 'whenLarger'>): PermanentFault {
  return new PermanentFault(
    `the body is larger than ${groupedDigits(maxBytes)} bytes; ${whenLarger}`,
  );
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
