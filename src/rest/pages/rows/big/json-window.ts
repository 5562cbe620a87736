import { type Kernel, unexpected, withKernel } from '../../../../../operators/columns/kernel.js';
import type { Limits } from '../../../../../operators/columns/limits.js';
import { JsonError, LimitError } from '../../../../../operators/errors.js';
import { groupedDigits } from '../../../../../operators/settings/grouped-digits.js';
import type { ByteSource } from './byte-source.js';

/** Bytes in front of a window's end at which a token may be cut: an escape is the longest. */
const TOKEN = 16;

/**
 * Reads a JSON document through a window that moves over it. Where the window ends within what is
 * read, it moves on; what is larger than the window is entered, and only for a text or number that
 * is does it grow. Offsets are those of the whole body.
 *
 * Errors: JsonError and LimitError as those of `locate`, with offsets in the whole body.
 */
export class JsonWindow {
  readonly #body: ByteSource;
  readonly #limits: Limits;
  readonly #size: number;
  #buffer: Uint8Array;
  /** Whole characters of the body from `#from` on; those of its end, whatever they are. */
  #bytes: Uint8Array = new Uint8Array();
  #from = 0;

  /** @param size bytes of the window, as long as they are enough */
  constructor(body: ByteSource, limits: Limits, size: number) {
    this.#body = body;
    this.#limits = limits;
    this.#size = size;
    this.#buffer = new Uint8Array(Math.min(size, body.size));
  }

  /** The first byte that is not blank or part of a byte order mark. */
  async begin(): Promise<number> {
    await this.#move(0, this.#size);
    const [a, b, c] = this.#bytes;
    return this.blanks(a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0);
  }

