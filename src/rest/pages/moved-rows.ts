import { crc32 } from 'node:zlib';
import { countsPositions } from '../paginators/counts-positions.js';
import type { PageFacts, Paginator } from '../paginators/paginator.js';
import type { PageBytes } from './envelope.js';

/** What has to be known again of earlier pages: their last rows. Plain JSON. */
export interface MovedSnapshot {
  /** That of the first page; null where such a row may come twice. */
  first: string | null;
  /** That of the page before. */
  last: string | null;
}

/** Bytes at either end of a page in which rows are looked for. */
const LOOKED_AT = 8 * 1024;

/**
 * Finds rows of one page of a list again on the next one. Where positions are counted, rows move
 * from page to page when others are added, removed or sorted anew while the list is read: some come
 * twice, and as many may not come at all, so a stated total proves nothing any more. Pages are seen
 * in their order. Rows are told apart by length and checksum.
 */
export class MovedRows {
  #known: MovedSnapshot | null;

  /** @param from where an earlier read of the list stood. @default at its beginning */
  constructor(from: MovedSnapshot | null = null) {
    this.#known = from;
  }

  /** Null where no pages were compared. */
  snapshot(): MovedSnapshot | null {
    return this.#known;
  }

  /** Takes a page. Returns the doubt that it casts on the list; null for none. */
  see(
    { body, span, slices }: PageBytes,
    { index }: PageFacts,
    paginator: Paginator,
  ): string | null {
    if (!countsPositions(paginator)) return null;
    if (span.kind !== 'array' || span.count === 0) return null;
    const rows = Buffer.from(body.buffer, body.byteOffset + span.start, span.end - span.start);
    const { first, last } = this.#known ?? { first: null, last: null };
    const end = slices === undefined ? rows : Buffer.from(slices.facts.end);
    const own = span.count > 1 ? distinctLastRow(end) : null;
    this.#known = { first: index === 0 ? own : first, last: own };
    const found = own !== null && [last, first].includes(own) ? own : firstOf(rows, [last, first]);
    return found === null
      ? null
      : `the last row of page ${found === last ? index : 1} came again on page ${index + 1}: rows may have moved from page to page while the list was read, so that some came twice or not at all. Sort the list by something that does not change`;
  }
}

/**
 * The last row of a JSON array; null where it is no object, very long, or one of several that are
 * equal: such rows may come again.
 */
function distinctLastRow(rows: Buffer): string | null {
  const end = rows.lastIndexOf('}') + 1;
  const start = /^\s*\]$/.test(rows.toString('latin1', end)) ? startOfObject(rows, end) : null;
  if (start === null) return null;
  const row = rows.subarray(start, end);
  return rows.subarray(Math.max(0, start - LOOKED_AT), start).includes(row) ? null : keyOf(row);
}

function keyOf(row: Uint8Array): string {
  return `${row.length} ${crc32(row)}`;
}

/** The first of the rows at the beginning of a JSON array that is among those wanted. */
function firstOf(rows: Buffer, wanted: readonly (string | null)[]): string | null {
  const lengths = wanted.map((key) => (key === null ? 0 : Number.parseInt(key, 10)));
  if (lengths.every((length) => length === 0)) return null;
  const isText = textBytes(rows);
  let depth = 0;
  let start = 0;
  for (let at = 1; at < Math.min(rows.length, LOOKED_AT); at += 1) {
    if (isText(at)) continue;
    if (rows[at] === OPEN && depth++ === 0) start = at;
    else if (rows[at] === CLOSE && --depth === 0) {
      if (!lengths.includes(at + 1 - start)) continue;
      const key = keyOf(rows.subarray(start, at + 1));
      if (wanted.includes(key)) return key;
    }
  }
  return null;
}

/** Tells of one byte after another whether it is within a text, its quotes included. */
function textBytes(bytes: Buffer): (at: number) => boolean {
  let within = false;
  return (at) => {
    const isQuote = bytes[at] === QUOTE && !isEscaped(bytes, at);
    if (isQuote) within = !within;
    return within || isQuote;
  };
}

/** Where the object begins that ends in front of `end`; null where that is far away. */
function startOfObject(bytes: Buffer, end: number): number | null {
  const isText = textBytes(bytes);
  let depth = 0;
  for (let at = end - 1; at >= Math.max(0, end - LOOKED_AT); at -= 1) {
    if (isText(at)) continue;
    if (bytes[at] === CLOSE) depth += 1;
    else if (bytes[at] === OPEN && --depth === 0) return at;
  }
  return null;
}

/** An odd number of backslashes is in front of it. */
function isEscaped(bytes: Buffer, at: number): boolean {
  let first = at;
  while (bytes[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
