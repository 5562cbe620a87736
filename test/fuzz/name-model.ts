import { createHash } from 'node:crypto';

/** dlt's name for a raw key, by the rules of its convention `snake_case`. */
export function plainName(key: string): string {
  const parts = key.split('__').filter((part) => part.trim() !== '');
  return parts.length === 0 ? '_empty' : parts.map(identifier).join('__');
}

function identifier(part: string): string {
  let name = '';
  for (const character of part.trim())
    name += MAPPED[character] ?? (/[A-Za-z0-9_]|\p{Nd}/u.test(character) ? character : '\u0000');
  name = name
    .replace(/\u0000+/g, '_')
    .replace(/([^_])([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
  if (/^\p{Nd}/u.test(name)) name = `_${name}`;
  const end = /_*$/.exec(name)?.[0].length ?? 0;
  return (name.slice(0, name.length - end) + 'x'.repeat(end)).replace(/_+/g, '_');
}

const MAPPED: Readonly<Record<string, string>> = {
  '+': 'x',
  '-': '_',
  '*': 'x',
  '@': 'a',
  '|': 'l',
};

/** A thing that needs a name: its raw keys, outermost first, and dlt's name for them. */
export interface Claim {
  path: readonly string[];
  plain: string;
}

/** Orders the claims of one row: who is spelt as its name comes first, then by alphabet. */
export function byClaim(a: Claim, b: Claim): number {
  const spelt = (claim: Claim): number => Number(claim.path.join('__') === claim.plain);
  if (spelt(a) !== spelt(b)) return spelt(b) - spelt(a);
  return JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1;
}

/** The plain name, or where it is taken one that the raw keys decide. */
export function freeName({ path, plain }: Claim, taken: ReadonlySet<string>): string {
  const raw = path.join('\u0000');
  let name = plain;
  for (let salt = 0; taken.has(name); salt += 1)
    name = `${plain}__${tag(salt === 0 ? raw : `${raw}\u0000${salt}`)}`;
  return name;
}

function tag(raw: string): string {
  return createHash('shake128', { outputLength: 4 })
    .update(raw)
    .digest('base64')
    .replaceAll('=', '')
    .replaceAll('/', 'a')
    .replaceAll('+', 'b')
    .toLowerCase();
}
