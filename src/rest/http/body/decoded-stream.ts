import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { codingsIn, decoderFor, HEAD_BYTES } from './content-coding.js';
import { MOST_LAYERS, packingOf, unreadable } from './decoded-body.js';

/**
 * Removes the content codings of a body while it comes; see `decodedBody`. Returns null for an
 * empty body.
 *
 * Errors: PermanentFault for an unknown coding whose body is not text. The returned stream fails
 * where the body is cut short or broken.
 */
export async function decodedStream(
  body: Readable | null,
  codings: string,
): Promise<Readable | null> {
  let stream = body;
  for (const coding of codingsIn(codings).reverse()) {
    if (stream === null) return null;
    const { head, rest } = await peek(stream, HEAD_BYTES);
    if (head === null) return null;
    stream = rest;
    try {
      const decoder = decoderFor(coding, head);
      if (decoder !== null) stream = pipeline(stream, decoder.stream(head), () => undefined);
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }
  return stream;
}

/**
 * Decompresses a body while it comes that is compressed and says so only by how it begins; see
 * `unpacked`. Every other body is returned as it is.
 *
 * Errors: PermanentFault for archives. The returned stream fails where the body is cut or broken.
 */
export async function unpackedStream(
  body: Readable,
  layers: number = MOST_LAYERS,
): Promise<Readable> {
  const { head, rest } = await peek(body, HEAD_BYTES);
  const packing = head === null ? undefined : packingOf(head);
  if (head === null || packing === undefined || layers === 0) return rest;
  const { coding, unpack } = packing;
  if (unpack === null || coding === undefined) {
    rest.destroy();
    throw unreadable(packing);
  }
  const decoder = decoderFor(coding, head);
  return decoder === null
    ? rest
    : unpackedStream(
        pipeline(rest, decoder.stream(head), () => undefined),
        layers - 1,
      );
}

/** The first bytes of a stream, which `rest` has too; a null head for an empty stream. */
async function peek(
  stream: Readable,
  bytes: number,
): Promise<{ head: Buffer | null; rest: Readable }> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < bytes && !stream.readableEnded) {
    const chunk = stream.read() as Buffer | null;
    if (chunk === null) {
      await Promise.race([once(stream, 'readable'), once(stream, 'end'), once(stream, 'close')]);
      if (stream.destroyed && !stream.readableEnded)
        throw stream.errored ?? new Error('the body was cut');
      continue;
    }
    chunks.push(chunk);
    size += chunk.byteLength;
  }
  const head = size === 0 ? null : Buffer.concat(chunks);
  // A stream that has ended refuses `unshift`.
  if (stream.readableEnded) return { head, rest: Readable.from(head === null ? [] : [head]) };
  if (head !== null) stream.unshift(head);
  return { head, rest: stream };
}
