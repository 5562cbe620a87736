import { gzipSync } from 'node:zlib';

/** 4 March 2025, 00:00, as zip files write it: an archive is the same whenever it is made. */
const MADE = 0x5a64_0000;
const VERSION = 20;
const DEFLATED = 8;

/** Makes a zip archive of files by name. */
export function zip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const { packed, facts } = deflated(Buffer.from(name), Buffer.from(content));
    const entry = Buffer.concat([numbers(4, 0x04034b50), facts, Buffer.from(name), packed]);
    // Comment and disk have no length and number; attributes are none.
    directory.push(
      Buffer.concat([
        numbers(4, 0x02014b50),
        numbers(2, VERSION),
        facts,
        Buffer.alloc(10),
        numbers(4, offset),
        Buffer.from(name),
      ]),
    );
    entries.push(entry);
    offset += entry.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.concat([
    numbers(4, 0x06054b50, 0),
    numbers(2, entries.length, entries.length),
    numbers(4, size, offset),
    Buffer.alloc(2),
  ]);
  return Buffer.concat([...entries, ...directory, end]);
}

/** Gzip has all that zip wants: ten bytes of header, the deflated bytes, CRC-32 and length. */
function deflated(name: Buffer, content: Buffer): { packed: Buffer; facts: Buffer } {
  const gzipped = gzipSync(content);
  const packed = gzipped.subarray(10, -8);
  const crc = gzipped.readUInt32LE(gzipped.length - 8);
  const facts = Buffer.concat([
    numbers(2, VERSION, 0, DEFLATED),
    numbers(4, MADE, crc, packed.length, content.length),
    numbers(2, name.length, 0),
  ]);
  return { packed, facts };
}

/** Returns numbers of `size` bytes each, least first. */
function numbers(size: 2 | 4, ...values: number[]): Buffer {
  const bytes = Buffer.alloc(size * values.length);
  values.forEach((value, i) => bytes.writeUIntLE(value, i * size, size));
  return bytes;
}
