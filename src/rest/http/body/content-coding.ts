import zlib from 'node:zlib';
import { PermanentFault } from '../http-errors.js';
import { decoderOf } from './charset.js';
import { type Unpack, unpackers } from './unpackers.js';

/** Codings that a request accepts. */
export const ACCEPTED_CODINGS = 'gzip, deflate, br';

/** How one coding is removed. */
interface Decoder {
  /** True for the beginning of a body that was not compressed after all. */
  isAbsent: (head: Uint8Array) => boolean;
  /** A stream for bodies that begin so. */
  stream: (head: Uint8Array) => zlib.Gunzip;
  /** For whole bodies that begin so. */
  whole: (head: Uint8Array) => Unpack;
}

/** So many compressed bytes are never all printable. */
export const HEAD_BYTES = 32;

/** True for a `Content-Encoding` that names a coding which changes the bytes. */
export function isCoded(codings: string | null): codings is string {
  return codings !== null && codingsIn(codings).length > 0;
}

/** The real codings of a header, in the order in which they were applied. */
export function codingsIn(codings: string): string[] {
  return codings
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !NO_CODINGS.has(one) && decoderOf(one) === null);
}

/**
 * Returns what removes a coding from a body that begins with `head`: gzip, deflate (with and
 * without zlib's header, as servers differ), br, and zstd where Node has it (22.15 and later). Null
 * where the coding was announced and not applied.
 *
 * Errors: PermanentFault for an unknown coding of a body that is not text.
 */
export function decoderFor(coding: string, head: Uint8Array): Decoder | null {
  const decoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (decoder === undefined ? isText(head) : decoder.isAbsent(head)) return null;
  if (decoder !== undefined) return decoder;
  throw new PermanentFault(
    `the body has the content encoding \`${coding}\`, which cannot be read; known are ${ACCEPTED_CODINGS}${coding === 'zstd' ? ', and zstd on Node 22.15 or later' : ''}`,
  );
}

/** Streams are for large bodies: each chunk is a way to the thread pool and back. */
const LARGE = { chunkSize: 256 * 1024 };
const gzip: Decoder = {
  isAbsent: ([first]) => first !== 0x1f,
  stream: () => zlib.createGunzip(LARGE),
  whole: () => unpackers.gzip,
};
const DECODERS: Readonly<Partial<Record<string, Decoder>>> = {
  gzip,
  'x-gzip': gzip,
  deflate: {
    isAbsent: isText,
    stream: (head) =>
      hasZlibHeader(head) ? zlib.createInflate(LARGE) : zlib.createInflateRaw(LARGE),
    whole: (head) => (hasZlibHeader(head) ? unpackers.zlib : unpackers.deflate),
  },
  br: {
    isAbsent: isText,
    stream: () => zlib.createBrotliDecompress(LARGE),
    whole: () => unpackers.br,
  },
  ...zstdDecoder(),
};

function zstdDecoder(): Partial<Record<string, Decoder>> {
  // Node's types here are older than its zstd.
  const { createZstdDecompress: stream } = zlib as { createZstdDecompress?: () => zlib.Gunzip };
  const { zstd: whole } = unpackers;
  return stream === undefined || whole === null
    ? {}
    : { zstd: { isAbsent: ([first]) => first !== 0x28, stream, whole: () => whole } };
}

function hasZlibHeader([first = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8;
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
function isText(head: Uint8Array): boolean {
  const [first = 0] = Buffer.from(head).toString('latin1').trimStart();
  return (
    /[[{"<\w-]/.test(String(first)) &&
    head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
  );
}
