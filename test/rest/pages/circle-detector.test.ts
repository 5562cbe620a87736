import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CircleDetector } from '#src/rest/pages/circle-detector.js';

/**
 * Requests until one is recognised; the snapshot is taken and used at every step where requested.
 */
function requestsUntilKnown(
  lead: number,
  circle: number,
  isCut: (request: number) => boolean = () => false,
): number {
  let detector = new CircleDetector();
  for (let i = 0; ; i += 1) {
    const request = String(i < lead ? i : lead + ((i - lead) % circle));
    if (detector.has(request)) return i;
    detector.add(request);
    if (isCut(i)) detector = new CircleDetector(JSON.parse(JSON.stringify(detector.snapshot())));
  }
}

describe('CircleDetector', () => {
  it('recognises the last 16 requests and the first one at once', () => {
    for (let circle = 1; circle <= 16; circle += 1)
      expect(requestsUntilKnown(40, circle)).toBe(40 + circle);
    expect(requestsUntilKnown(0, 1_000)).toBe(1_000);
  });

  it('recognises every circle after at most three times what is in it and in front of it', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 300 }), (lead, circle) => {
        const requests = requestsUntilKnown(lead, circle);
        expect(requests).toBeGreaterThanOrEqual(lead + circle);
        expect(requests).toBeLessThanOrEqual(3 * (lead + circle));
      }),
    );
  });

  it('never takes a new request for an old one, and stays small', () => {
    const detector = new CircleDetector();
    for (let i = 0; i < 10_000; i += 1) {
      expect(detector.has(String(i))).toBe(false);
      detector.add(String(i));
    }
    expect(JSON.stringify(detector.snapshot()).length).toBeLessThan(300);
  });

  it('recognises the same from a snapshot', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 1, max: 50 }), fc.nat(120), (lead, circle, at) => {
        expect(requestsUntilKnown(lead, circle, (i) => i === at)).toBe(
          requestsUntilKnown(lead, circle),
        );
      }),
    );
  });
});
