import { createHash } from 'node:crypto';

/** The first characters of a text's or of bytes' SHA-256, in base64url: six bits each. */
export function digest(value: string | Uint8Array, length: number): string {
  return createHash('sha256').update(value).digest('base64url').slice(0, length);
}
