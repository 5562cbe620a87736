import { crc32 } from 'node:zlib';
import { bodyCopies } from '../../../../../operators/columns/body-copies.js';
import type { BodyFile } from '../../../http/body/body-file.js';
import { digestOfParts, ENDS } from '../../rows-digest.js';
import { jsonLines } from '../json-lines.js';
import type { LargeDocument } from './large-document.js';
import { END, type ListFacts } from './list-facts.js';
import type { LongList } from './outline.js';
import type { Slice } from './row-cuts.js';

/** How far the rows of a response were read, and what they were. Plain JSON. */
export interface SliceMark {
  /** Bytes of the list up to it. */
  bytes: number;
  /** Tells these bytes from others. */
  check: string;
}

type List = Pick<LongList, 'kind' | 'start' | 'end' | 'slices' | 'sum' | 'asList'>;

/** How rows lie in their file, and the response that they are of. */
interface Origin {
  format: 'json' | 'ndjson';
  document: LargeDocument;
}

/** Bytes that are read at once to sum them up. */
const PIECE = 1024 * 1024;

/** Rows of a response that lie in a file. They are read slice by slice. */
export class RowSlices {
  readonly #file: BodyFile;
  readonly #list: List;
  readonly #format: 'json' | 'ndjson';
  /** The response that they are of. */
  readonly document: LargeDocument;
  readonly facts: ListFacts;

  private constructor(file: BodyFile, list: List, { format, document }: Origin, facts: ListFacts) {
    this.#file = file;
    this.#list = list;
    this.#format = format;
    this.document = document;
    this.facts = facts;
  }

  /** The rows of a list in a file. They own the file and the document. */
  static async of(file: BodyFile, list: List, origin: Origin): Promise<RowSlices> {
    return new RowSlices(file, list, origin, list.asList ?? (await factsOf(file, list)));
  }

  get slices(): readonly Slice[] {
    return this.#list.slices;
  }

  get kind(): 'array' | 'map' {
    return this.#list.kind;
  }

  /** A slice as the JSON of a list or map, in memory of its own. */
  async read({ from, to }: Slice): Promise<Uint8Array> {
    if (this.#format === 'ndjson') return jsonLines(await this.#file.read(from, to));
    const list = new Uint8Array(Buffer.allocUnsafeSlow(to - from + 2).buffer);
    await this.#file.read(from, to, list.subarray(1));
    list[0] = this.kind === 'map' ? OPEN_OBJECT : OPEN_LIST;
    list[list.length - 1] = this.kind === 'map' ? CLOSE_OBJECT : CLOSE_LIST;
    return bodyCopies.made(list);
  }

  /** The mark behind a slice. */
  async mark({ to, sum }: Slice): Promise<SliceMark> {
    const { start } = this.#list;
    return { bytes: to - start, check: await digestOf(this.#file, start, to, sum) };
  }

  /**
   * The slices behind a mark of an earlier response to the same request; one without rows where the
   * list ends there now. Null where the rows in front of it are others now.
   */
  async after({ bytes, check }: SliceMark): Promise<readonly Slice[] | null> {
    const { start, end, slices } = this.#list;
    const to = start + bytes;
    if (to > end || (this.#format === 'json' && to === end)) return null;
    let sum = 0;
    for (let at = start; at < to; at += PIECE)
      sum = crc32(await this.#file.read(at, Math.min(at + PIECE, to)), sum);
    if ((await digestOf(this.#file, start, to, sum)) !== check) return null;
    // The last of these rows may be a number that goes on now.
    if (this.#format === 'json' && !(await this.#isRowEnd(to))) return null;
    const left = slices.flatMap((slice) => {
      if (slice.to <= to) return [];
      // Cut at another place than before: behind the mark is a comma, or a line's end before it.
      return slice.from >= to
        ? [slice]
        : [{ ...slice, from: this.#format === 'json' ? to + 1 : to }];
    });
    return left.length > 0 ? left : [{ from: to, to, count: 0, sum }];
  }

  async #isRowEnd(at: number): Promise<boolean> {
    const [byte] = await this.#file.read(at, at + 1);
    return byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT;
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.document.close();
  }
}

async function factsOf(file: BodyFile, { start, end, sum }: List): Promise<ListFacts> {
  const last = await file.read(Math.max(start, end - END), end);
  return { digest: await digestOf(file, start, end, sum), end: last };
}

async function digestOf(file: BodyFile, start: number, end: number, sum: number): Promise<string> {
  const first = await file.read(start, Math.min(start + ENDS, end));
  const last = await file.read(Math.max(start, end - ENDS), end);
  return digestOfParts(end - start, sum, [first, last]);
}

const [COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [
  0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
] as const;
