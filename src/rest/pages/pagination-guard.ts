import { printJson } from '../../../operators/json/print-json.js';
import type { Span } from '../../../operators/types.js';
import { PaginationError } from '../../errors.js';
import { parseUrl, withParams } from '../http/url.js';
import type { Ending, PageFacts, Paginator, RequestChange } from '../paginators/paginator.js';

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
  #last: Uint8Array | undefined;

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
   * Whether a page repeats the one before, and what that means: the end, or that it is to be passed
   * over. PaginationError when it means a fault.
   */
  repeats(
    body: Uint8Array,
    span: Span,
    facts: PageFacts,
    { onRepeat }: Paginator,
  ): 'new' | 'end' | 'skip' {
    // Where the API gives the position, rows may be equal by chance; with an equal envelope they
    // are the same page.
    const shown = onRepeat === undefined ? body : body.subarray(span.start, span.end);
    const same =
      span.count > 0 && this.#last !== undefined && Buffer.compare(this.#last, shown) === 0;
    this.#last = shown;
    if (!same) return 'new';
    const meaning = onRepeat?.(facts) ?? 'fault';
    if (meaning !== 'fault') return meaning;
    throw this.#fault(
      facts,
      "this is the page before once more. Check the names of the paginator's parameters: the API seems to ignore them.",
    );
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
      change = next;
      const url = address(change, this.#start, facts.url);
      const place = placeOf(url, change);
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
