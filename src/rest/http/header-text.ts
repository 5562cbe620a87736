import { isUtf8 } from 'node:buffer';
import type { ResponseHeaders } from './messages.js';

/**
 * Returns the text of a response header; null where there is none. Node reads a header's bytes as
 * Latin-1, but servers that write an address or a cursor as it is write UTF-8, as browsers and
 * Python's requests expect it of `Location`. Bytes that are no UTF-8 stay Latin-1.
 */
export function headerText(headers: ResponseHeaders, name: string): string | null {
  const text = headers.get(name);
  if (text === null || !BEYOND_ASCII.test(text) || BEYOND_LATIN1.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : text;
}

const BEYOND_ASCII = /[\u0080-\uffff]/;
/** A `fetch` of the user may have read the header as UTF-8. */
const BEYOND_LATIN1 = /[\u0100-\uffff]/;
