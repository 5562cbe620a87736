import { groupedDigits } from '../../../../../operators/settings/grouped-digits.js';
import type { Format } from '../formats.js';

/** Responses of so many times the bytes that one may have in memory are reported. */
const SEVERAL = 4;

/** What is in memory whole, and why. */
export interface Held {
  why: string;
  /** A part of the response, with its bytes. @default all of it */
  part?: { what: 'a row' | 'an element'; bytes: number };
}

/**
 * Reports once for a resource that its responses, or parts of them, are in memory whole though they
 * are large.
 *
 * @param memoryBytes bytes of a response above which its rows come in slices elsewhere. @default
 *   nothing is reported
 */
export function heldResponses(
  report: (message: string) => void,
  memoryBytes: number = Number.POSITIVE_INFINITY,
): (bytes: number, held: Held) => void {
  let isReported = false;
  return (all, { why, part }) => {
    const bytes = part?.bytes ?? all;
    if (isReported || bytes <= SEVERAL * memoryBytes) return;
    isReported = true;
    const advice =
      part === undefined
        ? 'Request smaller pages if that is too much.'
        : 'Request less of it if that is too much, or refuse it by `limits.rowBytes`.';
    report(
      `${part?.what ?? 'a response'} of ${groupedDigits(bytes)} bytes is in memory whole, since ${why}. Loading it takes several times as many bytes, whatever \`memory\` is. ${advice}`,
    );
  };
}

/**
 * Why the rows of a list's responses cannot come in slices: something needs a whole response. Null
 * where nothing does.
 */
export function heldBecause(format: Format): string | null {
  return format.endsWith('json') ? null : `its \`format\` is ${format}`;
}

/** Why a response that could have come in slices is in memory whole. */
export const HELD = {
  actions: 'a function in `responseActions` reads its `body`',
  shared: 'other resources read it (`responseOf`)',
  indexed: 'a path leads into one of its lists by a number or `*`',
  elements: 'rows are gathered from it (`*`)',
  row: 'each row is loaded at once',
  map: 'its rows are a map (`rows`)',
  nested: 'its rows are not one list, or hold the long lists themselves',
  paginator: 'a `paginator` of your own sees all of it, and its rows are not its long list',
} as const;
