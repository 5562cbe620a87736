import { printJson } from '../../../operators/json/print-json.js';
import { PaginationError } from '../../errors.js';
import { parseUrl, withParams } from '../http/url.js';
import type { Ending, PageFacts, Paginator, RequestChange } from '../paginators/paginator.js';
import type { PageBytes } from './envelope.js';

/** A request of a list: the paginator's change, and the address that comes of it. */
export interface Step {
  change: RequestChange;
  url: URL;
}

/** A list that cannot be read further, though it is not at its end. */
export interface Stop {
  /** Where it would go on: the page after, or the same one where nothing better is known. */
  change: RequestChange;
  fault: unknown;
}

/** Guards one list against circles, repeated pages and a missing end. */
export class PaginationGuard {
  readonly #start: URL;
  readonly #where: string;
  readonly #maxPages: number;
  readonly #asked = new Set<string>();
  #rows: Uint8Array | undefined;
  #progress = '';

  /**
   * @param start address of the list; paginators set parameters over it. `where` names the list in
   * errors.
   */
  constructor(start: URL, { where, maxPages }: { where: string; maxPages: number }) {
    this.#start = start;
    this.#where = where;
    this.#maxPages = maxPages;
  }

  /** The address of the first page. */
  begin(change: RequestChange): URL {
    const url = address(change, this.#start, this.#start);
    this.#asked.add(placeOf(url, change));
    return url;
  }

  /**
   * Tells whether a page has the rows of the one before while nothing beside them moved on: neither
   * the position that the response repeats, nor its flag, link or cursor. Never so for a paginator
   * whose positions come from the API.
   */
  isRepeat(page: PageBytes, { signs }: PageFacts, paginator: Paginator): boolean {
    const { position, flag, next } = signs;
    const progress = printJson([position, flag?.isMore ?? null, next?.value ?? null]);
    const { document, body, span } = page;
    // What a user's function goes by may be anywhere in the body.
    const rows = paginator.config === null ? document : body.subarray(span.start, span.end);
    const [before, progressBefore] = [this.#rows, this.#progress];
    this.#rows = rows;
    this.#progress = progress;
    return (
      paginator.followsApi !== true &&
      span.count > 0 &&
      before !== undefined &&
      Buffer.compare(before, rows) === 0 &&
      progress === progressBefore
    );
  }

  /**
   * The request after a page that ends its list by a stated count, as if nothing were stated: what
   * comes tells whether the API heeds the position.
   */
  beyond(facts: PageFacts, paginator: Paginator): Step | Stop | Ending {
    return this.after({ ...facts, values: [] }, paginator);
  }

  /**
   * The request after a page, or how the list ends. What speaks against going on is given, not
   * thrown, so that the page itself is not lost: an address that was asked for before, one page too
   * many, a position that cannot be used.
   */
  after(facts: PageFacts, paginator: Paginator): Step | Stop | Ending {
    let change: RequestChange | null = null;
    try {
      const next = paginator.next(facts);
      if ('end' in next) return next;
      if (HALF.test(printJson(next)))
        throw new PaginationError(
          'the response names its next page by a text with half a surrogate pair, which no request can send.',
        );
      change = next;
      const url = address(change, this.#start, facts.url);
      const place = placeOf(url, change);
      // Some services give the last cursor again, for ever, behind the last row.
      if (this.#asked.has(place) && facts.rows === 0) return { end: 'empty', isRepeat: true };
      if (this.#asked.has(place))
        throw new PaginationError(
          'the API points to a page that was asked for before. Reading on would go in circles; what was committed stays.',
        );
      if (facts.index + 1 >= this.#maxPages)
        throw new PaginationError(
          `there are more than ${this.#maxPages.toLocaleString('en-US')} pages. Raise maxPages if that is right.`,
        );
      this.#asked.add(place);
      return { change, url };
    } catch (error) {
      return {
        change: change ?? facts.asked,
        fault: error instanceof PaginationError ? this.#fault(facts, error.message) : error,
      };
    }
  }

  #fault({ index }: PageFacts, what: string): PaginationError {
    return new PaginationError(`${this.#where}, page ${index + 1}: ${what}`);
  }
}

/** Half a surrogate pair, which JSON.stringify escapes; a backslash before it may be one itself. */
const HALF = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** What tells one request of a list from another. */
function placeOf(url: URL, { json }: RequestChange): string {
  return json === undefined ? url.href : `${url.href} ${printJson(json)}`;
}

/**
 * The address that a change leads to: parameters are set over the first request's, links count from
 * the page that holds them.
 */
function address({ url: link, params }: RequestChange, first: URL, page: URL): URL {
  if (link === undefined) return withParams(first, params);
  const url = URL.canParse(link, page.href) ? parseUrl(link, page) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new PaginationError(
      `the link to the next page is no address: \`${link.slice(0, 200)}\`.`,
    );
  return url;
}