  /** The first place from `at` on that is not blank. */
  async blanks(at: number): Promise<number> {
    for (let place = at; ;) {
      await this.#reach(place);
      let index = place - this.#from;
      while (index < this.#bytes.length && isBlank(this.#bytes[index] as number)) index += 1;
      if (index < this.#bytes.length || this.#isEnd()) return this.#from + index;
      place = this.#from + index;
    }
  }

  /** The byte at a place; undefined behind the end. */
  async byte(at: number): Promise<number | undefined> {
    await this.#reach(at);
    return this.#bytes[at - this.#from];
  }

  /** JsonError where there is another byte. */
  async require(at: number, byte: number): Promise<void> {
    if ((await this.byte(at)) !== byte) throw this.#unexpected(at);
  }

  /** JsonError where there is more. */
  async requireEnd(at: number): Promise<void> {
    if ((await this.byte(at)) !== undefined) throw this.#unexpected(at);
  }

  /** The bytes of two places; valid until the window moves. */
  async bytes(from: number, to: number): Promise<Uint8Array> {
    if (from < this.#from || to > this.#end()) return this.#body.read(from, to);
    return this.#bytes.subarray(from - this.#from, to - this.#from);
  }

  /** A copy of the bytes of two places; null where the window does not have them all. */
  copy(from: number, to: number): Uint8Array | null {
    if (from < this.#from || to > this.#end()) return null;
    return this.#bytes.slice(from - this.#from, to - this.#from);
  }

  /** Checks the value at a place, whatever its size; the place behind it. */
  async skip(at: number, level: number): Promise<number> {
    return this.#skip(at, level, at);
  }

  /** As `skip`; null where the value has more than so many bytes. */
  async skipWithin(at: number, level: number, bytes: number): Promise<number | null> {
    await this.#reach(at, bytes + TOKEN);
    const end = this.#attempt(at, (kernel, p) => kernel.call.checkJson(p, level));
    return end === null || end - at > bytes ? null : end;
  }

  /**
   * Checks elements of a list, or members of a map, from a place on, as many as end within `bytes`,
   * at least one; the place of the comma or bracket behind them.
   */
  async elements(
    at: number,
    { level, bytes, kind = 'array' }: { level: number; bytes: number; kind?: 'array' | 'map' },
  ): Promise<{ end: number; count: number }> {
    return (
      (await this.#elements(at, { level, bytes, kind })) ?? {
        end: await (kind === 'map' ? this.#member(at, level, at) : this.#one(at, level, at)),
        count: 1,
      }
    );
  }

  /** As `elements`; null where the first of them is larger than the window. */
  async #elements(
    at: number,
    { level, bytes, kind }: { level: number; bytes: number; kind: 'array' | 'map' },
  ): Promise<{ end: number; count: number } | null> {
    await this.#reach(at, bytes);
    let [count, longest] = [0, 0];
    const end = await this.#within(at, ({ call }, p) => {
      const check = kind === 'map' ? call.checkMembers : call.checkElements;
      const last = check(p, p + bytes, level);
      [count, longest] = [call.elementsChecked(), call.longestElement()];
      return last;
    });
    if (end === null) return null;
    this.#limit(longest);
    return { end, count };
  }

  /** Checks one element of any size; the place of the comma or bracket behind it. */
  async #one(at: number, level: number, start: number): Promise<number> {
    const end = await this.blanks(await this.#skip(at, level, start));
    const byte = await this.byte(end);
    if (byte !== COMMA && byte !== CLOSE_LIST) throw this.#unexpected(end);
    return end;
  }

  /** Checks a value; where it is larger than the window, what is in it. */
  async #skip(at: number, level: number, start: number): Promise<number> {
    await this.#reach(at);
    const check = ({ call }: Kernel, p: number): number => call.checkJson(p, level);
    let end = await this.#within(at, check);
    if (end === null) {
      const byte = await this.byte(at);
      const isNested = (byte === OPEN_LIST || byte === OPEN_OBJECT) && level < this.#limits.depth;
      if (!isNested) end = await this.#grown(at, check, start);
      else if (byte === OPEN_LIST) end = await this.#list(at, level + 1, start);
      else end = await this.#object(at, level + 1, start);
    }
    this.#limit(end - start);
    return end;
  }

  async #list(open: number, level: number, start: number): Promise<number> {
    let at = await this.blanks(open + 1);
    if ((await this.byte(at)) === CLOSE_LIST) return at + 1;
    for (;;) {
      const bytes = Math.max(1, this.#size - TOKEN);
      const end =
        (await this.#elements(at, { level, bytes, kind: 'array' }))?.end ??
        (await this.#one(at, level, start));
      this.#limit(end - start);
      if ((await this.byte(end)) === CLOSE_LIST) return end + 1;
      at = await this.blanks(end + 1);
    }
  }

  async #object(open: number, level: number, start: number): Promise<number> {
    let at = await this.blanks(open + 1);
    if ((await this.byte(at)) === CLOSE_OBJECT) return at + 1;
    for (;;) {
      const end = await this.#member(at, level, start);
      if ((await this.byte(end)) === CLOSE_OBJECT) return end + 1;
      at = await this.blanks(end + 1);
    }
  }

  /** Checks one member of any size; the place of the comma or bracket behind it. */
  async #member(at: number, level: number, start: number): Promise<number> {
    await this.require(at, QUOTE);
    const colon = await this.blanks(await this.#skip(at, level, start));
    await this.require(colon, COLON);
    const end = await this.blanks(await this.#skip(await this.blanks(colon + 1), level, start));
    const byte = await this.byte(end);
    if (byte !== COMMA && byte !== CLOSE_OBJECT) throw this.#unexpected(end);
    return end;
  }

  /** LimitError for a row, or a value beside the rows, of too many bytes. */
  #limit(bytes: number): void {
    if (bytes > this.#limits.rowBytes) throw this.#tooLarge();
  }

  /** Reads at a place; null where that takes more than a window that begins there. */
  async #within(at: number, read: Read): Promise<number | null> {
    const end = this.#attempt(at, read);
    if (end !== null || this.#from === at) return end;
    await this.#move(at, this.#size);
    return this.#attempt(at, read);
  }

  /** Reads at a place, with a larger window as long as it ends too early. */
  async #grown(at: number, read: Read, start: number): Promise<number> {
    for (let size = this.#size * 2; ; size *= 2) {
      await this.#move(at, size);
      const end = this.#attempt(at, read);
      if (end !== null) return end;
      this.#limit(this.#end() - start);
    }
  }

  /** What is read at a place; null where the window ends within it. */
  #attempt(at: number, read: Read): number | null {
    const bytes = this.#bytes;
    try {
      return withKernel(bytes, this.#limits, (kernel) => {
        kernel.put(bytes, this.#limits);
        const place = read(kernel, kernel.page + at - this.#from);
        const end = place === 0 ? null : place - kernel.page + this.#from;
        const reason = kernel.call.refusalReason();
        // A number that ends with the window may go on behind it.
        if (reason === 0) return end !== null && (this.#isEnd() || end < this.#end()) ? end : null;
        const refused = kernel.call.refusalAt() - kernel.page;
        const isCut = reason !== TOO_DEEP && refused > bytes.length - TOKEN;
        if (isCut && !this.#isEnd()) return end;
        throw kernel.refusal(bytes, this.#limits);
      });
    } catch (error) {
      throw shifted(error, this.#from);
    }
  }

  /** Moves the window where it lacks a place, or bytes from it on. */
  async #reach(at: number, bytes = 1): Promise<void> {
    if (at < this.#from || (at + bytes > this.#end() && !this.#isEnd()))
      await this.#move(at, this.#size);
  }

  async #move(at: number, size: number): Promise<void> {
    const to = Math.min(at + size, this.#body.size);
    if (to - at > this.#buffer.length) this.#buffer = new Uint8Array(to - at);
    const bytes = await this.#body.read(at, to, this.#buffer);
    this.#from = at;
    this.#bytes = to < this.#body.size ? wholeCharacters(bytes) : bytes;
  }

  #end(): number {
    return this.#from + this.#bytes.length;
  }

  #isEnd(): boolean {
    return this.#end() >= this.#body.size;
  }

  #unexpected(at: number): JsonError {
    return shifted(unexpected(this.#bytes, at - this.#from), this.#from);
  }

  #tooLarge(): LimitError {
    return new LimitError(
      `One value or row of the body has more than ${groupedDigits(this.#limits.rowBytes)} bytes. Raise \`limits.rowBytes\` of the resource if that is right.`,
    );
  }
}

/** Reads at an address; the one behind what is good, 0 where nothing is. */
type Read = (kernel: Kernel, p: number) => number;

const [QUOTE, COLON, COMMA, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [
  0x22, 0x3a, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d,
] as const;
/** By the kernel's numbers (operators/kernel/memory.ts). */
const TOO_DEEP = 6;

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Bytes without the last character, where that is cut. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes.subarray(0);
  }
  return bytes.subarray(0);
}

/** An error of a part of a body that begins at `from`, as one of the body. */
export function shifted<E>(error: E, from: number): E {
  if (from === 0 || !(error instanceof JsonError || error instanceof LimitError)) return error;
  const { message, cause } = error;
  const own = message.replace(/at byte (\d+)/, (_, at: string) => `at byte ${Number(at) + from}`);
  const moved =
    error instanceof JsonError
      ? new JsonError(own, error.offset + from, error.incomplete, { cause })
      : new LimitError(own, { cause });
  return moved as E;
}
