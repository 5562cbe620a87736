import type { CursorConfig, CursorRules, CursorValue } from './cursor-config.js';
import { cursorStart } from './cursor-start.js';
import { hasLegacyHashes } from './dedup-hash.js';
import { type Further, furtherOf, isSame } from './further.js';

/** What is kept of a cursor from run to run: dlt's state of it. */
export interface KeptCursor {
  initialValue: CursorValue | null;
  lastValue: CursorValue | null;
  /** Hashes of the rows whose value is `lastValue`. */
  uniqueHashes: readonly string[];
  /** Where the last run began that had rows. */
  startValue: CursorValue | null;
  /**
   * Which of the values are whole numbers that rows have as doubles: dlt keeps and sends `2.0`.
   * @default none
   */
  doubles?: readonly ('initialValue' | 'lastValue' | 'startValue')[];
}

/** What a cursor sees of a page. */
export interface CursorPage {
  /** By row: the value at the cursor's path; null where there is none. */
  values: readonly (CursorValue | null)[];
  /** Rows whose value is a whole number that was sent as a double. @default none */
  doubles?: ReadonlySet<number>;
  /** The hash of a row, in the form that dlt has now or had before 1.29. */
  hashOf(row: number, isLegacy: boolean): string;
  /** Errors for a row that has no value. */
  refuse(row: number): never;
}

/** How far a cursor has come in a run. Plain JSON. */
export interface CursorSnapshot {
  kept: KeptCursor;
  last: CursorValue | null;
  lastIsDouble: boolean;
  hashes: readonly string[];
  isLegacy: boolean;
  hasRows: boolean;
}

/** What a cursor says of a page. */
export interface CursorVerdict {
  /** Numbers of the rows that stay, ascending. */
  rows: number[];
  /** No later page of the list has rows of the span. */
  isBeyond: boolean;
}

/**
 * Follows one cursor through the rows of a run, as dlt 1.31 does (`JsonIncremental` of
 * dlt/extract/incremental/transform.py): which rows stay, and what is kept.
 */
export class CursorProgress {
  readonly #config: CursorRules;
  readonly #further: Further;
  readonly #isUnique: boolean;
  readonly #start: CursorValue | null;
  readonly #startHashes: ReadonlySet<string>;
  readonly #isLegacyStart: boolean;
  readonly #before: CursorValue | null;
  #kept: KeptCursor;
  readonly #beforeIsDouble: boolean;
  #last: CursorValue | null;
  #lastIsDouble: boolean;
  #hashes: Set<string>;
  #isLegacy: boolean;
  #hasRows = false;
  /** Rows whose value is the furthest, not hashed yet: most often a further one comes. */
  #pending: { page: CursorPage; rows: number[] } | null = null;

  /** @param kept what earlier runs kept; null for nothing */
  constructor(config: CursorRules, kept: KeptCursor | null, resource?: string) {
    const { initialValue = null, endValue } = config;
    const fresh = {
      initialValue,
      lastValue: initialValue,
      uniqueHashes: [],
      startValue: initialValue,
    };
    this.#config = config;
    this.#further = furtherOf(config, resource);
    this.#isUnique = tellsRowsApart(config);
    this.#kept = endValue === undefined ? (kept ?? fresh) : fresh;
    this.#before = this.#kept.lastValue;
    this.#beforeIsDouble = this.#kept.doubles?.includes('lastValue') === true;
    this.#start = cursorStart(config, this.#before, this.#beforeIsDouble);
    this.#last = this.#start;
    this.#lastIsDouble = this.#beforeIsDouble;
    this.#startHashes = new Set(this.#kept.uniqueHashes);
    this.#hashes = new Set(this.#startHashes);
    this.#isLegacyStart = hasLegacyHashes(this.#startHashes);
    this.#isLegacy = this.#isLegacyStart;
  }

