/** A value's place among others. */
export interface Place<T> {
  /** Null when it was removed. */
  value: T | null;
  before: Place<T> | null;
  after: Place<T> | null;
}

/**
 * Values in the order in which they came, each of which stays for a short time, while the roster
 * itself stays long. A `Set` would keep what left it: each of its tables points to the one that
 * replaced it, so that from the first table that reaches the old generation on, all later ones
 * reach it, with the values that were in them.
 */
export class Roster<T> {
  #size = 0;
  #first: Place<T> | null = null;
  #last: Place<T> | null = null;

  get size(): number {
    return this.#size;
  }

  /** The value that came first; null where there is none. */
  get first(): T | null {
    return this.#first?.value ?? null;
  }

  add(value: T): Place<T> {
    const last = this.#last;
    const place: Place<T> = { value, before: last, after: null };
    if (last === null) this.#first = place;
    else last.after = place;
    this.#last = place;
    this.#size += 1;
    return place;
  }

  /** Removes what is at a place of this roster; does nothing the second time. */
  remove(place: Place<T>): void {
    if (place.value === null) return;
    const { before, after } = place;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    // A place that is old and dead must hold no young one.
    place.value = null;
    place.before = null;
    place.after = null;
    this.#size -= 1;
  }

  /** The places as of now; values that are removed meanwhile are null. */
  places(): Place<T>[] {
    const all: Place<T>[] = [];
    for (let place = this.#first; place !== null; place = place.after) all.push(place);
    return all;
  }
}
