import { constants } from 'node:buffer';
import { promisify } from 'node:util';
import zlib, { type ZlibOptions } from 'node:zlib';
import { bodyCopies } from '../../../../operators/columns/body-copies.js';

/**
 * Decompresses a whole body that may have so many bytes. Large ones are decompressed in Node's
 * thread pool, as far as possible in one piece.
 *
 * Errors: those of zlib, for a body that is cut or broken; `ERR_BUFFER_TOO_LARGE` for one that is
 * larger.
 */
export type Unpack = (body: Uint8Array, maxBytes: number) => Promise<Uint8Array>;

/** By coding. `deflate` has no header; `zstd` is null where Node lacks it (before 22.15). */
export const unpackers: Readonly<Record<'gzip' | 'zlib' | 'deflate' | 'br', Unpack>> & {
  zstd: Unpack | null;
} = {
  gzip: unpacker(zlib.gunzip, zlib.gunzipSync, gzipChunk),
  zlib: unpacker(zlib.inflate, zlib.inflateSync),
  deflate: unpacker(zlib.inflateRaw, zlib.inflateRawSync),
  br: unpacker(zlib.brotliDecompress, zlib.brotliDecompressSync),
  zstd: zstd(),
};

type Whole = (
  body: Uint8Array,
  options: ZlibOptions,
  callback: (error: Error | null, result: Buffer) => void,
) => void;
type Sync = (body: Uint8Array, options: ZlibOptions) => Buffer;

/** Below this a way to the thread pool and back takes longer than the work. */
const SMALL = 2 * 1024;
/** Bytes of a gzip file that are not data. */
const GZIP_FRAME = 18;
/** Deflate makes its input at most so many times smaller. */
const MOST_RATIO = 1_032;
/** Most bytes that are allocated because a trailer announces them. */
const TRUSTED_BYTES = 16 * 1024 * 1024;
/** Node's least. */
const MIN_CHUNK = 64;
const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 256 * 1024;

function unpacker(
  whole: Whole,
  sync: Sync,
  chunkOf: (body: Uint8Array) => number = likelyChunk,
): Unpack {
  const inPool = promisify(whole);
  return async (body, maxBytes) => {
    const most = Math.min(maxBytes, constants.MAX_LENGTH);
    const chunkSize = Math.max(MIN_CHUNK, Math.min(chunkOf(body), most + 1));
    const options = { chunkSize, maxOutputLength: most };
    const result = body.byteLength < SMALL ? sync(body, options) : await inPool(body, options);
    // Node joins the pieces of a body that takes more than one.
    if (result.byteLength > chunkSize) bodyCopies.made(result);
    return bodyCopies.made(result);
  };
}

/** JSON is compressed to a tenth or a quarter. */
function likelyChunk({ byteLength }: Uint8Array): number {
  return Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, byteLength * 4));
}

/**
 * The size that the trailer announces (RFC 1952 §2.3.1), and a byte more, so that the body is seen
 * to end in the first piece. What is behind several members or other bytes is no such size, but
 * only a buffer of another size then.
 */
function gzipChunk(body: Uint8Array): number {
  if (body.byteLength < GZIP_FRAME) return SMALLEST_CHUNK;
  const view = new DataView(body.buffer, body.byteOffset + body.byteLength - 4, 4);
  const size = view.getUint32(0, true);
  const isLikely =
    size >= body.byteLength - GZIP_FRAME &&
    size <= Math.min(body.byteLength * MOST_RATIO, TRUSTED_BYTES);
  return isLikely ? size + 1 : likelyChunk(body);
}

function zstd(): Unpack | null {
  // Node's types here are older than its zstd.
  const { zstdDecompress, zstdDecompressSync } = zlib as {
    zstdDecompress?: Whole;
    zstdDecompressSync?: Sync;
  };
  return zstdDecompress === undefined || zstdDecompressSync === undefined
    ? null
    : unpacker(zstdDecompress, zstdDecompressSync);
}
