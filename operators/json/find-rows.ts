import { SelectError } from '../errors.js';
import type { Span } from '../types.js';
import { locate, type Located, type LocateOptions } from './locate.js';
import { parseJson } from './parse-json.js';
import { printMember } from './print-json.js';
import { type Member, selectAll } from './select-all.js';

/**
 * Rows that were found: where they lie in `body`, which is the document itself, or one made of what
 * wildcards gathered.
 */
export interface FoundRows {
  body: Uint8Array;
  span: Span;
  values: Located['values'];
  /**
   * For a wildcard that led to elements of which none has the rest of the path: what they have
   * (`Selected.beside`). @default null: something was found, or nothing could be
   */
  beside?: readonly string[] | null;
  /** For a wildcard: the selector, and the lists that it gathered (`Selected.lists`). */
  gathered?: { selector: string; lists: readonly Member[] };
}

/**
 * Finds the rows of a document at its selectors, wildcards (`groups[*].people`) among them, and the
 * values at `paths`. The first selector that leads anywhere counts.
 *
 * Errors: those of `locate` and `selectAll`; the last selector's when none leads anywhere.
 */
export function findRows(body: Uint8Array, options: LocateOptions): FoundRows {
  const { selectors } = options;
  if (!selectors.some(isWild)) return { body, ...locate(body, options) };
  // The document is proven whole, and read for values, before anything is gathered from it.
  const { limits = {} } = options;
  const { values } = locate(body, {
    selectors: ['@'],
    limits,
    ...(options.paths && { paths: options.paths }),
  });
  return { ...firstOf(selectors, (selector) => rowsAt(body, selector, options)), values };
}

function rowsAt(
  body: Uint8Array,
  selector: string,
  options: LocateOptions,
): Omit<FoundRows, 'values'> {
  if (!isWild(selector))
    return { body, span: locate(body, { ...options, selectors: [selector], paths: [] }).span };
  // A wildcard gathers rows from several places; few bodies need it, so they go through JavaScript
  // and back, each number as it was sent.
  const { members: rows, beside, lists } = selectAll(parseJson(body), selector, options);
  const gathered = new TextEncoder().encode(
    `[${rows.map(({ holder, key }) => printMember(holder, key)).join(',')}]`,
  );
  return {
    body: gathered,
    span: locate(gathered, { selectors: ['@'], limits: options.limits ?? {} }).span,
    beside,
    gathered: { selector, lists },
  };
}

/**
 * Returns what the first selector gives that leads anywhere; the last one's error when none does.
 */
function firstOf<T>(
  [selector = '@', ...others]: readonly string[],
  find: (selector: string) => T,
): T {
  try {
    return find(selector);
  } catch (error) {
    if (others.length === 0 || !(error instanceof SelectError)) throw error;
    return firstOf(others, find);
  }
}

function isWild(selector: string): boolean {
  return selector.includes('*');
}
