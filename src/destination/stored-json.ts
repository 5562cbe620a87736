import { inflateSync } from 'node:zlib';

/**
 * The JSON of a document that dlt keeps in a table: the text itself, or what zlib and base64 made
 * of one that is longer than a destination's texts may be.
 *
 * Errors: those of zlib for another text.
 */
export function storedJson(text: string): string | Buffer {
  return text.startsWith('{') ? text : inflateSync(Buffer.from(text, 'base64'));
}
