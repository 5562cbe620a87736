import { describe, expect, it } from 'vitest';
import { type AuthLike, authOf } from '#src/rest/auth/auth-of.js';
import { bearer } from '#src/rest/auth/bearer.js';

async function applied(auth: AuthLike): Promise<{ url: string; headers: Record<string, string> }> {
  const request = { method: 'GET', url: new URL('https://h/x'), headers: {} };
  const made = authOf(auth);
  await (made.withSettings?.((key) => `<${key}>`) ?? made).apply(request);
  return { url: request.url.href, headers: request.headers };
}

const basicOf = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
const url = 'https://h/token';

describe('authOf', () => {
  it.each<[AuthLike, Record<string, string>]>([
    [{ type: 'bearer', token: 't' }, { authorization: 'Bearer t' }],
    [{ token: 't' }, { authorization: 'Bearer t' }],
    ['bearer', { authorization: 'Bearer <token>' }],
    [{ type: 'apiKey', key: 'k', name: 'X-Key' }, { 'x-key': 'k' }],
    [{ type: 'apiKey', apiKey: 'k', name: 'sid', location: 'cookie' }, { cookie: 'sid=k' }],
    ['apiKey', { authorization: '<api_key>' }],
    [{ type: 'httpBasic', username: 'u', password: '' }, { authorization: basicOf('u:') }],
    [{ type: 'httpBasic', username: 'u' }, { authorization: basicOf('u:<password>') }],
    ['httpBasic', { authorization: basicOf('<username>:<password>') }],
    [bearer('made'), { authorization: 'Bearer made' }],
    [({ headers }) => void (headers['x-by'] = 'hand'), { 'x-by': 'hand' }],
  ])('makes the authorization of %o', async (auth, headers) => {
    expect((await applied(auth)).headers).toEqual(headers);
  });

  it('puts a key into the query', async () => {
    expect((await applied({ type: 'apiKey', key: 'k', name: 'key', location: 'query' })).url).toBe(
      'https://h/x?key=k',
    );
  });

  it.each<[AuthLike, string[]]>([
    [{ type: 'oauth2ClientCredentials', accessTokenUrl: url }, ['client_id', 'client_secret']],
    [
      { type: 'oauth2RefreshToken', accessTokenUrl: url },
      ['refresh_token', 'client_id', 'client_secret'],
    ],
    [
      { type: 'oauth2RefreshToken', accessTokenUrl: url, clientId: null, clientSecret: null },
      ['refresh_token'],
    ],
    [
      { type: 'oauth2Password', accessTokenUrl: url, username: 'u' },
      ['password', 'client_id', 'client_secret'],
    ],
    [
      {
        type: 'sessionToken',
        login: { path: 'x', data: { user: null, apiSecret: null } },
        tokenPath: 't',
      },
      ['user', 'api_secret'],
    ],
    ['oauth2ClientCredentials', ['access_token_url', 'client_id', 'client_secret']],
    ['oauth2RefreshToken', ['access_token_url', 'refresh_token', 'client_id', 'client_secret']],
    ['oauth2Password', ['access_token_url', 'username', 'password', 'client_id', 'client_secret']],
  ])('reads from the settings what %o lacks', (auth, keys) => {
    const requests: string[] = [];
    const filled = authOf(auth).withSettings?.(
      (key) => (requests.push(key), key === 'access_token_url' ? url : `secret-${key}`),
    );
    expect(requests).toEqual(keys);
    expect(filled?.secrets.length).toBeGreaterThan(0);
  });

  it('reads nothing from the settings where all is set', () => {
    expect(
      authOf({
        type: 'oauth2ClientCredentials',
        accessTokenUrl: url,
        clientId: 'c',
        clientSecret: 's',
      }),
    ).not.toHaveProperty('withSettings');
  });

  it.each(['digest', 'toString', ''])('names the known types where there is no %s', (type) => {
    const types =
      'bearer, apiKey, httpBasic, oauth2ClientCredentials, oauth2RefreshToken, oauth2Password';
    expect(() => authOf({ type } as unknown as AuthLike)).toThrow(
      `Authorization: \`type\`: found text (not shown). An authorization has one of these types: ${types}, sessionToken.`,
    );
    expect(() => authOf(type as AuthLike)).toThrow(
      `Authorization: found text (not shown); it must be an authorization, one of ${types}, an object with a \`type\` or a function.`,
    );
  });

  it('names the known places of a key where there is no such place', () => {
    expect(() =>
      authOf({ type: 'apiKey', key: 'k', location: 'body' } as unknown as AuthLike),
    ).toThrow(
      'Authorization: `location`: found text (not shown); it must be one of header, query, cookie.',
    );
  });
});
