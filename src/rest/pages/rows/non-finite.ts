/** What Python and others print of numbers that JSON cannot hold. */
export const NON_FINITE = ['NaN', 'Infinity'] as const;
const WORDS = /-?\b(?:NaN|Infinity)\b/g;

/**
 * Replaces NaN, Infinity and -Infinity by null in a JSON body, texts excepted. A body without them
 * is returned as it is, without a copy.
 */
export function nonFiniteAsNull(body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!NON_FINITE.some((word) => bytes.includes(word))) return body;
  return nonFiniteReplacer()(body, true);
}

/**
 * The same for a body that comes in pieces, which may be cut anywhere: each call takes the next one
 * and gives what is certain by then.
 */
export function nonFiniteReplacer(): (piece: Uint8Array, isLast: boolean) => Uint8Array {
  let isInText = false;
  /** What may go on in the next piece: a word, or half an escape. */
  let open = '';
  return (piece, isLast) => {
    // One byte a character: what is not ASCII is inside of texts, and stays as it is.
    const text =
      open + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
    const parts: string[] = [];
    let at = 0;
    while (at < text.length) {
      const end = isInText ? endOfText(text, at) : endOfWords(text, at);
      const isQuote = text[end] === '"';
      const to = isQuote ? end + 1 : isLast ? text.length : end;
      const part = text.slice(at, to);
      parts.push(isInText ? part : part.replaceAll(WORDS, 'null'));
      at = to;
      if (!isQuote) break;
      isInText = !isInText;
    }
    open = text.slice(at);
    return Buffer.from(parts.join(''), 'latin1');
  };
}

/** The quote that ends a text; else the end of the piece, or half an escape in front of it. */
function endOfText(text: string, from: number): number {
  let at = from;
  for (;;) {
    STOP.lastIndex = at;
    const found = STOP.exec(text);
    if (found === null) return text.length;
    if (found[0] === '"' || found.index + 1 === text.length) return found.index;
    at = found.index + 2;
  }
}

const STOP = /["\\]/g;

/** The next quote outside of texts; else the beginning of a word that may go on. */
function endOfWords(text: string, from: number): number {
  const quote = text.indexOf('"', from);
  if (quote >= 0) return quote;
  let end = text.length;
  while (end > from && WORD.test(text[end - 1] as string)) end -= 1;
  return end;
}

const WORD = /[-\w]/;
