import { shake128 } from './shake128.js';

/** Returns dlt's hash of a text as an id: 10 bytes of SHAKE-128 in base64, 14 characters. */
export function hashId(text: string): string {
  return btoa(String.fromCharCode(...shake128(text, 10))).replaceAll('=', '');
}