  /**
   * Decides which rows of a page stay. Errors: those of `refuse`; ConfigError for values that have
   * no order.
   */
  take(page: CursorPage): CursorVerdict {
    const { values } = page;
    if (values.length === 0) return { rows: [], isBeyond: false };
    this.#hasRows = true;
    const rows: number[] = [];
    const boundary: number[] = [];
    const { rowOrder, lag = 0 } = this.#config;
    let isBeyond = false;
    for (let row = 0; row < values.length; row += 1) {
      const place = this.#placeOf(values[row] as CursorValue | null, row, page, boundary);
      if (place === 'within') rows.push(row);
      isBeyond ||=
        rowOrder === 'asc' ? place === 'behind' : rowOrder === 'desc' && place === 'before';
    }
    if (boundary.length > 0) {
      this.#settle();
      this.#pending = { page, rows: boundary };
    }
    const { lastValue } = this.#kept;
    if (lag !== 0 && lastValue !== null && this.#last !== null)
      this.#last = this.#further([this.#last, lastValue]);
    if (isSame(this.#last, lastValue, this.#config))
      this.#lastIsDouble = this.#isKeptDouble('lastValue');
    const startIsDouble = rows.length > 0 ? this.#beforeIsDouble : this.#isKeptDouble('startValue');
    const doubles = [
      ...(this.#isKeptDouble('initialValue') ? (['initialValue'] as const) : []),
      ...(this.#lastIsDouble ? (['lastValue'] as const) : []),
      ...(startIsDouble ? (['startValue'] as const) : []),
    ];
    const { doubles: _, ...others } = this.#kept;
    this.#kept = {
      ...others,
      lastValue: this.#last,
      ...(rows.length > 0 && { startValue: this.#before }),
      ...(doubles.length > 0 && { doubles }),
    };
    return { rows, isBeyond };
  }

  /** What later runs begin with; what was kept where the run is a backfill or had no rows. */
  kept(): KeptCursor {
    if (!this.#hasRows) return this.#kept;
    this.#settle();
    return { ...this.#kept, uniqueHashes: this.#isUnique ? [...this.#hashes] : [] };
  }

  /**
   * How far it has come by now. The function that it returns gives that whenever it is called, and
   * only then hashes rows.
   */
  snapshot(): () => CursorSnapshot {
    const [hashes, count, pending] = [this.#hashes, this.#hashes.size, this.#pending];
    const state = {
      kept: this.#kept,
      last: this.#last,
      lastIsDouble: this.#lastIsDouble,
      isLegacy: this.#isLegacy,
      hasRows: this.#hasRows,
    };
    return () => {
      const known = new Set([...hashes].slice(0, count));
      for (const row of pending?.rows ?? [])
        known.add(pending?.page.hashOf(row, state.isLegacy) as string);
      return { ...state, hashes: [...known] };
    };
  }

  /** Goes on where another one of the same run stood. */
  resume({ kept, last, lastIsDouble, hashes, isLegacy, hasRows }: CursorSnapshot): void {
    this.#kept = kept;
    this.#last = last;
    this.#lastIsDouble = lastIsDouble;
    this.#hashes = new Set(hashes);
    this.#isLegacy = isLegacy;
    this.#hasRows = hasRows;
    this.#pending = null;
  }

  #placeOf(
    value: CursorValue | null,
    row: number,
    page: CursorPage,
    boundary: number[],
  ): 'within' | 'before' | 'behind' | 'without' {
    const { onCursorValueMissing: missing = 'raise', rangeStart, endValue } = this.#config;
    if (value === null) {
      if (missing === 'raise') page.refuse(row);
      return missing === 'include' ? 'within' : 'without';
    }
    if (endValue !== undefined && this.#isBehind(value, endValue)) return 'behind';
    const own = this.#further([value]);
    const further = this.#last === null ? own : this.#further([value, this.#last]);
    if (this.#last === null || !isSame(further, this.#last, this.#config)) {
      this.#last = further;
      this.#lastIsDouble = page.doubles?.has(row) === true && isSame(further, value, this.#config);
      this.#hashes = new Set();
      this.#isLegacy = false;
      this.#pending = null;
      boundary.length = 0;
      if (this.#isUnique) boundary.push(row);
      return 'within';
    }
    const isStart = isSame(own, this.#start, this.#config);
    if (rangeStart === 'open' && isStart) return 'before';
    if (
      this.#start !== null &&
      isSame(this.#further([value, this.#start]), this.#start, this.#config)
    ) {
      if (!isStart) return 'before';
      if (
        this.#isUnique &&
        this.#startHashes.size > 0 &&
        this.#startHashes.has(page.hashOf(row, this.#isLegacyStart))
      )
        return 'before';
    }
    if (this.#isUnique && isSame(own, this.#last, this.#config)) boundary.push(row);
    return 'within';
  }

  #isBehind(value: CursorValue, end: CursorValue): boolean {
    if (!isSame(this.#further([value, end]), end, this.#config)) return true;
    return this.#config.rangeEnd !== 'closed' && isSame(this.#further([value]), end, this.#config);
  }

  #isKeptDouble(name: 'initialValue' | 'lastValue' | 'startValue'): boolean {
    return this.#kept.doubles?.includes(name) === true;
  }

  #settle(): void {
    if (this.#pending === null) return;
    const { page, rows } = this.#pending;
    for (const row of rows) this.#hashes.add(page.hashOf(row, this.#isLegacy));
    this.#pending = null;
  }
}

/** With a lag rows come again anyway, and a backfill keeps nothing. */
function tellsRowsApart({
  rangeStart,
  endValue,
  lag = 0,
  lastValueFunc = 'max',
  primaryKey,
}: CursorConfig): boolean {
  if (rangeStart === 'open' || endValue !== undefined) return false;
  if (lag !== 0 && typeof lastValueFunc !== 'function') return false;
  return !(Array.isArray(primaryKey) && primaryKey.length === 0);
}
