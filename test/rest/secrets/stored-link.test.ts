import { describe, expect, it } from 'vitest';
import { storedLinks } from '#src/rest/secrets/stored-link.js';

const stored = storedLinks(['k-12345678', '1000', 'pin4']);

describe('storedLinks', () => {
  it.each([
    ['/x?api_key=k-12345678&offset=1000&q=a%20b&flag', '/x?offset=1000&q=a%20b&flag'],
    ['https://a.b/x?q=it%27s&key=k%2D12345678#top', 'https://a.b/x?q=it%27s#top'],
    ['?token=pin4', ''],
    ['/x?page=pin4', '/x?page=pin4'],
  ])('removes parameters that are secret, and nothing else: %s', (link, kept) => {
    const { link: own, holdsSecret } = stored(link);
    expect([own, holdsSecret()]).toEqual([kept, false]);
  });

  it('removes the parameters of authorization by their names, however short they are', () => {
    const link = stored('/x?k=1&page=2&K=3', ['k']);
    expect(link).toMatchObject({ link: '/x?page=2&K=3', removed: [['k', '1']] });
    expect(storedLinks([])('?k=1&page=2', ['k']).link).toBe('?page=2');
  });

  it('names what it removed', () => {
    expect(stored('?a=1&api_key=k-12345678').removed).toEqual([['api_key', 'k-12345678']]);
  });

  it.each([
    ['in the path', '/k-12345678/x'],
    ['escaped', '/%6b-12345678/x'],
    ['inside another value', '?q=by:k-12345678'],
    ['in base64', `?at=${Buffer.from('user:k-12345678').toString('base64')}`],
  ])('knows of a secret that it cannot remove: %s', (_where, link) => {
    expect(stored(link).holdsSecret()).toBe(true);
  });
});
