import type { Limits } from '../../../../../operators/columns/limits.js';
import type { ByteSource } from './byte-source.js';
import { JsonWindow } from './json-window.js';
import type { ListFacts } from './list-facts.js';
import { RowCuts, type Slice } from './row-cuts.js';

/** A list, or a map of rows, that is too long to be kept in an outline. */
export interface LongList {
  kind: 'array' | 'map';
  /** Keys that lead to it. */
  keys: readonly string[];
  /** Where its bracket is in the outline, and the place behind it there. */
  at: number;
  to: number;
  /** Where it lies in the body, brackets included. */
  start: number;
  end: number;
  /** Elements, or members. */
  count: number;
  /** These in pieces of whole ones; the commas between pieces are left out. */
  slices: readonly Slice[];
  /** CRC-32 of its bytes, brackets included. */
  sum: number;
  /** Of lines, what they are as the JSON list that is made of them in memory. */
  asList?: ListFacts;
}

/** A document with the middle of its long lists left out. */
export interface Outline {
  document: Uint8Array;
  longLists: readonly LongList[];
  /** Keys that lead to lists of which only the first elements are there, up to the wanted one. */
  entered: readonly (readonly string[])[];
}

/** Values of more bytes are entered, and lists of more are cut short. */
const SMALL = 64 * 1024;
/**
 * Bytes of a long list that are kept of its beginning: more than what "no rows" is written with.
 */
const KEPT = 8 * 1024;
/** Bytes that are summed up at once. */
const PIECE = SMALL;
/** Objects are entered so deep; what is below is kept as it is. */
const DEEPEST = 64;

/**
 * Reads a JSON document once, piece by piece: every byte of it is checked against RFC 8259 and for
 * UTF-8, and all is kept but the elements of long lists (above 64 KiB) behind their first ones.
 * Of lists within a long list nothing is kept. So the memory that it takes is that of what is
 * around the rows, and of one slice or the longest text.
 *
 * Errors: JsonError for a document that is broken or cut short, with the place in the whole body;
 * LimitError.
 *
 * @param sliceBytes bytes at which a slice ends; more only where one element has more
 * @param maps keys that lead to objects whose members are rows: these are cut short as lists are.
 *   @default none
 * @param numbered keys of which some are numbers: a long list on the way to them is entered, and
 *   what is behind the wanted element left out. @default none
 */
