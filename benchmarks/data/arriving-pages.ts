import { setImmediate } from 'node:timers/promises';
import { from, map, type Observable } from 'rxjs';
import { locate } from '#operators/json/locate.js';
import type { Page } from '#operators/types.js';

/**
 * Emits response bodies as pages of a resource, one after another as a server's responses come:
 * each in a turn of its own of the event loop.
 */
export function arrivingPages(resource: string, bodies: readonly Uint8Array[]): Observable<Page> {
  return from(arriving(bodies)).pipe(
    map((body, index): Page => {
      const { span } = locate(body, { selectors: ['data'] });
      return {
        resource,
        parent: null,
        index,
        body,
        rows: span,
        next: null,
        stamp: null,
        state: null,
      };
    }),
  );
}

async function* arriving(bodies: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const body of bodies) {
    await setImmediate();
    yield body;
  }
}
