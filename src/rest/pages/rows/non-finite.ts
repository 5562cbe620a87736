/** What Python and others print of numbers that JSON cannot hold. */
const NAN = Buffer.from('NaN');
const INFINITY = Buffer.from('Infinity');

/**
 * Replaces NaN, Infinity and -Infinity by null in a JSON body, texts excepted. A body without them
 * is returned as it is, without a copy.
 */
export function nonFiniteAsNull(body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.includes(NAN) && !bytes.includes(INFINITY)) return body;
  // One byte a character: what is not ASCII is inside of strings, and stays as it is.
  const text = bytes.toString('latin1');
  const replaced = text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs, (found) =>
    found.startsWith('"') ? found : 'null',
  );
  return Buffer.from(replaced, 'latin1');
}
