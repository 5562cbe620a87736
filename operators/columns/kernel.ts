import { JsonError, LimitError, type SluiceError } from '../errors.js';
import { excerpt } from '../json/excerpt.js';
import { nonFiniteHint } from '../json/non-finite-hint.js';
import { groupedDigits } from '../settings/grouped-digits.js';
import type { LaneKind } from '../types.js';
import { type CompiledKernel, compiledKernel } from './compiled-kernel.js';
import { type Limits, limitsOf } from './limits.js';
import { rareValues } from './rare-values.js';

/**
 * What is done with the values of a key: `json` keeps objects and arrays as JSON text, `text` tries
 * no timestamps, `skip` drops.
 */
export type KeyMode = 'flatten' | 'json' | 'text' | 'skip';

/** By the kernel's numbers (operators/kernel/columns.ts). */
export const LANE_KINDS: readonly LaneKind[] = [
  'text',
  'bigint',
  'double',
  'bool',
  'timestamp',
  'hugeint',
  'json',
];
const KEY_MODES: readonly KeyMode[] = ['flatten', 'json', 'text', 'skip'];
/** By the kernel's numbers (operators/kernel/memory.ts). */
const REFUSALS = [
  'fault in the kernel',
  'unexpected character',
  'control character or missing quote in a string',
  'invalid escape in a string',
  'invalid number',
  'invalid value',
  'too deep',
  'too many tables',
  'too many columns',
  'too much memory',
];
const ESCAPE = 3;
const LITERAL = 5;
const TOO_DEEP = 6;

/** Above this the linear memory is freed after the page. */
const KEPT_MEMORY = 64 * 1024 * 1024;
/** Zero bytes behind a page: the kernel's loads run over its end, and the NUL ends its loops. */
const PADDING = 64;

type Functions =
  | 'allocate'
  | 'release'
  | 'refusalReason'
  | 'refusalAt'
  | 'clearRefusal'
  | 'limitMemory'
  | 'isUtf8'
  | 'blanks'
  | 'limitDepth'
  | 'skipJson'
  | 'scratchText'
  | 'scratchLength'
  | 'checkJson'
  | 'checkElements'
  | 'checkMembers'
  | 'elementsChecked'
  | 'longestElement'
  | 'skipRows'
  | 'rowsCounted'
  | 'newShape'
  | 'freeShape'
  | 'beginPage'
  | 'finishPage'
  | 'releasePage'
  | 'beginWalk'
  | 'walkArray'
  | 'overlapsMet'
  | 'nullRowsMet'
  | 'walkMap'
  | 'walkValue'
  | 'makeIds'
  | 'gatherIds'
  | 'hashIds'
  | 'hashRows'
  | 'hashTexts'
  | 'packBits'
  | 'fitInPlace'
  | 'stringLayout';
type Fields =
  | 'SHAPE_FIRST'
  | 'TABLE_ROWS'
  | 'TABLE_LANES'
  | 'TABLE_KEY'
  | 'TABLE_PARENT'
  | 'TABLE_NEXT'
  | 'TABLE_PARENT_ROW'
  | 'TABLE_LIST_INDEX'
  | 'NODE_TABLE'
  | 'NODE_KEY'
  | 'KEY_NODE'
  | 'KEY_NAME'
  | 'KEY_NAME_LENGTH'
  | 'KEY_SPELLING_LENGTH'
  | 'LANE_ROWS'
  | 'LANE_NULLS'
  | 'LANE_KIND'
  | 'LANE_UNSAFE'
  | 'LANE_ORDER'
  | 'LANE_VALID'
  | 'LANE_DATA'
  | 'LANE_OFFSETS'
  | 'LANE_SOURCE'
  | 'LANE_NEXT'
  | 'LANE_KEY';

/**
 * One instance of the compiled kernel and its linear memory. Everything in it is synchronous and
 * belongs to one call at a time.
 */
export class Kernel {
  readonly call: Record<Functions, (...args: (number | bigint)[]) => number>;
  readonly field: Record<Fields, number>;
  /** Decides on a new key for the kernel; set during a walk. */
  decide: (key: number) => KeyMode = () => 'flatten';
  readonly #memory: { buffer: ArrayBuffer };
  #u8: Uint8Array;
  #u32: Uint32Array;
  #page = 0;
  #pageRoom = 0;
  #body: Uint8Array | undefined;
  #start = 0;

