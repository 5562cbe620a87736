import { describe, expect, it } from 'vitest';
import { type AwaitedPage, CommitRoom, type PageRoom } from '#src/run/commit-room.js';

const { signal } = new AbortController();

/** Requests pages at a depth, and gives those that may be requested by now. */
async function requested(room: PageRoom, depth: number, pages: number): Promise<AwaitedPage[]> {
  const begun: AwaitedPage[] = [];
  for (let page = 0; page < pages; page += 1)
    void room.request(depth, signal).then((one) => begun.push(one));
  await new Promise(setImmediate);
  return begun;
}

describe('the room for pages that no commit has', () => {
  it('has as many as a commit takes, on their way and in batches together', async () => {
    const room = new CommitRoom({ rows: 500 });
    const begun = await requested(room, 0, 7);
    expect(begun).toHaveLength(5);
    for (const page of begun.splice(0)) {
      page.arrive(100);
      room.add(100, [{ awaited: page }]);
    }
    const rows = room.open();
    expect([room.isDue(), await requested(room, 0, 1)]).toEqual([true, []]);
    rows.commit();
    expect([room.isDue(), begun]).toEqual([false, []]);
    rows.end();
    rows.end();
    await new Promise(setImmediate);
    // The two that waited, and the one that came during the commit.
    expect([begun.length, await requested(room, 0, 9)]).toEqual([
      2,
      [expect.anything(), expect.anything()],
    ]);
  });

  it('counts small pages as requests that would be repeated', () => {
    const room = new CommitRoom({ rows: 500 });
    room.add(3, [{}, {}, {}, {}]);
    expect(room.isDue()).toBe(false);
    room.add(0, [{}]);
    expect(room.isDue()).toBe(true);
  });

  it('lets children be requested while pages of their parents that have come wait for them', async () => {
    const room = new CommitRoom({ rows: 1 });
    const [parent] = await requested(room, 0, 1);
    const children = await requested(room, 1, 1);
    expect(children).toEqual([]);
    parent?.arrive(1_000);
    await new Promise(setImmediate);
    children[0]?.end();
    expect(children).toHaveLength(1);
    expect(await requested(room, 0, 1)).toEqual([]);
  });

  it('requests none ahead while another waits for its turn', async () => {
    const room = new CommitRoom({ rows: 200 });
    const ahead = [room.requestAhead(0), room.requestAhead(0), room.requestAhead(0)];
    expect(ahead.map((page) => page !== null)).toEqual([true, true, false]);
    const waiting = await requested(room, 0, 2);
    ahead[0]?.end();
    expect(room.requestAhead(0)).toBe(null);
    ahead[1]?.end();
    await new Promise(setImmediate);
    expect(waiting).toHaveLength(2);
  });

  it('forgets a request that is aborted while it waits', async () => {
    const room = new CommitRoom({ rows: 1 });
    const [first] = await requested(room, 0, 1);
    const stop = new AbortController();
    const waiting = room.request(0, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    first?.end();
    expect(room.requestAhead(0)).not.toBe(null);
  });

  it('has room for as many rows again while a large commit is under way', async () => {
    const room = new CommitRoom({ rows: 100_000 });
    room.add(199_999, [{}]);
    expect(await requested(room, 0, 1)).toHaveLength(1);
    expect(await requested(room, 0, 1)).toEqual([]);
  });
});
