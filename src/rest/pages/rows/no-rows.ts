import { NO_ROWS } from '../../../../operators/json/no-rows.js';
import type { Span } from '../../../../operators/types.js';

/** Body of a page that no response came for: it only brings the state of a list that has ended. */
export const STATE_ONLY: Uint8Array = new TextEncoder().encode('[]');

/**
 * Whether bytes hold a value that services write where they have no rows: `{}` and `[]` (PHP
 * writes the one for the other), `""`, `false`, `null`, `[null]`.
 */
export function meansNoRows(bytes: Uint8Array): boolean {
  return bytes.length <= LONGEST && NOTHING.test(Buffer.from(bytes).toString('latin1'));
}

/**
 * Whether bytes hold a value that means no rows behind the first page alone, where rows are
 * known to be lists of objects: `0`, `[[]]`, `[{}]`, `[""]`, `[false]`.
 */
export function meansNoMoreRows(bytes: Uint8Array): boolean {
  return bytes.length <= LONGEST && NO_MORE.test(Buffer.from(bytes).toString('latin1'));
}

/** Whether a body holds nothing at all: no bytes, blanks, or a byte order mark alone. */
export function isBlankBody(bytes: Uint8Array): boolean {
  return bytes.length <= LONGEST && BLANK.test(Buffer.from(bytes).toString('latin1'));
}

/** The rows that were found; none where what was found means no rows. */
export function withoutNothing(body: Uint8Array, span: Span): Span {
  if (span.kind === 'none' || (span.kind !== 'value' && span.count === 0)) return span;
  return span.kind !== 'map' && meansNoRows(body.subarray(span.start, span.end)) ? NO_ROWS : span;
}

const LONGEST = 4_096;
/** A byte order mark as latin1 shows it. */
const BLANK = /^(ï»¿)?\s*$/;
const NOTHING = /^(ï»¿)?\s*(\{\s*\}|\[\s*(null\s*(,\s*null\s*)*)?\]|"\s*"|false|null)\s*$/;
const NO_MORE = /^\s*(0|\[\s*(\[\s*\]|\{\s*\}|""|false)\s*\])\s*$/;
