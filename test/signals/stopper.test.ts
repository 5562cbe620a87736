import { describe, expect, it } from 'vitest';
import { stopper } from '#src/signals/stopper.js';

describe('a stopper', () => {
  it('calls those that wait for it once, with the first reason', () => {
    const own = stopper();
    const reasons: unknown[] = [];
    own.onStop(() => reasons.push(own.reason));
    own.stop('first');
    own.stop('second');
    expect(reasons).toEqual(['first']);
    expect(() => own.throwIfStopped()).toThrow('first');
  });

  it('calls none that does not wait any more', () => {
    const own = stopper();
    let calls = 0;
    own.onStop(() => (calls += 1))();
    own.stop('over');
    expect(calls).toBe(0);
  });

  it('calls those that come after the stop', async () => {
    const own = stopper();
    own.stop('over');
    await new Promise<void>((resolve) => own.onStop(resolve));
    expect(own.reason).toBe('over');
  });

  it('aborts its signal, be it made before the stop or after', () => {
    const [before, after] = [stopper(), stopper()];
    const signal = before.signal();
    before.stop('over');
    after.stop('over');
    expect(before.signal()).toBe(signal);
    expect([signal, after.signal()].map(({ reason }) => reason as unknown)).toEqual([
      'over',
      'over',
    ]);
  });
});
