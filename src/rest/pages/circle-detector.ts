/** What a `CircleDetector` has to know again to go on. Plain JSON. */
export interface CircleSnapshot {
  first: string | null;
  /** The oldest first. */
  recent: readonly string[];
  mark: string | null;
  steps: number;
  span: number;
}

/** Requests whose repetition is detected at once. */
const RECENT = 16;

/**
 * Detects that a list comes back to a request that it made before, with memory that does not grow.
 *
 * The first request and the latest 16 are recognised at once: that is a cursor that comes again, a
 * link back to the first page, two pages that point to each other. For a longer circle, a request
 * is marked whenever as many requests as twice the last span have been made, so that the circle is
 * detected after at most three times its length (Brent, "An improved Monte Carlo factorization
 * algorithm", BIT 20, 1980).
 */
export class CircleDetector {
  #first: string | null;
  #recent: readonly string[];
  #mark: string | null;
  #steps: number;
  #span: number;

  /** @param from where an earlier detector of the same list stood. @default no request was made */
  constructor(from?: CircleSnapshot) {
    this.#first = from?.first ?? null;
    this.#recent = from?.recent ?? [];
    this.#mark = from?.mark ?? null;
    this.#steps = from?.steps ?? 0;
    this.#span = from?.span ?? 1;
  }

  /** Whether a request is known to have been made. */
  has(request: string): boolean {
    return request === this.#first || request === this.#mark || this.#recent.includes(request);
  }

  add(request: string): void {
    this.#first ??= request;
    this.#recent = [...this.#recent.slice(1 - RECENT), request];
    this.#steps += 1;
    if (this.#steps < this.#span) return;
    this.#mark = request;
    this.#steps = 0;
    this.#span *= 2;
  }

  snapshot(): CircleSnapshot {
    return {
      first: this.#first,
      recent: this.#recent,
      mark: this.#mark,
      steps: this.#steps,
      span: this.#span,
    };
  }
}
