import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from '#src/signals/on-abort.js';

describe('onAbort', () => {
  it('calls everybody who waits, with one listener on the signal', () => {
    const abort = new AbortController();
    const called: number[] = [];
    for (let i = 0; i < 100; i += 1) onAbort(abort.signal, () => called.push(i));
    expect(getEventListeners(abort.signal, 'abort').length).toBe(1);
    abort.abort();
    expect(called.length).toBe(100);
  });

  it('calls nobody who no longer waits, and leaves no listener behind', () => {
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

  it('calls soon where the signal has aborted before', async () => {
    const called = new Promise<string>((resolve) =>
      onAbort(AbortSignal.abort(), () => resolve('yes')),
    );
    expect(await called).toBe('yes');
  });
});
