import type { Page } from '../../operators/types.js';
import { type CommitConfig, commitLimits } from '../destination/load-config.js';
import { onAbort } from '../signals/on-abort.js';

/** Commits of more rows take long: others come meanwhile, as many as one of them has. */
const SMALL = 50_000;
/**
 * A page counts for so many rows at least where commits are small: it is pages that are requested
 * again, however few rows they have.
 */
const PAGE_ROWS = 100;
/** Of each list under way the last committed page is requested again, too. */
const LISTS = 3;

/** Rows of one batch on their way from their pages to a commit. */
export interface OpenRows {
  /** A commit of them is under way. */
  commit(): void;
  /** They are committed. May be called again. */
  end(): void;
}

/** A page on its way from its request into a batch. */
export interface AwaitedPage {
  /** Its response came, with so many rows, and waits for its turn. */
  arrive(rows: number): void;
  /** It has its turn: nothing holds it up any more. */
  proceed(): void;
  /** It goes into a batch, or is dropped. May be called again. */
  end(): void;
}

/** Lets pages be requested as long as there is room for them in front of a commit. */
export interface PageRoom {
  /** Lists of one resource that may be under way at once. */
  readonly lists: number;
  /**
   * Resolves when a page may be requested; rejects with the signal's reason when that aborts first.
   *
   * @param depth levels of parents above its list
   */
  request(depth: number, signal: AbortSignal): Promise<AwaitedPage>;
  /** A page that is requested before its turn; null where there is no room, or others wait. */
  requestAhead(depth: number): AwaitedPage | null;
}

/** A page that goes into a batch. */
type CountedPage = Partial<Page> & { awaited?: AwaitedPage | undefined };

interface WaitingRequest {
  depth: number;
  start(page: AwaitedPage): void;
}

/**
 * Bounds what would be requested again if the process were killed: pages that are requested, have
 * come, or are in batches that no commit has are about as many as a commit takes. Pages that were
 * requested come whatever others do, rows make a commit due before they are too many, and a commit
 * ends, so each request has its turn. A page that has come may have to wait until rows in front of
 * it have their children; so meanwhile it holds up only requests of its own depth and above.
 */
export class CommitRoom implements PageRoom {
  readonly lists: number;
  readonly #rows: number;
  /** Rows of all pages on their way, at which no page is requested. */
  readonly #most: number;
  readonly #leastOfPage: number;
  /** Rows in batches, and of them those that a commit is under way for. */
  #counted = 0;
  #committing = 0;
  /** Rows in the batch that is gathered. */
  #gathered = 0;
  /** Rows of pages that come, or go into a batch, whatever others do. */
  #coming = 0;
  /** Rows of pages that wait for their turn, by the depth of their lists. */
  readonly #held: number[] = [];
  #waiting: WaitingRequest[] = [];

  /** @param usual the destination's own limits */
  constructor(commit?: CommitConfig, usual?: CommitConfig) {
    const { rows } = commitLimits(commit, usual);
    this.#rows = rows;
    this.#most = rows < SMALL ? rows : 2 * rows;
    this.lists = rows < SMALL ? LISTS : Number.POSITIVE_INFINITY;
    this.#leastOfPage = rows < SMALL ? PAGE_ROWS : 0;
  }

  /** Adds pages that go into a batch, and their root rows. */
  add(rows: number, pages: readonly CountedPage[]): void {
    const counted = Math.max(rows, pages.length * this.#leastOfPage);
    this.#counted += counted;
    this.#gathered += counted;
    for (const { awaited } of pages) awaited?.end();
  }

  /** Whether rows that no commit is under way for are as many as a commit takes. */
  readonly isDue = (): boolean => this.#counted - this.#committing >= this.#rows;

  /** Follows what was added since the last call: it is in one batch now. */
  open(): OpenRows {
    const rows = this.#gathered;
    this.#gathered = 0;
    let state: 'open' | 'committing' | 'ended' = 'open';
    return {
      commit: () => {
        if (state !== 'open') return;
        state = 'committing';
        this.#committing += rows;
      },
      end: () => {
        if (state === 'ended') return;
        if (state === 'committing') this.#committing -= rows;
        state = 'ended';
        this.#counted -= rows;
        this.#startWaiting();
      },
    };
  }

  async request(depth: number, signal: AbortSignal): Promise<AwaitedPage> {
    signal.throwIfAborted();
    if (this.#isOpen(depth)) return this.#begin(depth);
    return new Promise((resolve, reject) => {
      const request = {
        depth,
        start(page: AwaitedPage): void {
          off();
          resolve(page);
        },
      };
      this.#waiting.push(request);
      const off = onAbort(signal, () => {
        this.#waiting = this.#waiting.filter((other) => other !== request);
        reject(signal.reason as Error);
      });
    });
  }

  requestAhead(depth: number): AwaitedPage | null {
    return this.#waiting.length === 0 && this.#isOpen(0) ? this.#begin(depth) : null;
  }

  #isOpen(depth: number): boolean {
    let rows = this.#counted + this.#coming;
    for (let at = depth; at < this.#held.length; at += 1) rows += this.#held[at] ?? 0;
    return rows < this.#most;
  }

  #begin(depth: number): AwaitedPage {
    let rows = Math.max(1, this.#leastOfPage);
    let state: 'coming' | 'held' | 'ended' = 'coming';
    const count = (more: number): void => {
      if (state === 'coming') this.#coming += more;
      else if (state === 'held') this.#held[depth] = (this.#held[depth] ?? 0) + more;
    };
    const enter = (next: typeof state, size = rows): void => {
      count(-rows);
      state = next;
      rows = size;
      count(rows);
    };
    count(rows);
    return {
      arrive: (found) => {
        if (state !== 'coming') return;
        enter('held', Math.max(found, rows));
        // Most have their turn at once.
        if (this.#waiting.length > 0) setImmediate(() => this.#startWaiting());
      },
      proceed() {
        if (state === 'held') enter('coming');
      },
      end: () => {
        if (state === 'ended') return;
        enter('ended');
        this.#startWaiting();
      },
    };
  }

  #startWaiting(): void {
    if (this.#waiting.length === 0) return;
    const still: WaitingRequest[] = [];
    for (const request of this.#waiting)
      if (this.#isOpen(request.depth)) request.start(this.#begin(request.depth));
      else still.push(request);
    this.#waiting = still;
  }
}
