import { describe, expect, it } from 'vitest';
import { pinnedMemory } from '#src/destination/duckdb/pinned-memory.js';
import type { ShapedTable } from 'sluice/operators';

const BLOCK = 256 * 1024;
const SEGMENT = 32 * 1024;

function table(name: string, rows: number, bytes = 0): ShapedTable {
  const columns = [{ data: new Uint8Array(bytes), offsets: null }];
  return { schema: { name, columns }, rows, columns } as unknown as ShapedTable;
}

/** The bytes pinned after commits of these tables. */
function after(...commits: readonly (readonly ShapedTable[])[]): number {
  const pinned = pinnedMemory();
  for (const tables of commits) {
    pinned.append(tables);
    pinned.commit();
  }
  return pinned.bytes();
}

describe('what DuckDB pins for commits', () => {
  const nothing = after();
  const few = [table('a', 10), table('b', 10)];

  it('is a block for each table and row group that two commits share', () => {
    expect(nothing).toBe(4 * BLOCK);
    const once = after(few);
    expect(after(few, few)).toBe(once);
    expect(once - nothing).toBe(4 * BLOCK);
    const large = Array.from({ length: 5 }, () => [table('a', 40_000)]);
    expect(after(...large) - nothing).toBe((1 + 5 + 1) * BLOCK);
  });

  it('does not grow with commits of whole row groups', () => {
    const whole = Array.from({ length: 100 }, () => [table('a', 40_960)]);
    expect(after(...whole)).toBe(nothing);
  });

  it('grows with the checkpoints that many small commits come to', () => {
    const commits = Array.from({ length: 16 }, () => [table('a', 10, 4 * 1024 * 1024)]);
    // 64 MiB: a row group begins behind each 16 of them, also in a load's books.
    expect(after(...commits) - nothing).toBe((1 + 4 * 5 + 1 + 2) * BLOCK);
  });

  it('is a segment for each column of tables that are not committed and have no full row group', () => {
    const pinned = pinnedMemory();
    expect(pinned.open()).toBe(0);
    pinned.append([table('a', 100), table('b', 100)]);
    // A column each, and two of the load's.
    expect(pinned.open()).toBe(2 * 3 * SEGMENT);
    pinned.append([table('a', 40_860)]);
    expect(pinned.open()).toBe(3 * SEGMENT);
    pinned.commit();
    expect(pinned.open()).toBe(0);
  });

  it('has unwritten rows of row groups that are not full, and of commits until the log is', () => {
    const pinned = pinnedMemory();
    expect(pinned.unwritten()).toBe(0);
    pinned.append([table('a', 40_960, 4_096_000)]);
    expect(pinned.unwritten()).toBe(0);
    // Of each row its bytes and 32 of the load's own columns.
    pinned.append([table('a', 100, 10_000)]);
    expect(pinned.unwritten()).toBeCloseTo(100 * (100 + 32));
    pinned.commit();
    pinned.append([table('b', 1_000, 100_000)]);
    pinned.commit();
    pinned.append([table('b', 1_000, 100_000)]);
    expect(pinned.unwritten()).toBeCloseTo(100_000 + 1_000 * (100 + 32));
  });
});
