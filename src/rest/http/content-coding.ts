import { once } from 'node:events';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { PermanentFault } from './permanent-fault.js';

/** What servers are told that bodies may come in. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br';

/**
 * A body without its content codings (RFC 9110 §8.4): gzip, deflate (with and without zlib's
 * header, as servers differ), br, and several of them, in the order in which they were applied.
 * Null for an empty one.
 *
 * Errors: PermanentFault for a coding that is not known. A body that is cut short or broken makes
 * its stream fail.
 */
export async function decoded(body: Readable | null, codings: string): Promise<Readable | null> {
  let stream = body;
  for (const coding of codings
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .reverse()) {
    if (coding === '' || coding === 'identity' || stream === null) continue;
    const make = DECODERS[coding];
    if (make === undefined) {
      stream.destroy();
      throw new PermanentFault(
        `the body comes in the content encoding \`${coding}\`, which cannot be read; known are ${ACCEPTED_CODINGS}`,
      );
    }
    const first = await firstByte(stream);
    // Some say that they compressed what has no bytes at all.
    if (first === null) return null;
    stream = pipeline(stream, make(first), () => undefined);
  }
  return stream;
}

const DECODERS: Readonly<Partial<Record<string, (firstByte: number) => Transform>>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: (first) => ((first & 0x0f) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
};

/** The first byte of a stream, which stays in it; null for an empty one. */
async function firstByte(stream: Readable): Promise<number | null> {
  await Promise.race([once(stream, 'readable'), once(stream, 'end')]);
  const head = stream.read(1) as Buffer | null;
  if (head === null) return null;
  stream.unshift(head);
  return head[0] ?? null;
}
