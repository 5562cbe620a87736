import { describe, expect, it } from 'vitest';
import { CommitRoom } from '#src/run/commit-room.js';

/** Whether a page may be requested now. */
async function isOpen({ gate }: CommitRoom): Promise<boolean> {
  let open = false;
  void gate.whenOpen().then(() => (open = true));
  await new Promise(setImmediate);
  return open;
}

describe('the room for rows that no commit has', () => {
  it('is shut while a commit of as many as it takes is under way', async () => {
    const room = new CommitRoom({ rows: 500 });
    room.add(499);
    expect([room.isDue(), await isOpen(room)]).toEqual([false, true]);
    room.add(1);
    const rows = room.open(500);
    expect([room.isDue(), await isOpen(room)]).toEqual([true, false]);
    rows.commit();
    expect([room.isDue(), await isOpen(room)]).toEqual([false, false]);
    rows.end();
    rows.end();
    expect([room.gate.inFlight, await isOpen(room)]).toEqual([0, true]);
  });

  it('has pages ahead of half a commit at most, and none that do not fit beside the others', () => {
    const { gate } = new CommitRoom({ rows: 500 });
    expect([gate.reserve(200), gate.reserve(100)]).toEqual([true, false]);
    gate.add(300);
    expect(gate.reserve(1)).toBe(false);
  });

  it('is open for as many rows again while a large commit is under way', async () => {
    const room = new CommitRoom({ rows: 100_000 });
    room.add(200_000);
    expect(await isOpen(room)).toBe(true);
    room.add(1);
    expect(await isOpen(room)).toBe(false);
  });
});
