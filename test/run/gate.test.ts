import { describe, expect, it } from 'vitest';
import { Gate } from 'sluice';

describe('Gate', () => {
  it('makes producers wait while more than its limit is in flight', async () => {
    const gate = new Gate(10);
    gate.add(10);
    await gate.whenOpen();
    gate.add(5);
    let isOpen = false;
    const opening = gate.whenOpen().then(() => (isOpen = true));
    gate.release(4);
    await Promise.resolve();
    expect([isOpen, gate.inFlight]).toEqual([false, 11]);
    gate.release(1);
    await opening;
    expect([isOpen, gate.inFlight]).toEqual([true, 10]);
  });

  it('rejects with the reason of an aborted signal, also where the limit is passed again at once', async () => {
    const gate = new Gate(0);
    const stop = new AbortController();
    gate.add(1);
    const opening = gate.whenOpen(stop.signal);
    gate.release(1);
    gate.add(1);
    stop.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    await expect(gate.whenOpen(stop.signal)).rejects.toThrow('enough');
  });
});
