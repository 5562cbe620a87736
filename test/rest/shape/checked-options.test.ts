import { describe, expect, it } from 'vitest';
import { withoutNulls } from '#operators/settings/without-nulls.js';
import { authShapes } from '#src/rest/auth/auth-config.js';
import { authOf } from '#src/rest/auth/auth-of.js';
import { restShape } from '#src/rest/config/rest-shape.js';
import { paginatorOf } from '#src/rest/paginators/paginator-of.js';
import {
  apiKey,
  cursor,
  endpoint,
  headerCursor,
  headerLink,
  httpClient,
  jsonLink,
  oauth2ClientCredentials,
  oauth2Password,
  oauth2RefreshToken,
  offset,
  pageNumber,
  restSource,
  sessionToken,
} from 'sluice';

type Make = (options?: unknown) => unknown;

const paginators: Record<string, Make> = {
  cursor: cursor as Make,
  headerCursor: headerCursor as Make,
  headerLink: headerLink as Make,
  jsonLink: jsonLink as Make,
  offset: offset as Make,
  pageNumber: pageNumber as Make,
};
const authorizations: Record<string, Make> = {
  apiKey: apiKey as Make,
  oauth2ClientCredentials: oauth2ClientCredentials as Make,
  oauth2RefreshToken: oauth2RefreshToken as Make,
  oauth2Password: oauth2Password as Make,
  sessionToken: sessionToken as Make,
};

function messageOf(make: () => unknown): string | null {
  try {
    make();
    return null;
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigError', code: 'ERR_SLUICE_CONFIG' });
    return (error as Error).message;
  }
}

/** What is behind the name of the function, or of what was given as data. */
function problems(make: () => unknown): string | null {
  return messageOf(make)?.replace(/^[\w()]+: /, '') ?? null;
}

const WRONG: readonly object[] = [
  {},
  { limit: 10, cursorPth: 'next', stopAfterEmptyPge: true },
  { limit: '10', stopAfterEmptyPage: 'yes', cursorParam: 5, page: -1, rel: false },
  { limit: 1.5, offset: -1, maximumOffset: 0, size: 0, nextUrlPath: [] },
  { clientId: 5, clientSecret: {}, scope: 1, login: null, name: '', location: 'body' },
  { login: { path: 'x', pth: 'y' }, tokenPath: '', token_path: 't', accessTokenUrl: '' },
  { clientID: 'c', refreshtoken: 'r', usrname: 'u', keys: 'k', marginSeconds: '5' },
];

describe('options of a function and the same as data', () => {
  it.each(Object.entries(paginators))('have the same errors for %s()', (type, make) => {
    for (const options of WRONG)
      expect(
        problems(() => make(options)),
        JSON.stringify(options),
      ).toBe(problems(() => paginatorOf({ type, ...options } as never)));
  });

  it.each(Object.entries(authorizations))('have the same errors for %s()', (type, make) => {
    for (const options of WRONG)
      expect(
        problems(() => make(options)),
        JSON.stringify(options),
      ).toBe(
        problems(() => authOf({ type, ...options } as never))?.replaceAll(', apiKey.', '.') ?? null,
      );
  });
});

const all = Object.entries({ ...paginators, ...authorizations });

describe('options that are none', () => {
  it.each(all)('are refused by %s(), which says what it takes', (name, make) => {
    for (const [value, found] of [
      [5, 'number'],
      ['x', 'text'],
      [[], 'an empty list'],
      [() => 0, 'a function'],
    ] as const)
      expect(messageOf(() => make(value))).toMatch(
        new RegExp(`^${name}\\(\\): found ${found}.*; it must be an object with \\w+, \\w+`),
      );
  });

  it('are missing where they are needed', () => {
    expect(messageOf(() => paginators['offset']?.())).toBe(
      'offset(): `limit`: is missing; it must be a whole number of at least 1.',
    );
    expect(messageOf(() => authorizations['sessionToken']?.())).toBe(
      'sessionToken(): 2 things are wrong:\n  - `login`: is missing; it must be an object with url, path, method, json, data, headers.\n  - `tokenPath`: is missing; it must be text, not empty.',
    );
  });

  it.each(['apiKey', 'oauth2ClientCredentials', 'oauth2RefreshToken', 'oauth2Password'])(
    'are read from the settings by %s()',
    (name) => {
      expect(authorizations[name]?.()).toHaveProperty('withSettings');
    },
  );
});

