import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FetchLike, restSource } from 'sluice';
import { serve } from '../support/local-server.js';
import { readAll, runContext } from '../support/read-pages.js';

// What a small request costs, in counts: each of these takes more time than all its bytes.

const encoder = new TextEncoder();

/** Responds without a network, and without a timer, error or listener of its own. */
const fetch: FetchLike = async (url) => {
  const { pathname } = new URL(url);
  const count = Number(pathname.split('/parents/').at(1));
  const body = Number.isNaN(count)
    ? '[{"a":1}]'
    : JSON.stringify(Array.from({ length: count }, (_, id) => ({ id })));
  return {
    status: 200,
    headers: { get: (name) => (name === 'content-type' ? 'application/json' : null) },
    body: (async function* () {
      yield encoder.encode(body);
    })(),
  };
};

/** Counts what is made while the children of so many parents are read, by `fetch` or by itself. */
async function costs(
  parents: number,
  client: { baseUrl: string; fetch?: FetchLike },
): Promise<Record<string, number>> {
  const made = { controllers: 0, timers: 0, errors: 0, listeners: 0 };
  class CountedController extends AbortController {
    constructor() {
      super();
      made.controllers += 1;
    }
  }
  const counted = <E extends typeof Error | typeof DOMException>(base: E): E =>
    new Proxy(base, {
      construct(target, args, caller) {
        made.errors += 1;
        return Reflect.construct(target, args, caller) as object;
      },
    });
  vi.stubGlobal('AbortController', CountedController);
  vi.stubGlobal('Error', counted(Error));
  vi.stubGlobal('DOMException', counted(DOMException));
  const setTimer = setTimeout;
  vi.stubGlobal('setTimeout', (...args: Parameters<typeof setTimeout>) => {
    made.timers += 1;
    return setTimer(...args);
  });
  const listen = vi.spyOn(EventTarget.prototype, 'addEventListener');
  const source = restSource({
    client,
    resources: [
      { name: 'parents', endpoint: { path: `parents/${parents}`, paginator: 'single' } },
      { name: 'children', endpoint: { path: 'children/{resources.parents.id}' } },
    ],
  });
  const run = runContext();
  const { pages, error } = await readAll(source.pages(run));
  made.listeners = listen.mock.calls.length;
  expect([error, pages.length]).toEqual([null, parents + 1]);
  return made;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** What each further small request costs. */
async function costsEach(client: Parameters<typeof costs>[1]): Promise<Record<string, number>> {
  const few = await costs(100, client);
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  const many = await costs(600, client);
  const each = Object.entries(many).map(([what, count]) => [
    what,
    (count - (few[what] as number)) / 500,
  ]);
  return Object.fromEntries(each) as Record<string, number>;
}

describe('a small request', () => {
  it("makes one AbortController for a user's fetch, and no timer, error or listener", async () => {
    expect(await costsEach({ baseUrl: 'http://api.test/', fetch })).toEqual({
      controllers: 1,
      timers: 0,
      errors: 0,
      listeners: 0,
    });
  });

  it('makes no AbortController, error or listener of ours over HTTP', async () => {
    const server = await serve(({ path }) => {
      const count = Number(path.split('/parents/').at(1));
      return {
        json: Number.isNaN(count) ? [{ a: 1 }] : Array.from({ length: count }, (_, id) => ({ id })),
      };
    });
    const { controllers, errors, listeners } = await costsEach({ baseUrl: server.url });
    expect({ controllers, errors, listeners }).toEqual({ controllers: 0, errors: 0, listeners: 0 });
  });
});
