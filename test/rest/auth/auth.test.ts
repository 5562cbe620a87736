import { describe, expect, it } from 'vitest';
import { ConfigError } from '#src/errors.js';
import { apiKey } from '#src/rest/auth/api-key.js';
import type { Auth } from '#src/rest/auth/auth.js';
import { basic } from '#src/rest/auth/basic.js';
import { bearer } from '#src/rest/auth/bearer.js';
import { header } from '#src/rest/auth/header.js';

function applied(
  auth: Auth,
  headers: Record<string, string> = {},
): { url: string; headers: Record<string, string> } {
  const request = { method: 'GET', url: new URL('https://h/x?a=1'), headers };
  void auth.apply(request);
  return { url: request.url.href, headers: request.headers };
}

const plain = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

describe('auth', () => {
  it('sends a token as a bearer', () => {
    expect(applied(bearer('tok-1')).headers).toEqual({ authorization: 'Bearer tok-1' });
  });

  it('keeps the colon behind a user without a password', () => {
    expect(plain((applied(basic('key-1')).headers.authorization ?? '').replace('Basic ', ''))).toBe(
      'key-1:',
    );
  });

  it('sends user and password in UTF-8', () => {
    expect(
      plain((applied(basic('zoë', 'pässword')).headers.authorization ?? '').replace('Basic ', '')),
    ).toBe('zoë:pässword');
  });

  it('sends a scheme of an API’s own as it is, commas and spaces included', () => {
    expect(
      applied(header('Authorization', 'COASSEMBLE-V1-SHA256 UserId=7, UserToken=abc')).headers,
    ).toEqual({ authorization: 'COASSEMBLE-V1-SHA256 UserId=7, UserToken=abc' });
  });

  it('puts a key into a header or into the query', () => {
    expect(applied(apiKey({ key: 'k-1' })).headers).toEqual({ authorization: 'k-1' });
    expect(applied(apiKey({ key: 'k-1', name: 'X-API-Key' })).headers).toEqual({
      'x-api-key': 'k-1',
    });
    expect(applied(apiKey({ key: 'k 1', name: 'key', location: 'query' })).url).toBe(
      'https://h/x?a=1&key=k+1',
    );
  });

  it('replaces a header of that name, however it is spelt', () => {
    expect(applied(header('AUTHORIZATION', 'new'), { authorization: 'old' }).headers).toEqual({
      authorization: 'new',
    });
  });

  it.each([
    ['a token', () => bearer('')],
    ['a token of spaces', () => bearer(' ')],
    ['a user', () => basic('')],
    ['a value', () => header('X', '')],
    ['a name that is text', () => header(5 as never, 'x')],
    ['a name that a header can have', () => header('X Key', 'x')],
    ['a key', () => apiKey({ key: '' })],
    ['a key for the query', () => apiKey({ key: '', location: 'query' })],
    ['anything at all', () => basic(null as unknown as string)],
  ])('refuses to work without %s', (_what, make) => {
    expect(make).toThrow(ConfigError);
  });

  it('refuses a value that no header can have, without showing it', () => {
    for (const bad of ['s3cret\n', 's3cret\r\nX: y', 's3cret\u2026', 's3cret\0']) {
      expect(() => bearer(bad)).toThrow(ConfigError);
      expect(() => bearer(bad)).not.toThrow('s3cret');
    }
  });

  it('lists its secrets: the value, the token alone, the encoded pair', () => {
    expect(bearer('tok-1').secrets).toEqual(['Bearer tok-1', 'tok-1']);
    expect(basic('key-1').secrets).toContain('key-1');
    expect(basic('user', 'pass').secrets).toContain('pass');
    expect(basic('user', 'pass').secrets).not.toContain('user');
  });
});
