import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deadlines } from '#src/signals/deadlines.js';

describe('deadlines', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Opens a deadline for each number of milliseconds, and notes the names of those that pass. */
  function opened(...all: number[]): { passed: number[]; open: ReturnType<typeof one>[] } {
    const passed: number[] = [];
    const kept = deadlines();
    const one = (ms: number) => {
      const deadline = kept.open(() => passed.push(ms));
      deadline.in(ms);
      return deadline;
    };
    return { passed, open: all.map(one) };
  }

  it('pass in the order of their times, each once, whatever the order they were set in', () => {
    const { passed } = opened(300, 100, 200, 100);
    vi.advanceTimersByTime(99);
    expect(passed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(passed).toEqual([100, 100]);
    vi.advanceTimersByTime(1_000);
    expect(passed).toEqual([100, 100, 200, 300]);
  });

  it('do not pass when they end, pause or move on before', () => {
    const { passed, open } = opened(100, 101, 102);
    vi.advanceTimersByTime(50);
    open[0]?.end();
    open[1]?.in(null);
    open[2]?.in(102);
    vi.advanceTimersByTime(101);
    expect(passed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(passed).toEqual([102]);
    open[1]?.in(10);
    vi.advanceTimersByTime(10);
    expect(passed).toEqual([102, 101]);
  });

  it('share one timer, however many there are, and set it anew only for an earlier one', () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const { open } = opened(...Array.from({ length: 1_000 }, (_, i) => 500 + i));
    expect(set).toHaveBeenCalledTimes(1);
    for (const one of open) one.end();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(2_000);
    expect([vi.getTimerCount(), set.mock.calls.length]).toEqual([0, 1]);
  });

  it('wait for longer than a timer of Node can', () => {
    const { passed } = opened(3_000_000_000);
    vi.advanceTimersByTime(2_999_999_999);
    expect(passed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(passed).toEqual([3_000_000_000]);
  });
});
