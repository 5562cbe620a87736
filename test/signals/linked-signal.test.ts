import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { linkedSignal } from '#src/signals/linked-signal.js';
import { onAbort } from '#src/signals/on-abort.js';

describe('linkedSignal', () => {
  it('aborts with the other signal, for its reason, and calls each who waits once', () => {
    const other = new AbortController();
    const linked = linkedSignal(other.signal);
    const called: unknown[] = [];
    onAbort(linked.signal, () => called.push(linked.signal.reason));
    const off = onAbort(linked.signal, () => called.push('removed'));
    off();
    other.abort('enough');
    linked.stop();
    expect(called).toEqual(['enough']);
  });

  it('has no listener, however many wait for it and for its own ones', () => {
    const other = new AbortController();
    const linked = linkedSignal(other.signal);
    const below = Array.from({ length: 100 }, () => linkedSignal(linked.signal));
    let called = 0;
    for (const { signal } of below) onAbort(signal, () => (called += 1));
    expect(getEventListeners(linked.signal, 'abort').length).toBe(0);
    expect(getEventListeners(other.signal, 'abort').length).toBe(1);
    other.abort();
    expect(called).toBe(100);
  });

  it('is aborted already where the other signal is', () => {
    expect(linkedSignal(AbortSignal.abort('before')).signal.reason).toBe('before');
  });

  it('is stopped by itself, and leaves no listener on the other signal', () => {
    const other = new AbortController();
    const linked = linkedSignal(other.signal);
    linked.stop();
    expect((linked.signal.reason as Error).name).toBe('AbortError');
    expect(getEventListeners(other.signal, 'abort').length).toBe(0);
  });

  it('is not aborted when it is released, and leaves no listener on the other signal', () => {
    const other = new AbortController();
    const linked = linkedSignal(other.signal);
    linked.release();
    other.abort();
    expect(linked.signal.aborted).toBe(false);
    expect(getEventListeners(other.signal, 'abort').length).toBe(0);
  });
});
