import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adapted, fullPace, type Pace, spacingMs } from '#src/rest/throttle/pace.js';

const accepted = (pace: Pace, now: number): Pace => adapted(pace, { kind: 'accepted' }, now);
const limited = (
  pace: Pace,
  now: number,
  { startedAt = now, until = now, perSecond = 10 } = {},
): Pace => adapted(pace, { kind: 'rateLimited', startedAt, until, perSecond }, now);

/** An accepted request every second, up to a time. */
function cleanUntil(pace: Pace, from: number, to: number): Pace {
  let now = pace;
  for (let at = from; at <= to; at += 1_000) now = accepted(now, at);
  return now;
}

describe('pace', () => {
  it('does not limit before the first 429', () => {
    for (const perSecond of [5, Number.POSITIVE_INFINITY]) {
      const pace = accepted(fullPace(perSecond, 4), 1_000);
      expect(spacingMs(pace)).toBe(0);
      expect(pace.concurrency).toBe(4);
    }
  });

  it('is half after a 429, and full again after half a minute of accepted requests', () => {
    const cut = limited(fullPace(5, 4), 1_000);
    expect(spacingMs(cut)).toBe(400);
    expect(cut.concurrency).toBe(2);
    const later = cleanUntil(cut, 2_000, 16_000);
    expect(later.perSecond).toBeCloseTo(3.75);
    expect(later.concurrency).toBeCloseTo(3);
    expect(spacingMs(cleanUntil(later, 17_000, 32_000))).toBe(0);
  });

  it('is full again after fifty accepted requests, however fast they come', () => {
    let pace = limited(fullPace(100, 4), 0);
    for (let i = 1; i <= 49; i += 1) pace = accepted(pace, i);
    expect(spacingMs(pace)).toBeGreaterThan(10);
    for (let i = 50; i <= 51; i += 1) pace = accepted(pace, i);
    expect(spacingMs(pace)).toBe(0);
    expect(pace.concurrency).toBe(4);
  });

  it('does not rise while a pause lasts, nor without accepted requests', () => {
    const cut = limited(fullPace(5, 4), 0, { until: 60_000 });
    expect(accepted(cut, 59_000)).toEqual(cut);
    expect(accepted(cut, 75_000).perSecond).toBeCloseTo(3.75);
  });

  it('is cut once by a wave of 429s', () => {
    const cut = limited(fullPace(5, 4), 1_000, { startedAt: 900 });
    expect(limited(cut, 1_100, { startedAt: 950 }).perSecond).toBe(cut.perSecond);
    expect(limited(cut, 1_100, { startedAt: 1_050 }).perSecond).toBe(cut.perSecond / 2);
  });

  it('is full again with the first accepted request after a long silence', () => {
    const cut = limited(limited(fullPace(5, 4), 0), 1);
    expect(accepted(cut, 3_600_000)).toMatchObject({ perSecond: 5, concurrency: 4 });
  });

  it('starts from the recent rate where there is no limit, and goes beyond the rate of the last 429 only in time', () => {
    const cut = limited(fullPace(Number.POSITIVE_INFINITY, 8), 0, { perSecond: 40 });
    expect(cut).toMatchObject({ perSecond: 20, concurrency: 4 });
    const back = cleanUntil(cut, 1_000, 30_000);
    expect(back.perSecond).toBeCloseTo(40);
    expect(cleanUntil(back, 31_000, 330_000).perSecond).toBeGreaterThan(1_000);
    expect(accepted(cut, 86_400_000).perSecond).toBeLessThanOrEqual(60);
  });

  it('keeps within a limit that is announced later, and uses all of it if it was full before', () => {
    const free = fullPace(Number.POSITIVE_INFINITY, 4);
    expect(adapted(free, { kind: 'announced', perSecond: 3 }, 0)).toMatchObject({
      perSecond: 3,
      max: { perSecond: 3 },
    });
    expect(
      adapted(limited(free, 0, { perSecond: 2 }), { kind: 'announced', perSecond: 3 }, 0),
    ).toMatchObject({ perSecond: 1, max: { perSecond: 3 } });
  });

  it('does not slow to the rate of a limit by the day', () => {
    expect(spacingMs(limited(fullPace(1_000 / 86_400, 4), 0))).toBeLessThanOrEqual(10_000);
  });

  it('never reaches 0, never exceeds its limit, and always recovers', () => {
    const events = fc.array(
      fc.record({
        refuse: fc.boolean(),
        gap: fc.integer({ min: 0, max: 120_000 }),
        pause: fc.integer({ min: 0, max: 60_000 }),
        lag: fc.integer({ min: 0, max: 5_000 }),
      }),
      { maxLength: 60, size: 'max' },
    );
    fc.assert(
      fc.property(
        events,
        fc.constantFrom(0.01, 1.67, 5, 100, Number.POSITIVE_INFINITY),
        fc.integer({ min: 1, max: 16 }),
        fc.double({ min: 0.01, max: 200, noNaN: true }),
        (all, perSecond, atOnce, measured) => {
          let pace = fullPace(perSecond, atOnce);
          let now = 0;
          for (const { refuse, gap, pause, lag } of all) {
            now += gap;
            pace = refuse
              ? limited(pace, now, {
                  startedAt: now - lag,
                  until: now + pause,
                  perSecond: measured,
                })
              : accepted(pace, now);
            expect(spacingMs(pace)).toBeLessThanOrEqual(80_000);
            expect(pace.perSecond).toBeLessThanOrEqual(pace.max.perSecond);
            expect(Math.floor(pace.concurrency)).toBeGreaterThanOrEqual(1);
            expect(pace.concurrency).toBeLessThanOrEqual(atOnce);
          }
          const whole = cleanUntil(pace, now, now + 130_000);
          if (Number.isFinite(perSecond)) expect(spacingMs(whole)).toBe(0);
          expect(Math.round(whole.concurrency)).toBe(atOnce);
        },
      ),
    );
  });

  it('settles around the true rate of a server that does not announce its limit', () => {
    // A bucket of 5, refilled twice a second; whoever is refused waits for a second.
    let pace = fullPace(Number.POSITIVE_INFINITY, 4);
    let [now, tokens, at, good, bad] = [0, 5, 0, 0, 0];
    while (now < 1_800_000) {
      tokens = Math.min(5, tokens + ((now - at) / 1_000) * 2);
      at = now;
      if (tokens >= 1) {
        tokens -= 1;
        good += 1;
        pace = accepted(pace, now);
        now += Math.max(50, spacingMs(pace));
      } else {
        bad += 1;
        pace = limited(pace, now, { until: now + 1_000, perSecond: 20 });
        now += 1_000;
      }
    }
    expect(good / (2 * 1_800)).toBeGreaterThan(0.7);
    expect(bad / good).toBeLessThan(0.05);
  });
});
