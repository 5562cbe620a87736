import { describe, expect, it } from 'vitest';
import { Gate } from 'sluice';

describe('Gate', () => {
  it('is shut while more than its limit is under way', async () => {
    const gate = new Gate(10);
    gate.post(10);
    await gate.opened();
    gate.post(5);
    let isOpen = false;
    const opening = gate.opened().then(() => (isOpen = true));
    gate.acknowledge(4);
    await Promise.resolve();
    expect([isOpen, gate.posted]).toEqual([false, 11]);
    gate.acknowledge(1);
    await opening;
    expect([isOpen, gate.posted]).toEqual([true, 10]);
  });

  it('lets go whoever is aborted, also where it shuts again at once', async () => {
    const gate = new Gate(0);
    const stop = new AbortController();
    gate.post(1);
    const opening = gate.opened(stop.signal);
    gate.acknowledge(1);
    gate.post(1);
    stop.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    await expect(gate.opened(stop.signal)).rejects.toThrow('enough');
  });
});
