import { describe, expect, it } from 'vitest';
import { restSource, type RestResource, type Source } from 'sluice';
import { assembled } from 'sluice/sources/assembled';

const orders: RestResource = {
  name: 'orders',
  endpoint: { path: 'orders', params: { sort: 'id', api_key: 'secret-one' } },
};

const shop = (resources: RestResource[], about: object = {}, base = 'https://api.test'): Source =>
  restSource({ name: 'shop', client: { baseUrl: base, ...about }, resources });

const first = shop([orders]).fingerprint;

describe('the fingerprint of a source', () => {
  it.each<[string, Source]>([
    ['another token', shop([orders], { auth: { type: 'bearer', token: 'another-token' } })],
    ['another limit', shop([orders], { rateLimit: '10/1s', retry: { attempts: 2 } })],
    [
      'another secret parameter',
      shop([{ ...orders, endpoint: { path: 'orders', params: { api_key: 'two', sort: 'id' } } }]),
    ],
    ['a resource that is not loaded', shop([orders, { name: 'others', selected: false }])],
  ])('is the same with %s', (_, source) => {
    expect(source.fingerprint).toBe(first);
  });

  it.each<[string, (value: string) => RestResource['endpoint']]>([
    ['`sid`', (sid) => ({ path: 'orders', params: { sid } })],
    ['`signature`', (signature) => ({ path: 'orders', params: { signature } })],
    ['a token', (value) => ({ path: 'orders', params: { refresh_token: value } })],
    ['a key like a credential', (key) => ({ path: 'orders', params: { key } })],
    ['a parameter in the path', (value) => ({ path: `orders?api_key=${value}&sort=id` })],
    [
      'a member of the body',
      (password) => ({ path: 'orders', method: 'POST', json: { login: { password } } }),
    ],
    [
      'a field of a form',
      (value) => ({ path: 'orders', method: 'POST', data: `user=a&password=${value}` }),
    ],
    ['a header', (value) => ({ path: 'orders', headers: { 'X-Auth-Token': value } })],
  ])('does not depend on a secret in %s', (_, endpoint) => {
    const [one, other] = ['AIza1234567890abcdefghijkl', 'AIza0987654321zyxwvutsrqpo'].map(
      (value) => shop([{ name: 'orders', endpoint: endpoint(value) as object }]).fingerprint,
    );
    expect([typeof one, one]).toEqual(['string', other]);
  });

  it.each<[string, (value: string) => RestResource['endpoint']]>([
    ['a parameter `session_id`', (id) => ({ path: 'orders', params: { session_id: id } })],
    ['a parameter `token`', (token) => ({ path: 'orders', params: { token } })],
    ['a number', (id) => ({ path: 'orders', params: { sid: id.length } })],
    ['a flag', (id) => ({ path: 'orders', params: { secrets: id.length > 4 } })],
    ['the address', (id) => `orders?sessionId=${id}`],
    ['a body', (sid) => ({ path: 'orders', method: 'POST', json: { where: { sid } } })],
    ['a form', (id) => ({ path: 'orders', method: 'POST', data: `user=a&token=${id}` })],
    ['a header', (id) => ({ path: 'orders', headers: { 'X-Session-Id': id } })],
  ])('depends on what may as well be no secret: %s', (_, endpoint) => {
    const [one, other, again] = ['spring', 'fall', 'spring'].map(
      (value) => shop([{ name: 'orders', endpoint: endpoint(value) as object }]).fingerprint,
    );
    expect([typeof one, one === other, again]).toEqual(['string', false, one]);
  });

  it('depends on the place of what may as well be no secret', () => {
    const [one, other] = [
      ['spring', 'fall'],
      ['fall', 'spring'],
    ].map(
      ([a, b]) =>
        shop([
          { name: 'a', endpoint: `a?sid=${a}` },
          { name: 'b', endpoint: `b?sid=${b}` },
        ]).fingerprint,
    );
    expect(one).not.toBe(other);
  });

  it.each<[string, Source]>([
    ['another host', shop([orders], {}, 'https://other.test')],
    [
      'another parameter',
      shop([{ ...orders, endpoint: { path: 'orders', params: { sort: 'n' } } }]),
    ],
    ['another step', shop([{ ...orders, processingSteps: [{ filter: () => true }] }])],
    ['another resource', shop([orders, { name: 'others' }])],
  ])('is another one with %s', (_, source) => {
    expect(source.fingerprint).not.toBe(first);
  });

  it('is missing where rows come from a function, or requests need a secret of a row', () => {
    const children = (field: string): RestResource => ({
      name: 'children',
      endpoint: `x/{resources.orders.${field}}`,
    });
    expect([
      shop([{ name: 'orders', data: () => [{ id: 1 }] }]).fingerprint,
      shop([orders, children('access_token')]).fingerprint,
      typeof shop([orders, children('id')]).fingerprint,
    ]).toEqual([undefined, undefined, 'string']);
  });

  it('does not hold values that are computed when a run begins', () => {
    const at = (endTime: number): Source =>
      assembled({ apiKey: 'sk_live_a', baseUrl: 'https://api.test', endTime });
    const [one, other] = [at(1_700_000_000), at(1_700_000_001)];
    expect(one.fingerprint).toBe(other.fingerprint);
    expect(one.start).not.toEqual(other.start);
  });
});
