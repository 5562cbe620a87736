import { describe, expect, it } from 'vitest';
import type { Auth } from '#src/rest/auth/auth.js';
import { requestAuth, type RequestAuth } from '#src/rest/auth/request-auth.js';
import { redactor } from '#src/rest/secrets/redact.js';

const url = new URL('https://h/');

/**
 * An authorization whose credentials are due when the test says so; `refused` has the versions that
 * were refused.
 */
function fixture(): {
  credentials: RequestAuth;
  state: { due: boolean; version: number };
  refused: number[];
} {
  const state = { due: true, version: 0 };
  const refused: number[] = [];
  const renewal = {
    due: () => state.due,
    renew: () =>
      Promise.resolve(void Object.assign(state, { due: false, version: state.version + 1 })),
    get version() {
      return state.version;
    },
    refuse: (version: number) => void refused.push(version),
  };
  const auth: Auth = { apply: () => undefined, secrets: [], renewal };
  const context = {
    baseUrl: url.href,
    signal: new AbortController().signal,
    send: () => Promise.reject(new Error('unused')),
  };
  return {
    credentials: requestAuth(auth, ({ host }) => host === url.host, redactor([]), context),
    state,
    refused,
  };
}

describe('the authorization of a request', () => {
  it('gives the slot back once where credentials fell due while it waited', async () => {
    const { credentials, state } = fixture();
    await credentials.ready();
    expect(credentials.isLate()).toBe(false);
    state.due = true;
    expect([credentials.isLate(), credentials.isLate()]).toEqual([true, false]);
  });

  it('refuses the credentials that were in use, once', async () => {
    const { credentials, state, refused } = fixture();
    await credentials.ready();
    credentials.isLate();
    state.version = 7;
    expect([
      credentials.isDenied({ status: 401, url }),
      credentials.isDenied({ status: 401, url }),
    ]).toEqual([true, false]);
    expect([refused, credentials.renewed]).toEqual([[1], true]);
  });

  it.each([
    [403, url],
    [200, url],
    [401, new URL('https://other/')],
  ])('does not renew after status %i from %s', async (status, from) => {
    const { credentials } = fixture();
    await credentials.ready();
    expect([credentials.isDenied({ status, url: from }), credentials.renewed]).toEqual([
      false,
      false,
    ]);
  });
});
