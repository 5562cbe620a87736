import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { trimmer } from '#src/destination/duckdb/memory/trimmer.js';
import { deferred } from '../../support/deferred.js';

describe('a trimmer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
  });

  it('trims at its interval while a load runs, and once after it', async () => {
    const trim = vi.fn(() => Promise.resolve());
    const trims = trimmer(trim);
    const work = deferred();
    const done = trims.during(() => work.promise.then(() => 'done'));
    await vi.advanceTimersByTimeAsync(100);
    expect(trim).toHaveBeenCalledTimes(4);
    work.resolve();
    expect(await done).toBe('done');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(trim).toHaveBeenCalledTimes(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('trims once for several loads at once', async () => {
    const trim = vi.fn(() => Promise.resolve());
    const trims = trimmer(trim);
    await Promise.all([
      trims.during(() => Promise.resolve()),
      trims.during(() => Promise.resolve()),
    ]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(trim).toHaveBeenCalledTimes(1);
  });

  it('begins no trim before the last one has ended', async () => {
    const trimming = deferred();
    const trim = vi.fn(() => trimming.promise);
    const trims = trimmer(trim);
    void trims.during(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(trim).toHaveBeenCalledTimes(1);
    trimming.resolve();
    await vi.advanceTimersByTimeAsync(25);
    expect(trim).toHaveBeenCalledTimes(2);
  });

  it('trims during a load that begins while the last trim of another runs', async () => {
    const trimming = deferred();
    const trim = vi.fn(() => trimming.promise);
    const trims = trimmer(trim);
    await trims.during(() => Promise.resolve());
    await vi.advanceTimersByTimeAsync(25);
    const work = deferred();
    const done = trims.during(() => work.promise);
    trimming.resolve();
    await vi.advanceTimersByTimeAsync(25);
    expect(trim).toHaveBeenCalledTimes(2);
    work.resolve();
    await done;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(trim).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('continues after a trim or a load that failed', async () => {
    const trim = vi.fn(() => Promise.reject(new Error('busy')));
    const trims = trimmer(trim);
    await expect(trims.during(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await vi.advanceTimersByTimeAsync(100);
    await trims.during(() => Promise.resolve());
    await vi.advanceTimersByTimeAsync(100);
    expect(trim).toHaveBeenCalledTimes(2);
  });

  it('stops when the trim under way has ended, for good', async () => {
    const trimming = deferred();
    const trim = vi.fn(() => trimming.promise);
    const trims = trimmer(trim);
    void trims.during(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(25);
    const order: string[] = [];
    const stopped = trims.stop().then(() => order.push('stopped'));
    await vi.advanceTimersByTimeAsync(1_000);
    order.push('ended');
    trimming.resolve();
    await stopped;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toEqual(['ended', 'stopped']);
    expect(trim).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops before a trim that has not begun', async () => {
    const trim = vi.fn(() => Promise.resolve());
    const trims = trimmer(trim);
    void trims.during(() => new Promise(() => undefined));
    await trims.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(trim).not.toHaveBeenCalled();
  });
});