describe('options that count as not given', () => {
  it.each(all)('are all options where there are none: %s(null)', (_name, make) => {
    expect(messageOf(() => make(null))).toBe(messageOf(() => make()));
  });

  it('are those that are null, in functions', () => {
    expect(offset({ limit: 10, totalPath: null } as never).config).toEqual({
      type: 'offset',
      limit: 10,
    });
    expect(apiKey({ key: null } as never)).toHaveProperty('withSettings');
    expect(() => sessionToken({ login: null, tokenPath: 'token' } as never)).toThrow(
      'sessionToken(): `login`: is missing',
    );
    expect(
      httpClient({ baseUrl: 'http://127.0.0.1:9', retry: { attempts: null } } as never).baseUrl,
    ).toBe('http://127.0.0.1:9');
  });

  it('are those that are null, in data', () => {
    expect(authOf({ type: 'bearer', token: null } as never)).toHaveProperty('withSettings');
    const source = restSource({
      name: null,
      client: { baseUrl: 'http://127.0.0.1:9', timeoutMs: null, retry: { maxMs: null } },
      resourceDefaults: null,
      resources: [{ name: 'a', endpoint: { path: null, paginator: null }, data: null }],
    } as never);
    expect(source.name).toBe('rest_api');
  });

  it('are not those that have null as a value of their own', () => {
    const login = { type: 'oauth2RefreshToken', clientId: null, clientSecret: null } as const;
    expect(Object.keys(authOf(login as never))).toContain('withSettings');
    expect(withoutNulls({ ...login, scope: null }, authShapes.oauth2RefreshToken)).toEqual(login);
    const rows = [{ id: 1, note: null }];
    const config = {
      client: { baseUrl: 'http://127.0.0.1:9' },
      resources: [{ name: 'a', data: rows }],
    };
    expect(withoutNulls(config, restShape)).toBe(config);
  });

  it('are not those with an unknown name', () => {
    expect(() => cursor({ cursorPth: null } as never)).toThrow('Did you mean `cursorPath`?');
  });

  it('are those that are undefined, for all', () => {
    expect(cursor({ cursorParam: undefined } as never).config).toEqual({ type: 'cursor' });
    expect(apiKey({ key: undefined } as never)).toHaveProperty('withSettings');
  });
});

describe('options of endpoint()', () => {
  const url = 'http://127.0.0.1:9/x';
  it.each<[string, object, string]>([
    [
      'a misspelt key',
      { url, datSelector: 'a' },
      '`datSelector`: unknown key. Did you mean `dataSelector`?',
    ],
    ['no address', {}, '`url`: is missing; it must be text, not empty.'],
    [
      'a key of its client',
      { url, client: { timeoutms: 5 } },
      '`client.timeoutms`: unknown key. Did you mean `timeoutMs`?',
    ],
    [
      'a value',
      { url, maxPages: 0 },
      '`maxPages`: found number 0; it must be a whole number of at least 1.',
    ],
    ['a paginator', { url, paginator: { type: 'offset' } }, '`paginator.limit`: is missing'],
    ['files, which it does not save', { url, format: 'file' }, 'one of json, ndjson, text.'],
  ])('are checked as those of restSource: %s', (_what, options, message) => {
    expect(messageOf(() => endpoint(options as never))).toMatch(/^endpoint\(\): /);
    expect(messageOf(() => endpoint(options as never))).toContain(message);
  });
});

describe('a message', () => {
  it.each<[string, () => unknown]>([
    ['a key', () => apiKey({ key: ['SECRET-1'], name: 5 } as never)],
    ['a text in the place of options', () => apiKey('SECRET-1' as never)],
    ['a client secret', () => oauth2ClientCredentials({ scope: ['SECRET-1'] } as never)],
    ['a login', () => sessionToken({ login: 'SECRET-1', tokenPath: 5 } as never)],
    ['a word', () => apiKey({ location: 'SECRET-1' } as never)],
  ])('does not show %s', (_what, make) => {
    expect(messageOf(make)).toMatch(/found (a list|text)/);
    expect(messageOf(make)).not.toContain('SECRET-1');
  });

  it('names the option that was meant', () => {
    expect(messageOf(() => cursor({ cursorPth: 'next' } as never))).toBe(
      'cursor(): `cursorPth`: unknown key. Did you mean `cursorPath`? Paginator cursor takes cursorPath, cursorParam, cursorBodyPath, hasMorePath, stopAfterEmptyPage.',
    );
  });
});
