import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  customAuth,
  duckdb,
  isSluiceError,
  pipeline,
  restSource,
  type RunOptions,
  type SluiceError,
} from 'sluice';
import { serve } from '../support/local-server.js';

/** The error that a load ends with. */
async function failure(
  resource: object,
  client: object = {},
  options: RunOptions = {},
): Promise<SluiceError> {
  const server = await serve(({ query }) => ({ json: [{ id: Number(query.get('page') ?? 1) }] }));
  await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds' });
  const source = restSource({
    client: { baseUrl: server.url, retry: { attempts: 1 }, ...client },
    resources: [{ name: 'a', ...resource }],
  });
  const error: unknown = await p.run(source, options).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(isSluiceError(error)).toBe(true);
  return error as SluiceError;
}

const mine = new Error('mine');
const throwing = (): never => {
  throw mine;
};
const trap = (): never => {
  throw mine;
};
/** An error that throws wherever it is looked at. */
const unreadable = (): never => {
  throw new Proxy(mine, { get: trap, getPrototypeOf: trap, ownKeys: trap });
};
const unreadableCause = (): never => {
  throw new Error('theirs', {
    cause: Object.defineProperty(new Error(), 'message', { get: trap }),
  });
};
const paginated = (paginator: unknown): object => ({ endpoint: { paginator } });
const converted = (convert: unknown): object => ({
  endpoint: { incremental: { cursorPath: 'id', startParam: 's', initialValue: 1, convert } },
});

