import { printJson } from '../../../operators/json/print-json.js';
import { groupedDigits } from '../../../operators/settings/grouped-digits.js';
import { shortened } from '../../../operators/settings/shortened.js';
import { PaginationError } from '../../errors.js';
import { digest } from '../digest.js';
import { hrefOf, parseUrl, withParams } from '../http/url.js';
import type { Ending, PageFacts, Paginator, RequestChange } from '../paginators/paginator.js';
import { CircleDetector, type CircleSnapshot } from './circle-detector.js';
import type { PageBytes } from './envelope.js';
import { rowsDigest } from './rows-digest.js';

/** A request of a list: the paginator's change, and the address that comes of it. */
export interface Step {
  change: RequestChange;
  url: URL;
}

/** A list that cannot be read further, though it is not at its end. */
export interface Stop {
  /** The request that would come next; null where that is not known. */
  change: RequestChange | null;
  fault: unknown;
}

/** What a guard has to know again to go on. Plain JSON, without secrets. */
export interface GuardSnapshot {
  circle: CircleSnapshot;
  /** Digests of the last page; null where no paginator compares pages. */
  rows: string | null;
  progress: string | null;
  /** Digest of the first page's rows; null where no cursor leads on. */
  first: string | null;
}

/** Digests of a page, made when they are first needed. */
interface LastPage {
  rows(): string;
  progress(): string;
}

interface GuardConfig {
  /** Names the list in errors. */
  where: string;
  maxPages: number;
  /** Removes the list's secrets from a text, so that digests tell nothing of them. */
  withoutSecrets: (text: string) => string;
  /** Where an earlier guard of the list stood. @default at its beginning */
  from?: GuardSnapshot | undefined;
}

/** Guards one list against circles, repeated pages and a missing end. */
export class PaginationGuard {
  readonly #start: URL;
  readonly #where: string;
  readonly #maxPages: number;
  readonly #withoutSecrets: (text: string) => string;
  readonly #circle: CircleDetector;
  /** The first request until it is added to the circle; null from then on. */
  #begun: Step | null = null;
  /** Null where no paginator compares pages. */
  #last: LastPage | null;
  #first: string | null;

  /** @param start address of the list; paginators set parameters over it */
  constructor(start: URL, { where, maxPages, withoutSecrets, from }: GuardConfig) {
    this.#start = start;
    this.#where = where;
    this.#maxPages = maxPages;
    this.#withoutSecrets = withoutSecrets;
    this.#circle = new CircleDetector(from?.circle);
    const { rows = null, progress = null } = from ?? {};
    this.#last =
      rows === null || progress === null ? null : { rows: () => rows, progress: () => progress };
    this.#first = from?.first ?? null;
  }

  snapshot(): GuardSnapshot {
    this.#keep();
    return {
      circle: this.#circle.snapshot(),
      rows: this.#last?.rows() ?? null,
      progress: this.#last?.progress() ?? null,
      first: this.#first,
    };
  }

