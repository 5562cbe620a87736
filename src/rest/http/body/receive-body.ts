import { isAscii } from 'node:buffer';
import { Readable } from 'node:stream';
import type { WireResponse } from '../transport/own-fetch.js';
import { BodyFile } from './body-file.js';
import { otherCharset, toUtf8 } from './charset.js';
import { BodyTooLarge, decodedBody, isPacked, unpacked } from './decoded-body.js';
import { decodedStream, unpackedStream } from './decoded-stream.js';
import { BodyPieces, type ReadLimits, tooLarge } from './read-body.js';
import { piecesOf, rewrittenFile } from './rewritten-file.js';

/**
 * Receives a body: to memory, decompressed, or to a file where it is too large for memory, while it
 * comes. A body in a file is decompressed and in UTF-8.
 *
 * Errors: those of `readBody`, `decodedBody` and `unpacked`, of `inUtf8` for one in a file, and of
 * `BodyFile`. Nothing of a body that fails is left.
 *
 * @param memoryBytes bytes of a body, as it is sent or decompressed, above which it goes to a file
 * @param check throws where nobody wants the body any more
 */
export async function receiveBody(
  { body, codings, headers }: WireResponse,
  limits: ReadLimits,
  memoryBytes: number,
  check: () => void,
): Promise<Uint8Array | BodyFile> {
  const pieces = new BodyPieces(body, limits);
  const sent = await pieces.upTo(memoryBytes);
  const contentType = headers.get('content-type');
  if (sent === null) return toFile(pieces.rest(), codings, limits, { contentType, check });
  const most = Math.min(limits.maxBytes, memoryBytes);
  try {
    const plain = codings === null ? sent : await decodedBody(sent, codings, most);
    return isPacked(plain) ? await unpacked(plain, most) : plain;
  } catch (error) {
    if (!(error instanceof BodyTooLarge) || most === limits.maxBytes) throw error;
    return toFile([sent], codings, limits, { contentType, check });
  }
}

async function toFile(
  sent: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  codings: string | null,
  limits: ReadLimits,
  { contentType, check }: { contentType: string | null; check: () => void },
): Promise<BodyFile> {
  const file = await BodyFile.make();
  try {
    const stream = Readable.from(sent, { objectMode: false });
    const decoded = codings === null ? stream : await decodedStream(stream, codings);
    let isPlain = true;
    for await (const piece of decoded === null ? [] : await unpackedStream(decoded)) {
      // Those that were in memory come whatever happens to the request.
      check();
      const bytes = piece as Uint8Array;
      if (file.size + bytes.byteLength > limits.maxBytes) throw tooLarge(limits);
      isPlain &&= isAscii(bytes);
      await file.add(bytes);
    }
    await file.flush();
    const head = await file.read(0, Math.min(file.size, 4));
    if (otherCharset(head, contentType) === null) return file;
    const isUtf8 = isPlain || (await isInUtf8(file, check));
    const change = toUtf8(head, contentType, { isAscii: () => isPlain, isUtf8: () => isUtf8 });
    return change === null ? file : await rewrittenFile(file, change, check);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Whether a file is valid UTF-8. */
async function isInUtf8(file: BodyFile, check: () => void): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const [piece, isLast] of piecesOf(file, check))
    try {
      decoder.decode(piece, { stream: !isLast });
    } catch {
      return false;
    }
  return true;
}

/** Bytes of a body in a file that stand for it in errors. */
const HEAD_BYTES = 64 * 1024;

/** The beginning of a body in a file. */
export function headOf(file: BodyFile): Promise<Uint8Array> {
  return file.read(0, Math.min(file.size, HEAD_BYTES));
}
