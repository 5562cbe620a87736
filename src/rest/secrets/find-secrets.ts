import { asWritten, type Unescaped, unescaped } from './unescaped.js';

/** Part of a text. */
export interface Found {
  start: number;
  end: number;
}

/** A secret as it is looked for. */
interface Sought {
  /** As it is, in hexadecimal and as a list of bytes; in lower case. */
  literals: readonly string[];
  /** Without escapes, and as if it had none, in lower case; none where too little is left. */
  plain: readonly string[];
  /** What is sure to be in any base64 and base64url of a text with the secret in it. */
  coded: readonly string[];
}

/** A shorter part of a secret in base64 may be part of ordinary text. */
const SHORTEST_BASE64 = 6;
/** Texts of Windows are in UTF-16. */
const ENCODINGS = ['utf8', 'utf16le'] as const;
const IN_BASE64 = /[\w+/=-]/;

/**
 * Makes a function that finds secrets in texts: in upper and lower case, in every spelling that
 * `unescaped` reads, in hexadecimal, as a list of bytes, and in base64 (the whole word, since
 * `Basic` has the user in front of the password). What it finds is in order and apart from each
 * other.
 *
 * @param shortest shorter secrets are not looked for: they are part of ordinary text
 */
export function secretFinder(
  secrets: Iterable<string>,
  shortest: number,
): (text: string) => Found[] {
  const sought = [...secrets]
    .filter(({ length }) => length >= shortest)
    .map((secret) => soughtOf(secret, shortest));
  return (text) => {
    if (sought.length === 0) return [];
    const lower = lowerOf(text);
    const plain = unescaped(text);
    const lowerPlain = plain.bytes.toLowerCase();
    const found = sought.flatMap((one) => [
      ...one.literals.flatMap((literal) =>
        placesOf(lower, literal).map((start) => ({ start, end: start + literal.length })),
      ),
      ...one.plain.flatMap((bytes) => foundIn(lowerPlain, bytes, plain)),
      ...wordsAround(
        text,
        one.coded.flatMap((core) => foundIn(plain.bytes, core, plain)),
      ),
    ]);
    return joined(found);
  };
}

function soughtOf(secret: string, shortest: number): Sought {
  const plain = new Set([unescaped(secret).bytes.toLowerCase(), asWritten(secret).toLowerCase()]);
  return {
    literals: [secret.toLowerCase(), ...ENCODINGS.flatMap((name) => spelledOut(secret, name))],
    plain: [...plain].filter(({ length }) => length >= shortest),
    coded: codedOf(secret),
  };
}

/** In hexadecimal, and as a list of bytes as JSON and `inspect` print it. */
function spelledOut(secret: string, encoding: BufferEncoding): string[] {
  const bytes = [...Buffer.from(secret, encoding)];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  return [hex.join(''), hex.join(' '), hex.join(':'), bytes.join(','), bytes.join(', ')];
}

/** What base64 has of a secret wherever it begins there; nothing for one that is too short. */
function codedOf(secret: string): string[] {
  return ENCODINGS.flatMap((encoding) => coresOf(Buffer.from(secret, encoding)));
}

function coresOf(bytes: Buffer): string[] {
  const cores = [0, 1, 2].flatMap((before) => {
    const coded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Characters at the edges hold bits of the neighbours.
    const core = coded.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + bytes.length) * 8) / 6),
    );
    return core.length < SHORTEST_BASE64
      ? []
      : [core.replaceAll('+', ' '), core.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set(cores)];
}

/** In lower case, where that moves no character. */
function lowerOf(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

function placesOf(text: string, part: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length))
    places.push(at);
  return places;
}

function foundIn(bytes: string, part: string, { start, end }: Unescaped): Found[] {
  return placesOf(bytes, part).map((at) => ({
    start: start(at),
    end: end(at + part.length - 1),
  }));
}

/** The words of base64 that hold these places, each once. */
function wordsAround(text: string, places: readonly Found[]): Found[] {
  const words: Found[] = [];
  for (const place of places.toSorted((a, b) => a.start - b.start))
    if (place.start >= (words.at(-1)?.end ?? 0)) words.push(wordAround(text, place));
  return words;
}

function wordAround(text: string, { start, end }: Found): Found {
  let [first, behind] = [start, end];
  while (first > 0 && IN_BASE64.test(text.charAt(first - 1))) first -= 1;
  while (behind < text.length && IN_BASE64.test(text.charAt(behind))) behind += 1;
  return { start: first, end: behind };
}

/** In order, with those that overlap made one. */
function joined(found: readonly Found[]): Found[] {
  const apart: Found[] = [];
  for (const { start, end } of found.toSorted((a, b) => a.start - b.start)) {
    const last = apart.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else apart.push({ start, end });
  }
  return apart;
}
