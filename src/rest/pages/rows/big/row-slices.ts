import { crc32 } from 'node:zlib';
import { bodyCopies } from '../../../../../operators/columns/body-copies.js';
import { parseJson } from '../../../../../operators/json/parse-json.js';
import type { Json } from '../../../../../operators/types.js';
import type { BodyFile } from '../../../http/body/body-file.js';
import { digestOfParts, ENDS } from '../../rows-digest.js';
import { jsonLines } from '../json-lines.js';
import { lazyDocument } from './lazy-document.js';
import type { LongList, Outline } from './outline.js';
import type { Slice } from './row-cuts.js';

/** How far the rows of a response were read, and what they were. Plain JSON. */
export interface SliceMark {
  /** Bytes of the list up to it. */
  bytes: number;
  /** Tells these bytes from others. */
  check: string;
}

/** Bytes that are read at once to sum them up. */
const PIECE = 1024 * 1024;

/** Rows of a response that lie in a file. They are read slice by slice. */
export class RowSlices {
  readonly #file: BodyFile;
  readonly #list: LongList;
  readonly #format: 'json' | 'ndjson';
  readonly #outline: Outline;
  #isClosed = false;
  /** Tells the rows from others, as `rowsDigest` does. */
  readonly digest: string;

  private constructor(
    file: BodyFile,
    list: LongList,
    { format, outline, sum }: { format: 'json' | 'ndjson'; outline: Outline; sum: string },
  ) {
    this.#file = file;
    this.#list = list;
    this.#format = format;
    this.#outline = outline;
    this.digest = sum;
  }

  /** @param outline that of the response, in which the rows are one of the long lists */
  static async of(
    file: BodyFile,
    list: LongList,
    { format, outline }: { format: 'json' | 'ndjson'; outline: Outline },
  ): Promise<RowSlices> {
    const { start, end, sum } = list;
    const digest = await digestOf(file, start, end, sum);
    return new RowSlices(file, list, { format, outline, sum: digest });
  }

  get slices(): readonly Slice[] {
    return this.#list.slices;
  }

  /** A slice as the JSON of a list, in memory of its own. */
  async read({ from, to }: Slice): Promise<Uint8Array> {
    if (this.#format === 'ndjson') return jsonLines(await this.#file.read(from, to));
    const list = new Uint8Array(Buffer.allocUnsafeSlow(to - from + 2).buffer);
    await this.#file.read(from, to, list.subarray(1));
    list[0] = OPEN_LIST;
    list[list.length - 1] = CLOSE_LIST;
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
    return byte === COMMA || byte === CLOSE_LIST;
  }

  /**
   * The whole response, its long lists in the file (`lazyDocument`) until that is closed.
   *
   * Errors: of its lists Error where the file is closed.
   */
  document(): Json {
    return lazyDocument(this.#outline, ({ from, to }) => {
      if (this.#isClosed)
        throw new Error(
          'the rows of this response were worked on and are not there any more. Copy what is needed of `page.body()` while it is passed.',
        );
      const bytes = this.#file.readNow(from, to);
      return parseJson(
        this.#format === 'ndjson' ? jsonLines(bytes) : Buffer.concat([OPEN, bytes, CLOSE]),
      ) as Json[];
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#file.close();
  }
}

async function digestOf(file: BodyFile, start: number, end: number, sum: number): Promise<string> {
  const first = await file.read(start, Math.min(start + ENDS, end));
  const last = await file.read(Math.max(start, end - ENDS), end);
  return digestOfParts(end - start, sum, [first, last]);
}

const [COMMA, OPEN_LIST, CLOSE_LIST] = [0x2c, 0x5b, 0x5d];
const [OPEN, CLOSE] = [Buffer.from('['), Buffer.from(']')];
