import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { Gate } from '#src/run/gate.js';
import { tokenBucket } from '#src/sandbox/limiter.js';
import { pageNumber, restSource } from 'sluice';
import type { Measure } from '../harness/results.js';

const PER_SECOND = 50;
const BURST = 20;
/** A response takes between these, in milliseconds. */
const LATENCY = [5, 20] as const;

/**
 * Reads two lists of an API that takes 3000 requests a minute, 20 at once: a real server, a
 * real clock, for so many milliseconds.
 */
export async function throttleServer(lengthMs: number): Promise<Measure> {
  const bucket = tokenBucket(BURST, PER_SECOND);
  let [taken, refused, began] = [0, 0, Number.NaN];
  const server = createServer((_request, response) => {
    if (Number.isNaN(began)) began = performance.now();
    const good = bucket.take(performance.now()) === 0;
    const over = performance.now() - began > lengthMs;
    if (!over && good) taken += 1;
    if (!over && !good) refused += 1;
    setTimeout(
      () =>
        response
          .writeHead(good ? 200 : 429, { 'content-type': 'application/json' })
          .end(over ? '{"data":[]}' : `{"data":[{"id":${taken}}]}`),
      LATENCY[0] + Math.random() * (LATENCY[1] - LATENCY[0]),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const list = { dataSelector: 'data', paginator: pageNumber() };
  const source = restSource({
    name: 'bench',
    client: {
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      rateLimit: `${PER_SECOND * 60}/1m burst ${BURST}`,
    },
    resources: [
      { name: 'orders', endpoint: list },
      { name: 'refunds', endpoint: list },
    ],
  });
  const start = performance.now();
  await lastValueFrom(
    source.pages({
      signal: new AbortController().signal,
      gate: new Gate(),
      observe: () => undefined,
      state: () => null,
    }),
  );
  const ms = performance.now() - start;
  server.close();
  return { ms, usedPercent: (taken / (BURST + (PER_SECOND * lengthMs) / 1000)) * 100, refused };
}
