import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';

/**
 * Runs marble expectations in virtual time; what differs fails the test as any other expectation.
 */
export function marbles(run: (helpers: RunHelpers) => void): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);
}
