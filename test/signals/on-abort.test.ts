import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from '#src/signals/on-abort.js';

describe('onAbort', () => {
  it('calls every function that waits, with one listener on the signal', () => {
    const abort = new AbortController();
    const called: number[] = [];
    for (let i = 0; i < 100; i += 1) onAbort(abort.signal, () => called.push(i));
    expect(getEventListeners(abort.signal, 'abort').length).toBe(1);
    abort.abort();
    expect(called.length).toBe(100);
  });

  it('calls no function that was removed, and leaves no listener', () => {
    const abort = new AbortController();
    const called: string[] = [];
    const offs = ['a', 'b'].map((name) => onAbort(abort.signal, () => called.push(name)));
    offs[0]?.();
    expect(getEventListeners(abort.signal, 'abort').length).toBe(1);
    offs[1]?.();
    expect(getEventListeners(abort.signal, 'abort').length).toBe(0);
    onAbort(abort.signal, () => called.push('c'));
    abort.abort();
    expect(called).toEqual(['c']);
  });

  it('calls in a microtask where the signal has aborted already', async () => {
    const called = new Promise<string>((resolve) =>
      onAbort(AbortSignal.abort(), () => resolve('yes')),
    );
    expect(await called).toBe('yes');
  });
});
