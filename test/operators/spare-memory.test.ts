import { describe, expect, it } from 'vitest';
import { spareMemory } from '#operators/columns/spare-memory.js';

const KIB = 1024;

describe('spareMemory', () => {
  it('lends a buffer again once it was given back', () => {
    const memory = spareMemory();
    const first = memory.take(100 * KIB);
    expect(memory.take(100 * KIB)).not.toBe(first);
    memory.giveBack(first);
    expect(memory.take(101 * KIB)).toBe(first);
    expect(memory.made).toBe(2);
  });

  it.each([0, 1, 65_536, 65_537, 1_000_000, 6_291_457])('lends at least %i bytes', (bytes) => {
    expect(spareMemory().take(bytes).byteLength).toBeGreaterThanOrEqual(bytes);
  });

  it('makes a small buffer as large as it need be, and does not keep it', () => {
    const memory = spareMemory();
    const small = memory.take(100);
    expect(small.byteLength).toBe(100);
    memory.giveBack(small);
    expect(memory.take(100)).not.toBe(small);
    expect(memory.made).toBe(0);
  });

  it('leaves a buffer alone that it did not lend, or that was given back before', () => {
    const memory = spareMemory();
    memory.giveBack(new ArrayBuffer(128 * KIB));
    const lent = memory.take(128 * KIB);
    memory.giveBack(lent);
    memory.giveBack(lent);
    expect(memory.take(128 * KIB)).toBe(lent);
    expect(memory.take(128 * KIB)).not.toBe(lent);
    expect(memory.made).toBe(2);
  });

  it('adopts a buffer from elsewhere, and none that is detached', () => {
    const memory = spareMemory();
    const sent = structuredClone(new ArrayBuffer(128 * KIB));
    memory.adopt(sent);
    structuredClone(sent, { transfer: [memory.take(128 * KIB)] });
    memory.adopt(sent);
    expect(sent.byteLength).toBe(0);
    expect(memory.take(128 * KIB)).not.toBe(sent);
  });

  it('keeps no more than its limit', () => {
    const memory = spareMemory(128 * KIB);
    const [first, second] = [memory.take(128 * KIB), memory.take(128 * KIB)];
    memory.giveBack(first);
    memory.giveBack(second);
    expect([memory.take(128 * KIB), memory.take(128 * KIB)]).not.toContain(second);
  });
});
