import { groupedDigits } from '../../../../operators/settings/grouped-digits.js';
import { PermanentFault } from '../http-errors.js';
import { codingsIn, decoderFor, HEAD_BYTES } from './content-coding.js';
import { type Unpack, unpackers } from './unpackers.js';

/** A body that is too large when it is decompressed. */
export class BodyTooLarge extends PermanentFault {}

/**
 * Removes the content codings of a whole body (RFC 9110 §8.4), several of them in the order in
 * which they were applied. Names that are no codings (`utf-8`, `none`, `binary`, `aws-chunked` …)
 * leave the body as it is; so does a coding that was announced and not applied. An empty body stays
 * empty.
 *
 * Errors: PermanentFault for an unknown coding whose body is not text, and for a body that is
 * larger than `maxBytes`; those of zlib for one that is cut short or broken.
 */
export async function decodedBody(
  body: Uint8Array,
  codings: string,
  maxBytes: number,
): Promise<Uint8Array> {
  let bytes = body;
  for (const coding of codingsIn(codings).reverse()) {
    if (bytes.byteLength === 0) return bytes;
    const head = bytes.subarray(0, HEAD_BYTES);
    const unpack = decoderFor(coding, head)?.whole(head);
    if (unpack !== undefined) bytes = await within(unpack, bytes, maxBytes, '');
  }
  return bytes;
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
    if (unpack === null) throw unreadable(found);
    try {
      bytes = await within(unpack, bytes, maxBytes, ' when decompressed');
    } catch (error) {
      if (error instanceof PermanentFault) throw error;
      if (!isSure) return bytes;
      const fault = error as Error;
      fault.message = `the body begins like ${name} and cannot be decompressed: ${fault.message}`;
      throw fault;
    }
  }
  return bytes;
}

/** The error of an archive. */
export function unreadable({ name }: Packing): PermanentFault {
  return new PermanentFault(
    `the body is ${name}, which cannot be read here; \`format: 'file'\` saves it as it is`,
  );
}

/** True for a body that begins like a compressed one. */
export function isPacked(body: Uint8Array): boolean {
  return packingOf(body) !== undefined;
}

/**
 * A compressed file in a compressed transfer has two layers; a decompression bomb may have more.
 */
export const MOST_LAYERS = 3;

async function within(
  unpack: Unpack,
  body: Uint8Array,
  maxBytes: number,
  when: string,
): Promise<Uint8Array> {
  try {
    return await unpack(body, maxBytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new BodyTooLarge(
      `the body is larger than ${groupedDigits(maxBytes)} bytes${when}; request smaller pages, or raise \`maxBytes\``,
    );
  }
}

/** How a body is compressed that begins so; undefined for others. */
export function packingOf(body: Uint8Array): Packing | undefined {
  return MAGIC.find(({ magic }) => magic.every((byte, i) => body[i] === byte));
}

/** A form that compressed bodies have. */
export interface Packing {
  name: string;
  /** Its first bytes. */
  magic: readonly number[];
  /** No text begins so. */
  isSure: boolean;
  /** Null for an archive. */
  unpack: Unpack | null;
  /** The name of the coding that is removed in the same way. */
  coding?: string;
}

/** How compressed bodies begin. Text may begin like zlib (`x^`), but hardly like the others. */
const MAGIC: readonly Packing[] = [
  {
    name: 'gzip',
    magic: [0x1f, 0x8b, 0x08],
    isSure: true,
    unpack: unpackers.gzip,
    coding: 'gzip',
  },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({
    name: 'zlib',
    magic: [0x78, level],
    isSure: false,
    unpack: unpackers.zlib,
    coding: 'deflate',
  })),
  {
    name: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    isSure: true,
    unpack: unpackers.zstd,
    coding: 'zstd',
  },
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
