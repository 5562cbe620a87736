import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lastValueFrom, tap } from 'rxjs';
import { expect, it } from 'vitest';
import { restSource } from 'sluice';
import { runContext } from '../../../../support/read-pages.js';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

const RESPONSES = 80;
/** What is beside the rows stays in memory while a response is worked on. */
const BESIDE = 'x'.repeat(60_000);

it('does not keep what it knew of large responses that were worked on', async () => {
  let requests = 0;
  const source = restSource({
    client: {
      baseUrl: 'http://api.test/',
      fetch: () => {
        requests += 1;
        const data = Array.from({ length: 3_000 }, (_, id) => ({ id, response: requests }));
        const next = requests < RESPONSES ? `p${requests}` : null;
        return Promise.resolve(new Response(JSON.stringify({ data, BESIDE, next })));
      },
    },
    resources: [
      {
        name: 'orders',
        endpoint: {
          path: 'orders',
          paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
        },
      },
    ],
  });
  const held: number[] = [];
  let last = -1;
  const note = ({ index }: { index: number }): void => {
    if (index === last || index % 10 !== 0) return;
    last = index;
    collect();
    collect();
    held.push(process.memoryUsage().arrayBuffers);
  };
  await lastValueFrom(source.pages({ ...runContext(), bodyBytes: 50_000 }).pipe(tap(note)));

  expect(requests).toBe(RESPONSES);
  expect((held.at(-1) as number) - (held[1] as number)).toBeLessThan(40 * BESIDE.length);
});