export async function outline(
  body: ByteSource,
  {
    limits,
    sliceBytes,
    maps = [],
    numbered = [],
  }: {
    limits: Limits;
    sliceBytes: number;
    maps?: readonly (readonly string[])[];
    numbered?: readonly (readonly string[])[];
  },
): Promise<Outline> {
  const window = new JsonWindow(body, limits, Math.max(sliceBytes, SMALL * 2));
  const parts: Uint8Array[] = [];
  const longLists: LongList[] = [];
  const entered: string[][] = [];
  let size = 0;
  /** Bytes of the body before it are in the outline, or left out. */
  let done = 0;

  async function keepUpTo(end: number): Promise<void> {
    if (end === done) return;
    const part = window.copy(done, end) ?? (await body.read(done, end));
    parts.push(part);
    size += part.length;
    done = end;
  }

  async function value(at: number, level: number, path: Path): Promise<number> {
    const byte = await window.byte(at);
    const isNested = byte === OPEN_LIST || byte === OPEN_OBJECT;
    if (!isNested || level >= Math.min(DEEPEST, limits.depth)) return window.skip(at, level);
    const end = await window.skipWithin(at, level, SMALL);
    if (end !== null) return end;
    if (byte === OPEN_LIST) {
      const last = numbered.length > 0 ? lastWanted(numbered, await path()) : -1;
      return last < 0
        ? longList(at, level + 1, path, 'array')
        : firstElements(at, level + 1, path, last);
    }
    const isMap = maps.length > 0 && isAmong(maps, await path());
    return isMap ? longList(at, level + 1, path, 'map') : members(at, level + 1, path);
  }

  async function members(start: number, level: number, path: Path): Promise<number> {
    let at = await window.blanks(start + 1);
    if ((await window.byte(at)) === CLOSE_OBJECT) return at + 1;
    for (;;) {
      await window.require(at, QUOTE);
      const [from, to] = [at, await window.skip(at, level)];
      const own: Path = async () => [...(await path()), keyOf(await window.bytes(from, to))];
      at = await window.blanks(to);
      await window.require(at, COLON);
      at = await window.blanks(await value(await window.blanks(at + 1), level, own));
      if (at - done > SMALL) await keepUpTo(at);
      if ((await window.byte(at)) === CLOSE_OBJECT) return at + 1;
      await window.require(at, COMMA);
      at = await window.blanks(at + 1);
    }
  }

  async function longList(
    start: number,
    level: number,
    path: Path,
    kind: LongList['kind'],
  ): Promise<number> {
    const close = kind === 'map' ? CLOSE_OBJECT : CLOSE_LIST;
    const first = await window.blanks(start + 1);
    if ((await window.byte(first)) === close) return first + 1;
    await keepUpTo(start);
    const at = size;
    await keepUpTo(await beginning(first, level, path, { kind, close }));
    parts.push(new Uint8Array([close]));
    size += 1;
    const to = size;
    const cuts = new RowCuts();
    cuts.add(await window.bytes(start, first));
    for (let from = first; ;) {
      const { end, count } = await window.elements(from, { level, bytes: sliceBytes, kind });
      await sum(cuts, from, end);
      cuts.cut({ from, to: end, count });
      const isLast = (await window.byte(end)) === close;
      const next = isLast ? end + 1 : await window.blanks(end + 1);
      cuts.add(await window.bytes(end, next));
      from = next;
      if (!isLast) continue;
      done = next;
      longLists.push({ kind, keys: await path(), at, to, start, end: done, ...cuts.all() });
      return done;
    }
  }

  /** A list whose elements are entered up to one, and left out behind it. */
  async function firstElements(
    start: number,
    level: number,
    path: Path,
    last: number,
  ): Promise<number> {
    let at = await window.blanks(start + 1);
    if ((await window.byte(at)) === CLOSE_LIST) return at + 1;
    for (let index = 0; index <= last; index += 1) {
      const own: Path = async () => [...(await path()), String(index)];
      if (index > 0) at = await window.blanks(at + 1);
      at = await window.blanks(await value(at, level, own));
      if ((await window.byte(at)) === CLOSE_LIST) return at + 1;
      await window.require(at, COMMA);
    }
    entered.push(await path());
    await keepUpTo(at);
    parts.push(new Uint8Array([CLOSE_LIST]));
    size += 1;
    while ((await window.byte(at)) === COMMA) {
      const from = await window.blanks(at + 1);
      ({ end: at } = await window.elements(from, { level, bytes: sliceBytes }));
    }
    done = at + 1;
    return done;
  }

  /**
   * The end of what is kept of a list: of elements that mean no rows where they are alone there are
   * others behind. Lists in large ones are cut short, too.
   */
  async function beginning(
    first: number,
    level: number,
    path: Path,
    { kind, close }: { kind: LongList['kind']; close: number },
  ): Promise<number> {
    const known = longLists.length;
    for (let at = first; ;) {
      const isWhole = kind === 'map' || (await window.skipWithin(at, level, SMALL)) !== null;
      const end = isWhole
        ? (await window.elements(at, { level, bytes: KEPT, kind })).end
        : await window.blanks(await value(at, level, path));
      longLists.length = known;
      if (end - first >= KEPT || (await window.byte(end)) === close) return end;
      await window.require(end, COMMA);
      at = await window.blanks(end + 1);
    }
  }

  /** A row may be larger than what is read at once. */
  async function sum(cuts: RowCuts, from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += PIECE)
      cuts.add(await window.bytes(at, Math.min(at + PIECE, to)));
  }

  const start = await window.begin();
  done = start;
  const end = await window.blanks(await value(start, 0, () => Promise.resolve([])));
  await keepUpTo(end);
  await window.requireEnd(end);
  return { document: joined(parts, size), longLists, entered };
}

/** The keys that lead to a value; read when it is a long list. */
type Path = () => Promise<string[]>;

/** The largest number that follows these keys in any that are wanted; -1 where none does. */
function lastWanted(wanted: readonly (readonly string[])[], path: readonly string[]): number {
  return Math.max(
    -1,
    ...wanted.map((keys) =>
      path.every((key, i) => key === keys[i]) && NUMBER.test(keys[path.length] ?? '')
        ? Number(keys[path.length])
        : -1,
    ),
  );
}

const NUMBER = /^(?:0|[1-9]\d*)$/;

function isAmong(maps: readonly (readonly string[])[], path: readonly string[]): boolean {
  return maps.some(
    (keys) => keys.length === path.length && keys.every((key, i) => key === path[i]),
  );
}

function keyOf(text: Uint8Array): string {
  return JSON.parse(new TextDecoder().decode(text)) as string;
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const [QUOTE, COLON, COMMA, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [
  0x22, 0x3a, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d,
] as const;
