import { crc32 } from 'node:zlib';
import { digestOfParts, ENDS } from '../../rows-digest.js';

/** What is known of a list whose bytes are not in memory. */
export interface ListFacts {
  /** Tells its rows from others, as `rowsDigest` does. */
  digest: string;
  /** Its last 16 KiB. */
  end: Uint8Array;
}

/** Bytes of a list's end that are kept (`ListFacts.end`). */
export const END: number = 16 * 1024;

/** Collects the facts of a list whose elements come piece by piece, each piece as a list. */
export class ListPieces {
  #first: Buffer = OPEN;
  #end: Buffer = OPEN;
  #size = OPEN.length;
  #sum = crc32(OPEN);

  /** Takes the elements of a list without blanks at its ends. An empty one adds nothing. */
  add(list: Uint8Array): void {
    const elements = list.subarray(1, -1);
    if (elements.length === 0) return;
    if (this.#size > OPEN.length) this.#write(COMMA);
    this.#write(elements);
  }

  /** The facts of all. Nothing may be added after. */
  facts(): ListFacts {
    this.#write(CLOSE);
    const ends = [this.#first, this.#end.subarray(-ENDS)] as const;
    return { digest: digestOfParts(this.#size, this.#sum, ends), end: this.#end };
  }

  #write(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#sum = crc32(bytes, this.#sum);
    if (this.#first.length < ENDS)
      this.#first = Buffer.concat([this.#first, bytes.subarray(0, ENDS - this.#first.length)]);
    this.#end = Buffer.concat([this.#end, bytes.subarray(-END)]).subarray(-END);
  }
}

const [OPEN, COMMA, CLOSE] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')];
