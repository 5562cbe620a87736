/**
 * Returns what to do about text that is not JSON because of NaN or Infinity in it; an empty text
 * where it has neither.
 */
export function nonFiniteHint(text: string): string {
  const [word] = /-?\b(?:NaN|Infinity)\b/.exec(text) ?? [];
  return word === undefined
    ? ''
    : `. \`${word}\` is not JSON; a source reads it as null with \`client.json: { nonFinite: 'null' }\``;
}
