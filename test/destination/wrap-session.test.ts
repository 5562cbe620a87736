import { describe, expect, it } from 'vitest';
import type { Session } from '#src/destination/destination.js';
import { wrapSession } from '#src/destination/wrap-session.js';

const step = { kind: 'complete', loadId: '1', tables: {}, positions: [], changes: [] } as const;

function wrapped(
  own: Partial<Session>,
  ended: () => void | Promise<void> = () => undefined,
): { session: Session; calls: string[] } {
  const calls: string[] = [];
  const session = {
    loadId: '1',
    finish: () => Promise.resolve(step),
    abort: async () => void calls.push('abort'),
    ...own,
  } as unknown as Session;
  return {
    calls,
    session: wrapSession(session, async (how) => {
      calls.push(how);
      await ended();
    }),
  };
}

describe('a wrapped session', () => {
  it('has ended once, when it is finished, and is not aborted after', async () => {
    const { session, calls } = wrapped({});
    await expect(session.finish({} as never)).resolves.toEqual(step);
    await session.abort();
    expect(calls).toEqual(['finished']);
  });

  it('has ended once, however often it is aborted', async () => {
    const { session, calls } = wrapped({});
    await Promise.all([session.abort(), session.abort()]);
    expect(calls.filter((call) => call === 'aborted')).toHaveLength(1);
  });

  it('has ended where its abort fails', async () => {
    const { session, calls } = wrapped({ abort: () => Promise.reject(new Error('gone')) });
    await expect(session.abort()).rejects.toThrow('gone');
    expect(calls).toEqual(['aborted']);
  });

  it('has not ended where finish fails: it is aborted then', async () => {
    const { session, calls } = wrapped({ finish: () => Promise.reject(new Error('full')) });
    await expect(session.finish({} as never)).rejects.toThrow('full');
    expect(calls).toEqual([]);
    await session.abort();
    expect(calls).toEqual(['abort', 'aborted']);
  });

  it('rejects with what is wrong with its end', async () => {
    const { session } = wrapped({}, () => Promise.reject(new Error('still open')));
    await expect(session.abort()).rejects.toThrow('still open');
  });

  it('stays finished where an abort came in between and its end failed', async () => {
    let commit: (value: typeof step) => void = () => undefined;
    const finish = (): Promise<typeof step> => new Promise((resolve) => (commit = resolve));
    const { session } = wrapped({ finish }, () => Promise.reject(new Error('still open')));
    const finishing = session.finish({} as never);
    await expect(session.abort()).rejects.toThrow('still open');
    commit(step);
    await expect(finishing).resolves.toEqual(step);
  });
});
