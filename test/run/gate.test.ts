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

  it('has room ahead for what fits beside what is in flight, and that holds nobody up', async () => {
    const gate = new Gate(10);
    gate.add(4);
    expect([gate.reserve(5), gate.reserve(2)]).toEqual([true, false]);
    gate.adjust(3);
    // Twelve units in all, of which four are in flight.
    await gate.whenOpen();
    expect([gate.inFlight, gate.reserve(0)]).toEqual([4, false]);
    gate.adjust(-8);
    expect([gate.reserve(6), gate.reserve(1)]).toEqual([true, false]);
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