describe('functions of the user’s', () => {
  const second = ({ index }: { index: number }): object | undefined =>
    index === 0 ? { params: { page: 2 } } : undefined;
  it.each<[string, object, string]>([
    ['throws', paginated(throwing), 'Resource a, page 1: `paginator` threw: mine'],
    ['returns a number', paginated(() => 5), '`paginator` returned 5: return what the next'],
    ['returns a promise', paginated(async () => null), '`paginator` returned a promise'],
    [
      'returns nothing',
      paginated(second),
      'Resource a, page 2: `paginator` returned nothing: return',
    ],
    ['returns a map', paginated(() => new Map()), '`paginator` returned a Map: return what'],
    [
      'returns an end that is none',
      paginated(() => ({ end: 1 })),
      '`paginator` returned an object: return what the next request changes ({ params, url or json }), or { end } with one of single,',
    ],
    ['misspells', paginated(() => ({ param: {} })), 'there is no `param` in a change'],
    ['sets NaN', paginated(() => ({ params: { p: NaN } })), '`params` must hold texts and numbers'],
    [
      'sets a function',
      paginated(() => ({ json: { f: throwing } })),
      'in `json`, `f` is a function',
    ],
    ['gives an address that is none', paginated(() => ({ url: 5 })), '`url` must be a text'],
    ['throws in convert', converted(throwing), 'Resource a: `incremental.convert` threw: mine'],
    ['converts to nothing', converted(() => undefined), '`incremental.convert` returned nothing'],
    ['converts to NaN', converted(() => NaN), '`incremental.convert` returned NaN'],
    ['promises a value', converted(async () => 1), '`incremental.convert` returned a promise'],
    ['converts to a date', converted(() => new Date(0)), '`incremental.convert` returned a Date'],
    [
      'converts to an object',
      converted(() => ({ from: 1 })),
      '`incremental.convert` returned an object: a query parameter holds a text or number.',
    ],
    [
      'throws an error of sluice',
      paginated(() => {
        throw new ConfigError('theirs');
      }),
      'Resource a, page 1: `paginator` threw: theirs',
    ],
    [
      'is a paginator whose next returns a number',
      paginated({ paths: [], next: () => 5 }),
      'Resource a, page 1: `paginator.next` returned 5: return what the next request changes',
    ],
    [
      'is a paginator with an end that is none',
      paginated({ next: () => ({ end: 'over' }) }),
      'Resource a, page 1: `paginator.next` returned an object: return what',
    ],
    [
      'is a paginator that declares a text',
      paginated({ next: () => ({ end: 'custom' }), declared: () => ({ rows: '7' }) }),
      '`paginator.declared` returned an object: return { rows, pages }',
    ],
    [
      'is a paginator that declares what cannot be read',
      paginated({
        next: () => ({ end: 'custom' }),
        declared: () => ({
          get rows() {
            return trap();
          },
        }),
      }),
      '`paginator.declared` threw: mine',
    ],
    ['throws what cannot be read', paginated(unreadable), '`paginator` threw: an object'],
    ['throws a cause that cannot be read', paginated(unreadableCause), '`paginator` threw: theirs'],
    ['throws in data', { data: throwing }, 'Resource a: `data` threw: mine'],
    ['gives no rows as data', { data: () => 5 }, 'Resource a: `data` returned 5: return a list'],
    ['promises data', { data: async () => [] }, '`data` returned a promise'],
    [
      'gives NaN as data',
      { data: () => [{ n: NaN }] },
      'page 1, row 1: `data` returned a row that cannot',
    ],
    [
      'yields a number as data',
      { data: () => [{}, 5] },
      'page 1, row 2: `data` returned 5 for a row',
    ],
  ])('that %s in a resource is named', async (_what, resource, message) => {
    const error = await failure(resource);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ code: 'ERR_SLUICE_FUNCTION', resource: 'a' });
    if (message.endsWith('threw: mine')) expect(error.cause).toBe(mine);
  });

  it.each([
    [() => ({ from: 1 }), 'there is an object or list. Return a text or number from'],
    [() => null, 'there is no value. Set `incremental.initialValue`, and return a value from'],
  ])(
    'that convert to what no text can hold are named with a way out: %#',
    async (convert, said) => {
      const incremental = { cursorPath: 'id', initialValue: 1, convert };
      const error = await failure({
        endpoint: { params: { since: 'after {incremental.startValue}' }, incremental },
      });
      expect(error).toMatchObject({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringContaining(`${said} \`incremental.convert\``) as string,
      });
    },
  );

  it('that return a request from an authorization raise an error that says to change the one given', async () => {
    const auth = customAuth((request) => ({ ...request }) as never);
    expect(await failure({}, { auth })).toMatchObject({
      code: 'ERR_SLUICE_FUNCTION',
      message: expect.stringContaining(
        '`customAuth` returned an object: change the request in place',
      ) as string,
    });
  });

  it('that are a paginator may leave out what has a standard', async () => {
    const server = await serve(({ query }) => ({ json: [{ id: Number(query.get('page') ?? 1) }] }));
    const paginator = {
      next: ({ index }: { index: number }) =>
        index === 0 ? { params: { page: 2 } } : { end: 'custom' },
    };
    await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds' });
    const source = restSource({
      client: { baseUrl: server.url },
      resources: [{ name: 'a', endpoint: { paginator: paginator as never } }],
    });
    expect((await p.run(source)).resources[0]).toMatchObject({ rows: 2, verdict: 'complete' });
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws a text',
      () => {
        throw 'text';
      },
      '`client.fetch` threw: text',
    ],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
      '`client.fetch` threw: nothing',
    ],
    ['throws what cannot be read', unreadable, 'What was thrown cannot be read'],
    ['returns nothing', () => undefined, '`client.fetch` returned nothing: return a response'],
    ['returns a text', () => 'body', '`client.fetch` returned the text "body"'],
    ['returns no headers', () => ({ status: 200 }), '`headers` must have a `get`'],
    [
      'returns no body',
      () => ({ status: 200, headers: new Headers(), json: () => [] }),
      '`body` is nothing; it must be a stream of bytes, or null',
    ],
    [
      'returns no stream',
      () => ({ status: 200, headers: new Headers(), body: 'x' }),
      '`body` is the text "x"',
    ],
  ])('that %s as a fetch is named', async (_what, fetch, message) => {
    const error = await failure({}, { fetch: async () => fetch() });
    expect(error.message).toContain(message);
    expect(error.message).toContain('Resource a, page 1');
    expect(error.code).toBe('ERR_SLUICE_HTTP');
  });

  it('that throws as a fetch, or while its response is read, is the innermost cause', async () => {
    const body = { [Symbol.asyncIterator]: throwing };
    for (const fetch of [throwing, () => ({ status: 200, headers: new Headers(), body })]) {
      const { message, cause } = await failure({}, { fetch: async () => fetch() });
      expect(message).toContain('failed: mine');
      expect((cause as Error).cause).toBe(mine);
    }
  });

  it.each<[string, (response: Record<'status' | 'body', unknown>) => unknown, string]>([
    [
      'spoils the status',
      (response) => void (response.status = 'x'),
      '`responseActions[0]` changed the response so that it cannot be used: its `status`',
    ],
    [
      'spoils the body',
      (response) => void (response.body = '[]'),
      '`responseActions[0]` changed the response so that it cannot be used',
    ],
    [
      'throws',
      () => {
        throw 'mine';
      },
      '`responseActions[0]` threw: mine',
    ],
    [
      'throws an error of sluice',
      () => {
        throw new ConfigError('theirs');
      },
      'returned status 200. Then `responseActions[0]` threw: theirs',
    ],
    [
      'returns a number',
      () => 5,
      '`responseActions[0]` returned 5: return nothing, or the response',
    ],
    [
      'returns text for the body',
      () => ({ status: 200, headers: new Headers(), body: '[]' }),
      'a body of bytes',
    ],
  ])('that %s as a response action is named', async (_what, action, message) => {
    const error = await failure({ endpoint: { responseActions: [action] } });
    expect(error).toMatchObject({ code: 'ERR_SLUICE_FUNCTION', resource: 'a', page: 1 });
    expect(error.message).toContain(message);
  });

  it('that throw while a run is observed are named', async () => {
    const error = await failure({}, {}, { observe: throwing });
    expect(error).toMatchObject({ code: 'ERR_SLUICE_FUNCTION', functionName: 'observe' });
    expect(error.message).toContain('`observe` threw: mine');
  });

  it('that observe must not be asynchronous', async () => {
    const observe = (async () => undefined) as unknown as () => void;
    expect((await failure({}, {}, { observe })).message).toContain('`observe` returned a promise');
  });
});
