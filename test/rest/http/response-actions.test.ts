import { describe, expect, it } from 'vitest';
import { JsonError } from '#operators/errors.js';
import { ConfigError, HttpError } from '#src/errors.js';
import { bearer } from '#src/rest/auth/bearer.js';
import { oauth2ClientCredentials } from '#src/rest/auth/oauth2-client-credentials.js';
import type { ActionResponse, ResponseAction } from '#src/rest/http/response-actions.js';
import { type ServedResponse, serve } from '../../support/local-server.js';
import { failure, quickClient, sendWith, type Sent, statuses } from '../../support/send.js';

/** Sends one request to a server that gives this response. */
async function respondWith(
  response: ServedResponse,
  actions: readonly ResponseAction[],
  attempts = 2,
): Promise<Sent> {
  const server = await serve(() => response);
  return sendWith(
    quickClient({ baseUrl: server.url, auth: bearer('tok-12345'), retry: { attempts } }),
    {},
    { actions },
  );
}

const textOf = (body: Uint8Array): string => Buffer.from(body).toString();

describe('response actions', () => {
  it.each<[string, ResponseAction, ServedResponse, boolean]>([
    ['a status', { statusCode: 404, action: 'ignore' }, { status: 404 }, true],
    ['another status', { statusCode: 404, action: 'ignore' }, { status: 410 }, false],
    [
      'a part of the text',
      { content: 'not führt', action: 'ignore' },
      { status: 400, text: 'it is not führt here' },
      true,
    ],
    [
      'another text',
      { content: 'missing', action: 'ignore' },
      { status: 400, text: 'it is not there' },
      false,
    ],
    [
      'both',
      { statusCode: 400, content: 'gone', action: 'ignore' },
      { status: 400, text: 'gone' },
      true,
    ],
    [
      'a status without its text',
      { statusCode: 400, content: 'gone', action: 'ignore' },
      { status: 400, text: 'here' },
      false,
    ],
    [
      'a text without its status',
      { statusCode: 400, content: 'gone', action: 'ignore' },
      { status: 403, text: 'gone' },
      false,
    ],
    [
      'a good status',
      { statusCode: 200, content: '"rows":[]', action: 'ignore' },
      { text: '{"rows":[]}' },
      true,
    ],
  ])('that ignore %s apply to that only', async (_what, action, response, ignored) => {
    const { response: sent } = await respondWith(response, [action]);
    const came = await sent.catch((error: HttpError) => error);
    expect(came instanceof HttpError ? false : came.ignored).toBe(ignored);
  });

  it('leave responses that none ignores unmarked', async () => {
    expect((await (await respondWith({ json: {} }, [])).response).ignored).toBe(false);
  });

  it('ignore a passing error at once, instead of repeating the request', async () => {
    const { response, events } = await respondWith({ status: 503 }, [
      { statusCode: 503, action: 'ignore' },
    ]);
    expect((await response).ignored).toBe(true);
    expect(statuses(events)).toEqual([503]);
  });

  it('see every attempt', async () => {
    const seen: number[] = [];
    const server = await serve((_asked, count) => (count === 1 ? { status: 503 } : { json: {} }));
    await sendWith(
      quickClient({ baseUrl: server.url }),
      {},
      { actions: [({ status }) => void seen.push(status)] },
    ).response;
    expect(seen).toEqual([503, 200]);
  });

  it('see a 401 only when new credentials did not help', async () => {
    const login = await serve((_asked, count) => ({ json: { access_token: `tok-000${count}` } }));
    const api = await serve(({ headers }) =>
      headers.authorization === 'Bearer tok-0001' ? { status: 401 } : { json: {} },
    );
    const auth = oauth2ClientCredentials({
      accessTokenUrl: login.url,
      clientId: 'c',
      clientSecret: 'secret',
    });
    const { response } = sendWith(
      quickClient({ baseUrl: api.url, auth }),
      {},
      { actions: [{ statusCode: 401, action: 'ignore' }] },
    );
    expect(await response).toMatchObject({ status: 200, ignored: false });
  });

  it('run in their order, each on the result of those before it, until one ignores', async () => {
    const seen: string[] = [];
    const say =
      (name: string) =>
      (response: ActionResponse): void =>
        void seen.push(`${name}:${response.status}:${textOf(response.body)}`);
    const { response } = await respondWith({ status: 400, text: 'broken' }, [
      say('all'),
      {
        statusCode: 400,
        action: [
          (response) => ({ ...response, status: 200, body: Buffer.from('mended') }),
          say('list'),
        ],
      },
      { statusCode: 400, action: say('never') },
      async (response) => {
        await Promise.resolve();
        response.body = Buffer.from('changed');
      },
      { content: 'changed', action: 'ignore' },
      say('never'),
    ]);
    expect(await response).toMatchObject({ status: 200, ignored: true });
    expect(seen).toEqual(['all:400:broken', 'list:200:mended']);
  });

  it('turn a success into an error, and an error into a success', async () => {
    const error = await failure(
      await respondWith({ json: { error: 'no' } }, [
        { content: '"error"', action: (response) => ({ ...response, status: 422 }) },
      ]),
    );
    expect(error).toMatchObject({ status: 422, body: '{"error":"no"}' });
    const { response } = await respondWith({ status: 500, text: 'x' }, [
      (response) => void Object.assign(response, { status: 200 }),
    ]);
    expect((await response).status).toBe(200);
  });

  it('are followed by `decode` of their result', async () => {
    const server = await serve(() => ({ text: ')]}\',{"a":1}' }));
    const check = (body: Uint8Array): void => {
      if (!textOf(body).startsWith('{')) throw new JsonError('no JSON', 0, false);
    };
    const actions: ResponseAction[] = [
      (response) => ({ ...response, body: response.body.subarray(5) }),
    ];
    expect(
      textOf(
        (
          await sendWith(quickClient({ baseUrl: server.url }), {}, { actions, decode: check })
            .response
        ).body,
      ),
    ).toBe('{"a":1}');
  });

  it('that throw end the run without another attempt, the place named and secrets hidden', async () => {
    const fails = (): void => {
      throw new TypeError('no rows for tok-12345');
    };
    const sent = await respondWith({ status: 503 }, [{ statusCode: 200, action: 'ignore' }, fails]);
    const error = await failure(sent);
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_FUNCTION',
      functionName: 'responseActions[1]',
      cause: expect.any(TypeError) as TypeError,
    });
    expect(error.message).toMatch(
      /^GET http:.*\/ returned status 503\. Then `responseActions\[1\]` threw: no rows for \*\*\*$/,
    );
    expect(
      `${error.stack} ${String(error.cause)} ${String((error.cause as Error | undefined)?.stack)}`,
    ).not.toContain('tok-12345');
    expect(statuses(sent.events)).toEqual([503]);
  });

  it('that throw an error of ours are named as well', async () => {
    const own = new ConfigError('turn the export on');
    const error = await failure(
      await respondWith({ json: {} }, [
        () => {
          throw own;
        },
      ]),
    );
    expect(error).toMatchObject({ code: 'ERR_SLUICE_FUNCTION', cause: own });
    expect(error.message).toContain('`responseActions[0]` threw: turn the export on');
  });

  it.each<[string, unknown, string]>([
    ['ignores all', { action: 'ignore' }, "responseActions[1] is 'ignore' for every response"],
    [
      'ignores all, its text being empty',
      { content: '', action: 'ignore' },
      "responseActions[1] is 'ignore' for every response",
    ],
    ['is an unknown word', { statusCode: 404, action: 'skip' }, 'found "skip"'],
    ['is missing', { statusCode: 404 }, 'found undefined'],
    ['is a list with a word', { statusCode: 404, action: ['ignore'] }, 'found ["ignore"]'],
  ])('are refused where one %s, before anything is requested', async (_what, action, message) => {
    const sent = await respondWith({ json: {} }, [() => undefined, action as ResponseAction]);
    const error = await failure(sent);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
    expect(sent.events).toEqual([]);
  });
});
