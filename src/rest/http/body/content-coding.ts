import { once } from 'node:events';
import { pipeline, Readable, type Transform } from 'node:stream';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { PermanentFault } from '../http-errors.js';
import { decoderOf } from './charset.js';

/** Codings that a request accepts. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br';

/**
 * Removes the content codings of a body (RFC 9110 §8.4): gzip, deflate (with and without zlib's
 * header, as servers differ), br, zstd where Node has it (22.15 and later), and several of them, in
 * the order in which they were applied. Names that are no codings (`utf-8`, `none`, `binary`,
 * `aws-chunked` …) leave the body as it is; so does a coding that was announced and not applied.
 * Returns null for an empty body.
 *
 * Errors: PermanentFault for an unknown coding whose body is not text. The returned stream fails
 * where the body is cut short or broken.
 */
export async function decoded(body: Readable | null, codings: string): Promise<Readable | null> {
  let stream = body;
  for (const coding of namesIn(codings).reverse()) {
    if (stream === null) return null;
    const { head, rest } = await peek(stream, HEAD_BYTES);
    if (head === null) return null;
    stream = rest;
    const decoder = DECODERS[coding];
    if (decoder === undefined ? isText(head) : decoder.isAbsent(head)) continue;
    if (decoder === undefined) {
      stream.destroy();
      throw new PermanentFault(
        `the body has the content encoding \`${coding}\`, which cannot be read; known are ${ACCEPTED_CODINGS}${coding === 'zstd' ? ', and zstd on Node 22.15 or later' : ''}`,
      );
    }
    stream = pipeline(stream, decoder.make(head), () => undefined);
  }
  return stream;
}

/** True for a `Content-Encoding` that names a coding which changes the bytes. */
export function isCoded(codings: string | null): boolean {
  return codings !== null && namesIn(codings).length > 0;
}

/**
 * Decompresses a body that is compressed and says so only by how it begins (gzip, zlib, zstd);
 * files that are stored compressed are often served this way. Every other body is returned as it
 * is, without a copy.
 *
 * Errors: PermanentFault for a body that begins like a compressed one and cannot be decompressed,
 * for one that is larger than `maxBytes` then, and for archives (zip, bzip2, xz).
 */
export async function unpacked(body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  let bytes = body;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const found = packingOf(bytes);
    if (found === undefined) return bytes;
    const { name, unpack, isSure } = found;
    if (unpack === null)
      throw new PermanentFault(
        `the body is ${name}, which cannot be read here; \`format: 'file'\` saves it as it is`,
      );
    try {
      bytes = await unpack(bytes, { maxOutputLength: maxBytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        throw new PermanentFault(
          `the body is larger than ${maxBytes.toLocaleString('en-US')} bytes when decompressed; request smaller pages, or raise \`maxBytes\``,
        );
      if (!isSure) return bytes;
      const fault = error as Error;
      fault.message = `the body begins like ${name} and cannot be decompressed: ${fault.message}`;
      throw fault;
    }
  }
  return bytes;
}

/** True for a body that begins like a compressed one. */
export function isPacked(body: Uint8Array): boolean {
  return packingOf(body) !== undefined;
}

function packingOf(body: Uint8Array): (typeof MAGIC)[number] | undefined {
  return MAGIC.find(({ magic }) => magic.every((byte, i) => body[i] === byte));
}

/**
 * A compressed file in a compressed transfer has two layers; a decompression bomb may have more.
 */
const MOST_LAYERS = 3;
/** So many compressed bytes are never all printable. */
const HEAD_BYTES = 32;

interface Decoder {
  /** True for the beginning of a body that was not compressed after all. */
  isAbsent: (head: Buffer) => boolean;
  make: (head: Buffer) => Transform;
}

const gzip: Decoder = {
  isAbsent: ([first]) => first !== 0x1f,
  make: () => zlib.createGunzip(),
};
const DECODERS: Readonly<Partial<Record<string, Decoder>>> = {
  gzip,
  'x-gzip': gzip,
  deflate: {
    isAbsent: isText,
    make: ([first = 0]) => ((first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()),
  },
  br: { isAbsent: isText, make: () => zlib.createBrotliDecompress() },
  ...zstdDecoder(),
};

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;
const gunzip = promisify(zlib.gunzip) as Unpack;
const inflate = promisify(zlib.inflate) as Unpack;

/** How compressed bodies begin. Text may begin like zlib (`x^`), but hardly like the others. */
const MAGIC: readonly {
  name: string;
  magic: readonly number[];
  isSure: boolean;
  unpack: Unpack | null;
}[] = [
  { name: 'gzip', magic: [0x1f, 0x8b, 0x08], isSure: true, unpack: gunzip },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({
    name: 'zlib',
    magic: [0x78, level],
    isSure: false,
    unpack: inflate,
  })),
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], isSure: true, unpack: unzstd() },
  { name: 'a zip archive', magic: [0x50, 0x4b, 0x03, 0x04], isSure: true, unpack: null },
  {
    name: 'compressed with bzip2',
    magic: [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26],
    isSure: true,
    unpack: null,
  },
  {
    name: 'compressed with xz',
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    isSure: true,
    unpack: null,
  },
];

/** Node has zstd from 22.15 on; its types here are older. */
type Zstd = { createZstdDecompress?: () => Transform; zstdDecompress?: typeof zlib.gunzip };

function zstdDecoder(): Partial<Record<string, Decoder>> {
  const { createZstdDecompress: make } = zlib as Zstd;
  return make === undefined
    ? {}
    : { zstd: { isAbsent: ([first]) => first !== 0x28, make: () => make() } };
}

function unzstd(): Unpack | null {
  const { zstdDecompress } = zlib as Zstd;
  return zstdDecompress === undefined ? null : promisify(zstdDecompress);
}

/** The real codings of a header, in the order in which they were applied. */
function namesIn(codings: string): string[] {
  return codings
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !NO_CODINGS.has(one) && decoderOf(one) === null);
}

/** Names that services send for no coding. S3 keeps `aws-chunked` from an upload. */
const NO_CODINGS: ReadonlySet<string> = new Set([
  'identity',
  'none',
  'null',
  'binary',
  '7bit',
  '8bit',
  'chunked',
  'aws-chunked',
  'utf-32',
]);

/** True for bytes that begin like JSON, markup or a word, and have no control characters. */
function isText(head: Buffer): boolean {
  const [first = 0] = head.toString('latin1').trimStart();
  return (
    /[[{"<\w-]/.test(String(first)) &&
    head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
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
