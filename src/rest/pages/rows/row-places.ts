import type { Limits } from '../../../../operators/columns/limits.js';
import { locate } from '../../../../operators/json/locate.js';
import { parseJson } from '../../../../operators/json/parse-json.js';
import { shortened } from '../../../../operators/settings/shortened.js';
import { detectSelector, type ListLengths } from './data-selector.js';

/**
 * Where the rows of a resource without a data selector are: detected on its first response with
 * rows, and the same for all of its lists from then on.
 */
export interface RowPlaces {
  /**
   * The selector for a response; null where the response has no rows.
   *
   * @param lengths of lists of which the body has only the first elements. @default it has all
   */
  of(body: Uint8Array, lengths?: ListLengths): string | null;
  /** A response without the list that was chosen has no other list either: it has no rows. */
  isEmpty(body: Uint8Array): boolean;
  /** The selector that was chosen; null before. */
  chosen(): string | null;
  /** Chooses a selector that was found before, unless one is chosen already. */
  choose(selector: string): void;
}

/**
 * @param path of the resource's endpoint; its last part may be the name of the list
 * @param report called once with what was chosen, and among what
 */
export function rowPlaces(
  resource: string,
  path: string,
  limits: Partial<Limits>,
  report: (message: string) => void,
): RowPlaces {
  const names = [resource, lastPart(path)];
  let chosen: string | null = null;
  return {
    of(body, lengths) {
      if (!isObject(body)) return '@';
      if (chosen !== null) return chosen;
      // A body that was cut may lack the very list.
      locate(body, { selectors: ['@'], limits });
      const found = detected(body, names, lengths);
      if (!found.isCertain) return found.selector;
      chosen = found.selector;
      if (chosen !== '@' || found.others.length > 0) report(messageOf(found));
      return chosen;
    },
    isEmpty(body) {
      const { selector, isCertain } = detected(body, names);
      return selector === null || selector === '@' || !isCertain;
    },
    chosen: () => chosen,
    choose(selector) {
      chosen ??= selector;
    },
  };
}

/** The last part of a path that is no placeholder, without an extension. */
function lastPart(path: string): string {
  const parts = path.replace(/[?#].*/s, '').split('/');
  return (parts.findLast((part) => /^[^{}]+$/.test(part)) ?? '').replace(/\.\w+$/, '');
}

/** The first byte that is not blank opens an object. */
function isObject(body: Uint8Array): boolean {
  return body[body.findIndex((byte) => !BLANKS.has(byte))] === OPEN_BRACE;
}

const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);
const OPEN_BRACE = 0x7b;

function detected(
  body: Uint8Array,
  names: readonly string[],
  lengths?: ListLengths,
): ReturnType<typeof detectSelector> {
  try {
    return detectSelector(parseJson(body), names, lengths);
  } catch {
    // Broken inside its rows: walking them says where.
    return { selector: '@', isCertain: false, others: [] };
  }
}

function messageOf({ selector, others }: ReturnType<typeof detectSelector>): string {
  const place = selector === '@' ? 'the response itself, as one row' : `\`${selector}\``;
  const shown = others.slice(0, 10).map((path) => `\`${shortened(path, 100)}\``);
  const beside = others.length === 0 ? '' : ` Other lists there: ${shown.join(', ')}.`;
  return `no \`dataSelector\` is set: the rows are taken from ${place}.${beside} Set \`dataSelector\` to choose.`;
}