  /** The address of the first page. */
  begin(change: RequestChange): URL {
    const url = address(change, this.#start, this.#start);
    this.#begun = { change, url };
    return url;
  }

  /**
   * The address of the page behind `pages` others, where the list is gone on with.
   *
   * Errors: PaginationError where that is one page too many.
   */
  resume(change: RequestChange, pages: number): URL {
    if (pages >= this.#maxPages) throw this.#fault(pages - 1, this.#tooMany());
    return address(change, this.#start, this.#start);
  }

  /**
   * Tells whether a page has the rows of the one before while nothing beside them moved on: neither
   * the position that the response repeats, nor its flag, link or cursor. Never so for a paginator
   * whose positions come from the API.
   */
  isRepeat(page: PageBytes, { signs }: PageFacts, paginator: Paginator): boolean {
    const { position, flag, next } = signs;
    if (paginator.followsApi === true) return false;
    const { document, body, span, slices } = page;
    // What a user's function goes by may be anywhere in the body.
    const rows = paginator.config === null ? document : body.subarray(span.start, span.end);
    const before = this.#last;
    const last = {
      rows: once(() => slices?.facts.digest ?? rowsDigest(rows)),
      progress: once(() =>
        this.#digest(printJson([position, flag?.isMore ?? null, next?.value ?? null])),
      ),
    };
    this.#last = last;
    return (
      before !== null &&
      span.count > 0 &&
      before.rows() === last.rows() &&
      before.progress() === last.progress()
    );
  }

  /** Tells whether a page has the rows of the last one. It is not remembered. */
  isLast(page: PageBytes): boolean {
    return this.#last?.rows() === digestOf(page);
  }

  /**
   * Tells whether a cursor of 0, which many services give behind their last page, led back to the
   * first page. Elsewhere 0 is a cursor as any other.
   */
  isStartAgain(page: PageBytes, { change, index }: PageFacts, paginator: Paginator): boolean {
    if (!/cursor/i.test(paginator.config?.type ?? '')) return false;
    const isZero = Object.values({ ...change.params, ...change.json }).some(
      (value) => value === '0' || value === 0 || value === 0n,
    );
    if (index > 0 && !isZero) return false;
    const rows = digestOf(page);
    if (index === 0) this.#first = rows;
    return index > 0 && page.span.count > 0 && rows === this.#first;
  }

  /**
   * The request after a page that ends its list by a stated count, as if nothing were stated: what
   * comes tells whether the API heeds the position.
   */
  beyond(facts: PageFacts, paginator: Paginator): Step | Stop | Ending {
    return this.after({ ...facts, values: [] }, paginator);
  }

  /**
   * The request after a page, or how the list ends. An error is returned, not thrown, so that the
   * page itself is not lost: for an address that was requested before, one page too many, a
   * position that cannot be used. A link in the change is a whole address.
   */
  after(facts: PageFacts, paginator: Paginator): Step | Stop | Ending {
    try {
      const next = paginator.next(facts);
      if ('end' in next) return next;
      if (holdsHalf(next))
        throw new PaginationError(
          'the response names its next page by a text with half a surrogate pair, which no request can send.',
        );
      const url = address(next, this.#start, facts.url);
      const change = next.url === undefined ? next : { ...next, url: hrefOf(url) };
      const place = this.#placeOf(url, change);
      this.#keep();
      const isKnown = this.#circle.has(place);
      // Some services give the last cursor again, for ever, behind the last row.
      if (isKnown && facts.rows === 0) return { end: 'empty', isRepeat: true };
      if (isKnown)
        throw new PaginationError(
          `the response points to a page that was requested before. Reading on would go in circles; what was committed stays.${unheeded(next)}`,
        );
      this.#circle.add(place);
      if (facts.index + 1 < this.#maxPages) return { change, url };
      return { change, fault: this.#fault(facts.index, this.#tooMany(), facts.url) };
    } catch (error) {
      return {
        change: null,
        fault:
          error instanceof PaginationError
            ? this.#fault(facts.index, error.message, facts.url)
            : error,
      };
    }
  }

  /**
   * Digests what the next page is compared with. Most lists end with their first page, so this is
   * done only where another follows; the page's bytes are not kept for it.
   */
  #keep(): void {
    this.#last?.rows();
    this.#last?.progress();
    if (this.#begun === null) return;
    const { change, url } = this.#begun;
    this.#begun = null;
    this.#circle.add(this.#placeOf(url, change));
  }

  /** What tells one request of the list from another. */
  #placeOf(url: URL, { json }: RequestChange): string {
    return this.#digest(json === undefined ? url.href : `${url.href} ${printJson(json)}`);
  }

  #digest(text: string): string {
    return digest(this.#withoutSecrets(text), DIGEST);
  }

  #tooMany(): string {
    return `there are more than ${groupedDigits(this.#maxPages)} pages. Raise maxPages if that is right.`;
  }

  /** @param page address of the page, where it is known */
  #fault(index: number, what: string, page?: URL): PaginationError {
    const at = page === undefined ? '' : ` The page is ${hrefOf(page)}.`;
    return new PaginationError(`${this.#where}, page ${index + 1}: ${what}${at}`);
  }
}

function digestOf({ body, span, slices }: PageBytes): string {
  return slices?.facts.digest ?? rowsDigest(body.subarray(span.start, span.end));
}

/** Whether a change has a text with half a surrogate pair. */
function holdsHalf(change: RequestChange): boolean {
  const { url = '', params = {}, json } = change;
  if (json !== undefined) return HALF.test(printJson(change));
  if (LONE.test(url)) return true;
  for (const name in params) if (LONE.test(name) || LONE.test(String(params[name]))) return true;
  return false;
}

const LONE = /\p{Surrogate}/u;
/** Half a surrogate pair, which JSON.stringify escapes; a backslash before it may be one itself. */
const HALF = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Characters of a digest: 72 bits. */
const DIGEST = 12;
/**
 * The address that a change leads to: parameters are set over the first request's, links count from
 * the page that holds them.
 */
function address({ url: link, params }: RequestChange, first: URL, page: URL): URL {
  if (link === undefined) return withParams(first, params);
  const url = URL.canParse(link, page.href) ? parseUrl(link, page) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new PaginationError(
      `the link to the next page is not an address: \`${shortened(link, 200)}\`.`,
    );
  // A fragment is not sent: addresses that differ by it alone are one request.
  url.hash = '';
  return url;
}

/** What to do about a circle, where it may come of a parameter that the API does not know. */
function unheeded({ params = {} }: RequestChange): string {
  const names = Object.keys(params).map((name) => `\`${name}\``);
  return names.length === 0
    ? ''
    : ` Check that the API knows ${names.join(', ')}: the paginator writes the next page's place there.`;
}

/** Makes a value when it is first needed, and lets go of what it is made from. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  let pending: (() => T) | null = make;
  return () => {
    made ??= { value: (pending as () => T)() };
    pending = null;
    return made.value;
  };
}
