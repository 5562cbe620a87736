/**
 * Memory that one run uses again and again, so that the system need not clear it and the garbage
 * collector need not find it. Only for what nobody outside the run can see.
 */
export interface SpareMemory {
  /** Lends a buffer of at least so many bytes, whatever they hold. */
  take(bytes: number): ArrayBuffer;
  /** Takes back a buffer that nobody reads any more; one that is not lent is left alone. */
  giveBack(buffer: ArrayBuffer): void;
  /** Takes a buffer from elsewhere that nobody else has, such as one that a thread sent back. */
  adopt(buffer: ArrayBuffer): void;
  /** How many buffers had to be made so far. */
  readonly made: number;
}

/** Bytes that are kept and not in use: a batch and its pages, and one batch on its way back. */
const MOST = 24 * 1024 * 1024;
/** Below this all buffers have one size. */
const SMALLEST = 64 * 1024;
/**
 * Below this a buffer is made as large as it need be, and not lent: thousands of pages of a row
 * each wait in one batch.
 */
const SMALL = 16 * 1024;

/** @param most bytes kept that are not in use. @default 24 MiB */
export function spareMemory(most: number = MOST): SpareMemory {
  const spare = new Map<number, ArrayBuffer[]>();
  const lent = new WeakSet<ArrayBuffer>();
  let kept = 0;
  let made = 0;

  function found(size: number): ArrayBuffer | undefined {
    // Pages of one list have about the same size: a buffer of the next two sizes does as well.
    let tried = size;
    for (let step = 0; step < 3; step += 1) {
      const buffer = spare.get(tried)?.pop();
      if (buffer !== undefined) {
        kept -= buffer.byteLength;
        return buffer;
      }
      tried = roundedUp(tried + 1);
    }
    return undefined;
  }

  function keep(buffer: ArrayBuffer): void {
    const { byteLength } = buffer;
    if (byteLength === 0 || byteLength !== roundedUp(byteLength) || kept + byteLength > most)
      return;
    kept += byteLength;
    const same = spare.get(byteLength);
    if (same === undefined) spare.set(byteLength, [buffer]);
    else same.push(buffer);
  }

  return {
    take(bytes) {
      if (bytes < SMALL) return new ArrayBuffer(bytes);
      const size = roundedUp(bytes);
      let buffer = found(size);
      if (buffer === undefined) {
        buffer = new ArrayBuffer(size);
        made += 1;
      }
      lent.add(buffer);
      return buffer;
    },
    giveBack(buffer) {
      if (lent.delete(buffer)) keep(buffer);
    },
    adopt: keep,
    get made() {
      return made;
    },
  };
}

/** The next of eight sizes between two powers of two. */
function roundedUp(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 3);
  return Math.ceil(bytes / step) * step;
}
