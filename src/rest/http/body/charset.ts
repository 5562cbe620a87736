import { isAscii, isUtf8 } from 'node:buffer';
import { bodyCopies } from '../../../../operators/columns/body-copies.js';
import { PermanentFault } from '../http-errors.js';

/**
 * Gives a body in UTF-8, whatever charset it came in. A byte order mark counts first, then the zero
 * bytes that JSON in UTF-16 or UTF-32 begins with (RFC 4627 §3), then the charset of the content
 * type in the labels of the WHATWG Encoding Standard; a body without any of these is UTF-8, and so
 * is one that begins as JSON in UTF-8 does where UTF-16 or UTF-32 is named. One
 * that is UTF-8 already is returned without a copy. Whether that is valid is not checked here.
 *
 * Errors: PermanentFault for a charset that is not known, unless the bytes are UTF-8, and for bytes
 * that are not valid in their charset.
 */
export function inUtf8(body: Uint8Array, contentType: string | null): Uint8Array {
  const change = toUtf8(body, contentType, {
    isAscii: () => isAscii(body),
    isUtf8: () => isUtf8(body),
  });
  return change === null ? body : change(body, true);
}

/**
 * The same for a body that is not in memory: null where it stays as it is, else what is to be
 * called with each piece of it, of a multiple of four bytes but for the last.
 *
 * @param head its first bytes, at least four of them
 */
export function toUtf8(
  head: Uint8Array,
  contentType: string | null,
  all: { isAscii: () => boolean; isUtf8: () => boolean },
): ((piece: Uint8Array, isLast: boolean) => Uint8Array) | null {
  const charset = otherCharset(head, contentType);
  if (charset === null) return null;
  const byBytes = charsetByBytes(head);
  // JSON in them has zero bytes: services that print XML and JSON alike name UTF-16 for both.
  if (byBytes === null && WIDE.test(charset) && OPENINGS.has(head[0] as number) && all.isUtf8())
    return null;
  if (/^utf-?32/i.test(charset)) return fromUtf32(/be/i.test(charset));
  if (!/^utf-?16/i.test(charset) && all.isAscii() && !SHIFTING.test(charset)) return null;
  if (/^(us-)?ascii$/i.test(charset) && all.isUtf8()) return null;
  const decoder = decoderOf(charset);
  if (decoder === null) {
    if (!SHIFTING.test(charset) && all.isUtf8()) return null;
    throw new PermanentFault(
      `the body is in the charset \`${charset}\` (Content-Type), which cannot be read; request UTF-8, or save the body with \`format: 'file'\``,
    );
  }
  if (decoder.encoding === 'windows-1252') return (piece) => encoded(fromWindows1252(piece));
  return (piece, isLast) => {
    try {
      return encoded(decoder.decode(piece, { stream: !isLast }));
    } catch {
      throw new PermanentFault(`the body is not valid in its charset, \`${charset}\``);
    }
  };
}

/**
 * The charset that a body has by its first bytes, or that its content type names; null where that
 * is UTF-8, or none.
 */
export function otherCharset(head: Uint8Array, contentType: string | null): string | null {
  const charset = charsetByBytes(head) ?? charsetOf(contentType);
  return charset === null || UTF8.test(charset) || head.length === 0 ? null : charset;
}

const encoder = new TextEncoder();
/** UTF-8, and words that name no charset. */
const UTF8 = /^(utf-?8|utf8mb4|utf-8-sig|unicode-1-1-utf-8|none|null|binary)$/i;
const WIDE = /^(utf-?(16|32)|ucs-?[24])/i;
/** Charsets in which bytes of ASCII may mean other characters. */
const SHIFTING =
  /^(utf-?7|unicode-1-1-utf-7|hz-gb-2312|iso-2022-.*|ibm\d+|cp(037|500|1047|1140))$/i;

function encoded(text: string): Uint8Array {
  return bodyCopies.made(encoder.encode(text));
}

/** The charset parameter of a content type (RFC 9110 §8.3.2); null where it has none. */
function charsetOf(contentType: string | null): string | null {
  return /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType ?? '')?.[1] ?? null;
}

/** The charset that the first bytes prove; null for UTF-8 without a mark and all others. */
function charsetByBytes(body: Uint8Array): string | null {
  const [a = -1, b = -1, c = -1, d = -1] = body;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0 && b === 0)
    return (c === 0xfe && d === 0xff) || (c === 0 && d > 0) ? 'utf-32be' : null;
  if (a === 0 && b > 0) return c === 0 || OPENINGS.has(b) ? 'utf-16be' : null;
  if (a > 0 && b === 0) {
    if (c === 0 && d === 0) return 'utf-32le';
    return d === 0 || OPENINGS.has(a) ? 'utf-16le' : null;
  }
  return null;
}

/** `[`, `{` and `"`. */
const OPENINGS: ReadonlySet<number> = new Set([0x5b, 0x7b, 0x22]);

/** The decoder of a charset, which refuses invalid bytes; null for a charset that is not known. */
export function decoderOf(charset: string): InstanceType<typeof TextDecoder> | null {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    return null;
  }
}

/** Node 20 decodes windows-1252 as ISO-8859-1, which has control characters at 0x80 to 0x9f. */
function fromWindows1252(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString('latin1')
    .replaceAll(/[\x80-\x9f]/g, (one) => WINDOWS_1252[one.charCodeAt(0) - 0x80] ?? one);
}

const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** `TextDecoder` knows all but UTF-32. A byte order mark is left out. */
function fromUtf32(isBigEndian: boolean): (piece: Uint8Array) => Uint8Array {
  let isBegin = true;
  return (piece) => {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    const parts: string[] = [];
    try {
      for (let at = 0; at < piece.byteLength; at += 4) {
        const point = view.getUint32(at, !isBigEndian);
        if (point >= 0xd800 && point < 0xe000) throw new RangeError('a surrogate');
        if (!isBegin || point !== 0xfeff) parts.push(String.fromCodePoint(point));
        isBegin = false;
      }
    } catch {
      throw new PermanentFault('the body is not valid in its charset, `utf-32`');
    }
    return encoded(parts.join(''));
  };
}
