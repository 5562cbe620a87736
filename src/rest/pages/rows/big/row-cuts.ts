import { crc32 } from 'node:zlib';

/** A piece of a list in a body: whole elements with what is between them. */
export interface Slice {
  /** Its first byte. */
  from: number;
  /** The byte behind its last one: the comma or bracket, or the end of a line. */
  to: number;
  /** Elements. */
  count: number;
  /** CRC-32 of the list up to `to`. */
  sum: number;
}

/** Notes where a list is cut, and sums up its bytes. */
export class RowCuts {
  readonly #slices: Slice[] = [];
  #sum = 0;
  #count = 0;

  add(bytes: Uint8Array): void {
    this.#sum = crc32(bytes, this.#sum);
  }

  /** Notes a slice whose bytes were all added. */
  cut(slice: Omit<Slice, 'sum'>): void {
    this.#slices.push({ ...slice, sum: this.#sum });
    this.#count += slice.count;
  }

  all(): { slices: readonly Slice[]; count: number; sum: number } {
    return { slices: this.#slices, count: this.#count, sum: this.#sum };
  }
}
