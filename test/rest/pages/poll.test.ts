import { describe, expect, it } from 'vitest';
import { pollRules, pollState } from '#src/rest/pages/poll.js';

const poll = { statusPath: 'status', done: ['complete', 'ready'], failed: ['failed'] };

describe('poll', () => {
  it.each([
    ['complete', 'done'],
    ['READY', 'done'],
    ['failed', 'failed'],
    ['in_progress', 'wait'],
    [null, 'wait'],
    [undefined, 'wait'],
    [1, 'wait'],
  ])('takes %s for %s', (word, state) => {
    expect(pollState(poll, word)).toBe(state);
  });

  it('fills in its defaults, and refuses waits without end and no word for done', () => {
    expect(pollRules({ statusPath: 's', done: ['x'] })).toEqual({
      statusPath: 's',
      done: ['x'],
      failed: [],
      everyMs: 10_000,
      timeoutMs: 3_600_000,
    });
    for (const wrong of [
      { ...poll, everyMs: 0 },
      { ...poll, timeoutMs: Number.NaN },
      { ...poll, done: [] },
    ])
      expect(() => pollRules(wrong)).toThrow(/poll needs/);
  });
});
