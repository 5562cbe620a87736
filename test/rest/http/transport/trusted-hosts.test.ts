import { describe, expect, it } from 'vitest';
import { plainHeaders, trust } from '#src/rest/http/transport/trusted-hosts.js';

describe('trust', () => {
  it.each([
    ['https://api.h/v1', 'https://api.h/other', true],
    ['https://api.h/v1', 'https://API.H/other', true],
    ['https://api.h/v1', 'https://api.h:443/', true],
    ['https://api.h/v1', 'https://api.h:8443/', false],
    ['https://api.h/v1', 'https://h/', false],
    ['https://api.h/v1', 'https://api.h.evil/', false],
    ['https://api.h/v1', 'http://api.h/v1', false],
    ['http://api.h/v1', 'https://api.h/v1', true],
    ['https://api.h/v1', 'https://cdn.h/x', true],
    ['https://api.h/v1', 'http://cdn.h/x', false],
  ])('of %s in %s: %s', (base, url, trusted) => {
    expect(trust(new URL(base), ['Cdn.h'])(new URL(url))).toBe(trusted);
  });
});

describe('plainHeaders', () => {
  it('keeps none that could be a credential', () => {
    const headers = {
      accept: 'application/json',
      'user-agent': 'x',
      'content-type': 'a/b',
      authorization: '1',
      cookie: '2',
      'x-api-key': '3',
      'x-tenant': '4',
    };
    expect(plainHeaders(headers)).toEqual({
      accept: 'application/json',
      'user-agent': 'x',
      'content-type': 'a/b',
    });
  });
});
