// Linear memory: blocks of a power of two (64 bytes and up) with a free list for each size, over a
// pointer that only rises. Nothing is collected; the border drops the whole instance when it wants
// the memory back.

/**
 * Why the kernel refused; the border turns these into errors. Keep in step with
 * operators/columns/kernel.ts.
 */
export const enum Refusal {
  NONE = 0,
  STRUCTURE = 1,
  CONTROL = 2,
  ESCAPE = 3,
  NUMBER = 4,
  LITERAL = 5,
  DEPTH = 6,
  TABLES = 7,
  COLUMNS = 8,
  MEMORY = 9,
}

let refusal: Refusal = Refusal.NONE;
let refusedAt: usize = 0;
let memoryLimit: usize = 0;

/** Notes the first refusal of a page. Returns 0, as does every caller. */
export function refuse(reason: Refusal, at: usize): usize {
  if (refusal == Refusal.NONE) {
    refusal = reason;
    refusedAt = at;
  }
  return 0;
}
export function clearRefusal(): void {
  refusal = Refusal.NONE;
}
export function refusalReason(): i32 {
  return refusal;
}
export function refusalAt(): usize {
  return refusedAt;
}
/** Sets the bytes that linear memory may grow to. */
export function limitMemory(bytes: usize): void {
  memoryLimit = bytes;
}

const freeLists: usize = memory.data(33 * 4);
let top: usize = 0;
let end: usize = 0;

@inline function sizeClass(size: usize): u32 {
  return 32 - clz<u32>(<u32>max<usize>(size, 64) - 1);
}

/**
 * Allocates a block of at least `size` bytes, aligned to 64; traps with MEMORY noted when the limit
 * is reached.
 */
export function allocate(size: usize): usize {
  if (size > 0x40000000) exhausted();
  const list = freeLists + (sizeClass(size) << 2);
  const free = load<usize>(list);
  if (free) {
    store<usize>(list, load<usize>(free));
    return free;
  }
  if (top == 0) {
    top = (__heap_base + 63) & ~63;
    end = (<usize>memory.size()) << 16;
  }
  const block: usize = (<usize>1) << sizeClass(size);
  if (<u64>top + <u64>block > <u64>memoryLimit) exhausted();
  const at = top;
  top += block;
  if (top > end) {
    const pages = max<usize>((top - end + 0xffff) >> 16, 16);
    if (memory.grow(<i32>pages) < 0) exhausted();
    end = (<usize>memory.size()) << 16;
  }
  return at;
}

function exhausted(): void {
  refuse(Refusal.MEMORY, 0);
  unreachable();
}

/** Frees a block; `size` is the size it was allocated with, or one of the same class. */
export function release(block: usize, size: usize): void {
  if (!block) return;
  const list = freeLists + (sizeClass(size) << 2);
  store<usize>(block, load<usize>(list));
  store<usize>(list, block);
}

export function allocateZeroed(size: usize): usize {
  const block = allocate(size);
  memory.fill(block, 0, size);
  return block;
}

/** Allocates a larger block with the first `used` bytes of the old one, which is freed. */
export function regrow(block: usize, used: usize, oldSize: usize, newSize: usize): usize {
  const larger = allocate(newSize);
  if (block) {
    memory.copy(larger, block, used);
    release(block, oldSize);
  }
  return larger;
}
