/** Longer secrets are looked for in pieces, since a pattern grows with its secret. */
const PIECE = 256;
/** A shorter beginning of a secret in base64 may be part of ordinary text. */
const SHORTEST_BASE64 = 6;

/**
 * A pattern for a secret in every spelling that URLs, forms, JSON (nested in other JSON, too),
 * HTML and JavaScript have for its characters, mixed as may be, each escaped several times.
 */
export function secretPattern(secret: string): RegExp[] {
  const characters = Array.from(secret);
  const pieces: RegExp[] = [];
  for (let at = 0; at < characters.length; at += PIECE)
    pieces.push(
      new RegExp(
        characters
          .slice(at, at + PIECE)
          .map(spellings)
          .join(''),
        'g',
      ),
    );
  return pieces;
}

/**
 * A pattern for a secret inside of text in base64 or base64url, wherever it begins there (`Basic`
 * has the user in front of it); null for a secret that is too short.
 */
export function base64Pattern(secret: string): RegExp | null {
  const bytes = Buffer.from(secret);
  const cores = [0, 1, 2].flatMap((before) => {
    const coded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // Characters at the edges hold bits of the neighbours.
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    const core = coded.slice(first, last);
    return core.length < SHORTEST_BASE64 ? [] : [core];
  });
  if (cores.length === 0) return null;
  const written = cores.map((core) =>
    core
      .replaceAll('+', String.raw`(?:[+-]|%(?:25)*2[bB])`)
      .replaceAll('/', String.raw`(?:\\*[/_]|%(?:25)*2[fF])`),
  );
  return new RegExp(written.join('|'), 'g');
}

const NAMED: Readonly<Partial<Record<string, string>>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};
const CONTROLS: Readonly<Partial<Record<string, string>>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};

function spellings(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const percent = Array.from(Buffer.from(character), (byte) => `%(?:25)*${hex(byte, 2)}`).join('');
  const units = Array.from(
    { length: character.length },
    (_, i) => String.raw`\\+u` + hex(character.charCodeAt(i), 4),
  ).join('');
  const named = NAMED[character];
  const control = CONTROLS[character];
  return `(?:${[
    literal(character),
    percent,
    units,
    ...(code < 0x100 ? [String.raw`\\+x` + hex(code, 2)] : []),
    `&(?:amp;)*#0*${code};`,
    `&(?:amp;)*#[xX]0*${hex(code, 1)};`,
    ...(named === undefined ? [] : [`&(?:amp;)*${named};`]),
    ...(control === undefined ? [] : [String.raw`\\+` + control]),
  ].join('|')})`;
}

function literal(character: string): string {
  if (character === '\\') return String.raw`\\+`;
  if (character === ' ') return '[ +]';
  const escaped = character.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
  return /["'/]/.test(character) ? String.raw`\\*` + escaped : escaped;
}

/** Hexadecimal digits in either case. */
function hex(code: number, digits: number): string {
  return code
    .toString(16)
    .padStart(digits, '0')
    .replaceAll(/[a-f]/g, (one) => `[${one}${one.toUpperCase()}]`);
}
