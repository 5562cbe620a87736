import { describe, expect, it } from 'vitest';
import { advance, noProgress, progressLine } from '#src/run/progress.js';
import type { RunEvent } from '#src/run/run-event.js';

const request: RunEvent = {
  kind: 'request',
  resource: 'a',
  method: 'GET',
  url: 'http://x/',
  attempt: 1,
  status: 200,
  ms: 3,
};
const page: RunEvent = {
  kind: 'page',
  resource: 'a',
  parent: null,
  index: 0,
  rows: 1_200,
  bytes: 9,
};
const step = { loadId: '1', positions: [], changes: [] };

describe('progress', () => {
  it('counts by resource and keeps appended and committed rows apart', () => {
    const events: RunEvent[] = [
      request,
      page,
      { kind: 'append', tables: { a: 1_200, a__b: 300 }, ...step },
      { kind: 'skip', resource: 'b', parent: '[1]', index: 0, status: 404, reason: 'status' },
    ];
    const progress = events.reduce(advance, noProgress());
    expect(progress.resources).toEqual({
      a: { requests: 1, pages: 1, rows: 1_200, skipped: 0 },
      b: { requests: 0, pages: 0, rows: 0, skipped: 1 },
    });
    expect(progressLine(progress, 0)).toBe(
      '1 request, 1,200 rows read, 1,500 table rows written (0 committed), 1 response skipped',
    );
    expect(
      advance(progress, { kind: 'commit', tables: { a: 1_200, a__b: 300 }, ...step }).committed,
    ).toBe(1_500);
  });

  it('says why it waits until the wait is over or a request goes out', () => {
    const waiting = advance(noProgress(), {
      kind: 'wait',
      resource: 'a',
      reason: 'rate limit',
      until: 5_000,
    });
    expect(progressLine(waiting, 2_500)).toContain('; a waits 2.5 s: rate limit');
    expect(progressLine(waiting, 2_500, 40)).toMatch(/^a waits 2.5 s: rate limit; 0 requests/);
    expect(progressLine(waiting, 5_000)).not.toContain('waits');
    expect(progressLine(advance(waiting, request), 0)).not.toContain('waits');
  });

  it('does not change the progress that it is given', () => {
    const before = noProgress();
    advance(before, page);
    expect(before).toEqual(noProgress());
  });
});
