/** A text without escapes. */
export interface Unescaped {
  /**
   * Its UTF-8 bytes, one character each; a plus is a space, and backslashes and NUL, which UTF-16
   * has between characters, are left out.
   */
  readonly bytes: string;
  /** Where the spelling of a byte begins in the text, and where it ends. */
  readonly start: (byte: number) => number;
  readonly end: (byte: number) => number;
}

/**
 * Every spelling of a character in URLs, forms, JSON (nested in other JSON, too), HTML and
 * JavaScript, each escaped several times.
 */
const SPELLING = new RegExp(
  [
    String.raw`%(?:25)*(?<byte>[\da-f]{2})`,
    String.raw`\\+u(?<high>d[89ab][\da-f]{2})\\+u(?<low>d[c-f][\da-f]{2})`,
    String.raw`\\+(?:u(?<unit>[\da-f]{4})|x(?<code>[\da-f]{2})|(?<control>[nrt]))`,
    String.raw`\\+`,
    '&(?:amp;)*(?:#0*(?<decimal>\\d{1,7})|#x0*(?<hex>[\\da-f]{1,6})|(?<named>amp|lt|gt|quot|apos));',
    String.raw`[+\x00]`,
    String.raw`[^\x00-\x7f]`,
  ].join('|'),
  'giu',
);
const NAMED: Readonly<Partial<Record<string, string>>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Removes the escapes from a text, so that all spellings of a text are the same. */
export function unescaped(text: string): Unescaped {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let from = 0;
  const plain = (to: number): void => {
    parts.push(text.slice(from, to));
    for (let at = from; at < to; at += 1) {
      starts.push(at);
      ends.push(at + 1);
    }
  };
  for (const { index, 0: spelling, groups = {} } of text.matchAll(SPELLING)) {
    plain(index);
    from = index + spelling.length;
    const bytes = folded(bytesOf(spelling, groups));
    parts.push(bytes);
    for (let i = 0; i < bytes.length; i += 1) {
      starts.push(index);
      ends.push(from);
    }
  }
  if (from === 0) return { bytes: text, start: (byte) => byte, end: (byte) => byte + 1 };
  plain(text.length);
  return {
    bytes: parts.join(''),
    start: (byte) => starts[byte] as number,
    end: (byte) => ends[byte] as number,
  };
}

function bytesOf(spelling: string, groups: Readonly<Partial<Record<string, string>>>): string {
  const { byte, high, low, unit, code, control, decimal, hex, named } = groups;
  if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
  if (high !== undefined && low !== undefined)
    return utf8(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)));
  const digits = unit ?? code ?? hex;
  if (digits !== undefined) return codePoint(Number.parseInt(digits, 16));
  if (decimal !== undefined) return codePoint(Number(decimal));
  const name = named ?? control;
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? '';
  return spelling.startsWith('\\') ? '' : utf8(spelling);
}

/** The bytes of a text whose escapes, if any, are its own characters. */
export function asWritten(text: string): string {
  return folded(utf8(text));
}

function folded(bytes: string): string {
  return bytes.replaceAll('+', ' ').replaceAll('\\', '').replaceAll('\0', '');
}

function codePoint(code: number): string {
  return code > 0x10ffff ? '' : utf8(String.fromCodePoint(code));
}

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}
