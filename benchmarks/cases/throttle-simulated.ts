import { budget } from '#src/rest/throttle/budget.js';
import { rateOf } from '#src/rest/throttle/rate-limit.js';
import { tokenBucket } from '#src/sandbox/limiter.js';
import type { Measure } from '../harness/results.js';

const PER_MINUTE = 300;
const BURST = 20;
const AT_ONCE = 4;

/**
 * Runs the throttle's budget against a server's bucket for so many minutes of a simulated clock:
 * responses take 50–200 ms, and the server counts a request at any time between its start and its
 * response.
 */
export async function throttleSimulated(minutes: number): Promise<Measure> {
  const start = performance.now();
  const own = budget(rateOf(`${PER_MINUTE}/1m burst ${BURST}`));
  const random = randomNumbers(1);
  const underWay: number[] = [];
  const counted: number[] = [];
  const end = minutes * 60_000;
  for (let now = 0; now < end;) {
    while (underWay.length > 0 && (underWay[0] as number) <= now)
      own.finished(underWay.shift() as number);
    const wait = underWay.length >= AT_ONCE ? null : own.wait(now);
    if (wait !== 0) {
      now = Math.min(wait === null ? end : now + wait, underWay[0] ?? end);
      continue;
    }
    const latency = 50 + random() * 150;
    own.started();
    counted.push(now + latency * random());
    underWay.push(now + latency);
    underWay.sort((a, b) => a - b);
  }
  const server = tokenBucket(BURST, PER_MINUTE / 60);
  const refused = counted.sort((a, b) => a - b).filter((at) => server.take(at) > 0).length;
  return {
    ms: performance.now() - start,
    usedPercent: ((counted.length - refused) / (BURST + PER_MINUTE * minutes)) * 100,
    refused,
  };
}

/**
 * Returns numbers in [0, 1), the same in every run (a linear congruential generator, constants of
 * Numerical Recipes).
 */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
