/** The texts of all elements of a name in a document of XML whose elements have no attributes. */
export function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replace(
      /&(?:#x([0-9a-f]+)|#(\d+)|(lt|gt|amp|quot|apos));/gi,
      (_, hex?: string, decimal?: string, word?: string) =>
        word === undefined
          ? String.fromCodePoint(hex === undefined ? Number(decimal) : parseInt(hex, 16))
          : (WORDS[word.toLowerCase()] as string),
    ),
  );
}

/** Code and message of an error, as S3 and Azure write it. */
export function errorText(xml: string): string {
  return ['Code', 'Message'].flatMap((name) => elementsOf(xml, name)[0] ?? []).join(': ');
}

const WORDS: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};