  constructor({ api, module }: CompiledKernel) {
    const { exports } = new api.Instance(module, {
      border: {
        decide: (key: number) => KEY_MODES.indexOf(this.decide(key)),
        ...rareValues(this),
      },
    });
    this.#memory = exports['memory'] as { buffer: ArrayBuffer };
    this.call = exports as Record<Functions, (...args: (number | bigint)[]) => number>;
    this.field = Object.fromEntries(
      Object.entries(exports).flatMap(([name, value]) =>
        value instanceof api.Global ? [[name, value.value as number]] : [],
      ),
    ) as Record<Fields, number>;
    this.#u8 = new Uint8Array(this.#memory.buffer);
    this.#u32 = new Uint32Array(this.#memory.buffer);
  }

  /** Linear memory as bytes; valid until the next call into the kernel. */
  get u8(): Uint8Array {
    if (this.#u8.buffer !== this.#memory.buffer) this.#u8 = new Uint8Array(this.#memory.buffer);
    return this.#u8;
  }

  /** The 32-bit word at a byte address. */
  word(at: number): number {
    if (this.#u32.buffer !== this.#memory.buffer) this.#u32 = new Uint32Array(this.#memory.buffer);
    return this.#u32[at >>> 2] as number;
  }

  text(at: number, length: number): string {
    return decoder.decode(this.u8.subarray(at, at + length));
  }

  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Where byte 0 of the page lies. */
  get page(): number {
    return this.#page;
  }

  /**
   * Puts a page into linear memory and checks its UTF-8; a body that is there already stays.
   * Returns the address of its first byte that is not blank or part of a byte order mark. `extra`
   * (a stamp, a key) is laid behind the page.
   */
  put(body: Uint8Array, limits: Limits, extra?: Uint8Array): { start: number; extra: number } {
    const room = body.length + PADDING + (extra === undefined ? 0 : extra.length + PADDING);
    if (room > limits.bytes)
      throw new LimitError(
        `A body of ${groupedDigits(body.length)} bytes is over the limit of ${groupedDigits(limits.bytes)}. Request smaller pages or raise \`limits.bytes\` of the resource (at most 3 GiB).`,
      );
    if (this.#body !== body || room > this.#pageRoom) {
      this.#body = undefined;
      if (room > this.#pageRoom) {
        if (this.#pageRoom > 0) this.call.release(this.#page, this.#pageRoom);
        this.#pageRoom = 0;
        this.#page = this.call.allocate(Math.max(room, 65_536));
        this.#pageRoom = Math.max(room, 65_536);
      }
      this.u8.set(body, this.#page);
      this.u8.fill(0, this.#page + body.length, this.#page + body.length + PADDING);
      if (this.call.isUtf8(this.#page, body.length) === 0) throw notUtf8(body);
      const bom = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
      this.#start = this.call.blanks(this.#page + bom);
      this.#body = body;
    }
    const at = this.#page + body.length + PADDING;
    if (extra !== undefined) {
      this.u8.set(extra, at);
      this.u8.fill(0, at + extra.length, at + extra.length + PADDING);
    }
    return { start: this.#start, extra: at };
  }

  /** The error for the kernel's refusal of `body`. */
  refusal(body: Uint8Array, limits: Limits): SluiceError {
    const reason = this.call.refusalReason();
    const offset = this.call.refusalAt() - this.#page;
    const fault = REFUSALS[reason] ?? 'refused';
    if (reason === TOO_DEEP)
      return new LimitError(
        `The document is nested deeper than ${groupedDigits(limits.depth)} levels at byte ${offset}. Raise \`limits.depth\` of the resource if that is right.`,
      );
    if (reason > TOO_DEEP)
      return new LimitError(
        `The page needs ${fault} (limits: ${groupedDigits(limits.tables)} tables, ${groupedDigits(limits.columns)} columns a table, ${groupedDigits(limits.bytes)} bytes). ` +
          "Keys may be data here: select the map with `rows: 'map'`, or keep the column as JSON (`columns: { <name>: { dataType: 'json' } }`). If so many are right, raise `limits` of the resource.",
      );
    return badJson(body, offset, fault);
  }
}

let live: Kernel | undefined;
let generation = 0;

/** Makes a kernel for one purpose, with memory of its own that its owner keeps. */
export function ownKernel(): Kernel {
  const own = new Kernel(compiledKernel());
  own.call.limitMemory(limitsOf().bytes);
  return own;
}

/**
 * Gives the kernel's memory back; the next use makes a new one. What shapes have learnt they learn
 * again.
 */
export function dropKernel(): void {
  live = undefined;
}

/** Returns a number of the instance; 0 while there is none. */
export function kernelGeneration(): number {
  return live === undefined ? 0 : generation;
}

/** Gives back what a shape takes of the instance with this number; nothing where that is gone. */
export function freeShape(made: number, shape: number): void {
  if (made === kernelGeneration()) live?.call.freeShape(shape);
}

/**
 * Runs `work` on the process's one kernel, made when it is first needed. After an error, or a page
 * that took much memory, the kernel is dropped: nothing stays behind.
 */
export function withKernel<T>(body: Uint8Array, limits: Limits, work: (kernel: Kernel) => T): T {
  if (live === undefined) {
    live = new Kernel(compiledKernel());
    generation += 1;
  }
  const current = live;
  current.call.clearRefusal();
  current.call.limitMemory(limits.bytes);
  current.call.limitDepth(limits.depth);
  try {
    const result = work(current);
    if (current.memoryBytes > KEPT_MEMORY) dropKernel();
    return result;
  } catch (error) {
    const trapped =
      error instanceof compiledKernel().api.RuntimeError || error instanceof RangeError;
    const isRefused = trapped && current.call.refusalReason() !== 0;
    const cause = isRefused ? current.refusal(body, limits) : error;
    dropKernel();
    // The kernel gave no reason: the walk went deeper than the stack of JavaScript allows.
    if (!isRefused && error instanceof RangeError)
      throw new LimitError(
        `The document is nested deeper than the stack of this thread allows (\`limits.depth\` is ${groupedDigits(limits.depth)}). Start Node with a larger --stack-size, or lower \`limits.depth\`.`,
        { cause: error },
      );
    throw cause;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Returns the error for a character at `offset` that cannot stand there. */
export function unexpected(body: Uint8Array, offset: number): JsonError {
  return badJson(body, offset, REFUSALS[1] as string);
}

function badJson(body: Uint8Array, offset: number, fault: string): JsonError {
  const incomplete = offset >= body.length || isCutToken(body, offset, fault);
  const where = incomplete
    ? `The body ends at byte ${body.length} before the JSON does`
    : `The body is not JSON: ${fault} at byte ${offset}`;
  return new JsonError(
    `${where}, after: ${excerpt(body, Math.min(offset + 1, body.length))}${nonFiniteHint(decoder.decode(body.subarray(Math.max(0, offset - 9), offset + 9)))}`,
    Math.min(offset, body.length),
    incomplete,
  );
}

/**
 * Returns whether the body ends within the literal or the escape that was refused at `offset`. In
 * strings and numbers it is the end that is refused.
 */
function isCutToken(body: Uint8Array, offset: number, fault: string): boolean {
  if (body.length - offset >= 6) return false;
  if (fault === REFUSALS[LITERAL])
    return ['true', 'false', 'null'].some((literal) =>
      literal.startsWith(decoder.decode(body.subarray(offset))),
    );
  // Refused at its backslash, or behind it.
  const backslash = body[offset] === 0x5c ? offset : offset - 1;
  return (
    fault === REFUSALS[ESCAPE] &&
    /^\\(u[\da-fA-F]{0,3})?$/.test(decoder.decode(body.subarray(backslash)))
  );
}

/** Returns the error for a body that is not UTF-8. */
export function notUtf8(body: Uint8Array): JsonError {
  // Rare, so the slow way: the decoder keeps what came before the first bad byte out of the way.
  let good = 0;
  let bad = body.length;
  while (good + 1 < bad) {
    const middle = (good + bad) >> 1;
    if (mayGoOn(body.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return new JsonError(
    `The body is not UTF-8 at byte ${good}, after: ${excerpt(body, good)}`,
    good,
    mayGoOn(body),
  );
}

/** Returns whether bytes are UTF-8, or begin a character that more bytes would make whole. */
function mayGoOn(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
