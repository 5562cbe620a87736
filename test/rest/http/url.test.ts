import { describe, expect, it } from 'vitest';
import { hrefOf, joinUrl, parseUrl, withoutParams, withParams } from '#src/rest/http/url.js';

describe('joinUrl', () => {
  it.each([
    ['https://h/v1', 'orders', 'https://h/v1/orders'],
    ['https://h/v1/', 'orders', 'https://h/v1/orders'],
    ['https://h/v1', '/orders', 'https://h/v1/orders'],
    ['https://h/v1/', '//orders', 'https://h/v1/orders'],
    ['https://h', 'orders', 'https://h/orders'],
    ['https://h/v1', '', 'https://h/v1'],
    ['https://h/v1/', '', 'https://h/v1/'],
    ['https://h/v1/', '?a=1', 'https://h/v1/?a=1'],
    ['https://h/v1', '/', 'https://h/v1/'],
    ['https://h/v1/?a=%20', '', 'https://h/v1/?a=%20'],
    ['https://h:8443/a/b', 'c', 'https://h:8443/a/b/c'],
  ])('joins %s and %s', (base, path, url) => {
    expect(joinUrl(base, path).href).toBe(url);
  });

  it.each([
    ['https://h/api/v1', '/api/v1/runs', 'https://h/api/v1/runs'],
    ['https://h/api/v1/', '/api/v1', 'https://h/api/v1'],
    ['https://h/v0', '/v0/people?limit=5', 'https://h/v0/people?limit=5'],
    ['https://h/v0', '/v0beta/people', 'https://h/v0/v0beta/people'],
    ['https://h/v0', 'v0/people', 'https://h/v0/v0/people'],
  ])('doubles no prefix that a path from the root repeats: %s and %s', (base, path, url) => {
    expect(joinUrl(base, path).href).toBe(url);
  });

  it('uses an absolute path as it is', () => {
    expect(joinUrl('https://h/v1', 'https://other/x?y=1', { z: 2 }).href).toBe(
      'https://other/x?y=1&z=2',
    );
  });

  it('merges a query in the path with the parameters, which win; there is one question mark', () => {
    expect(
      joinUrl('https://h/v1', 'runs?detail=false&limit=5', { detail: true, startingFrom: 0 }).href,
    ).toBe('https://h/v1/runs?limit=5&detail=true&startingFrom=0');
    expect(joinUrl('https://h/v1?tenant=7', 'runs?a=1', { b: 2 }).href).toBe(
      'https://h/v1/runs?tenant=7&a=1&b=2',
    );
  });

  it('leaves out null and undefined, and repeats lists', () => {
    expect(
      joinUrl('https://h', 'x?gone=1', { gone: null, none: undefined, id: [1, 2n, 'a b'] }).href,
    ).toBe('https://h/x?id=1&id=2&id=a+b');
  });

  it.each([
    "https://h/x?$filter=name%20eq%20'a'&expand",
    'https://h/x?a=b+c&d=%2F/&e=%2f&&f=&=g',
    'https://h/x?d=attachment%3B%20name%3D%22x%22&sig=a%2Fb',
    "https://h/a%2Fb/c%20d'e?",
    'https://h/x?a[]=1&b|c',
  ])('leaves an address as it is written: %s', (url) => {
    expect(hrefOf(joinUrl('https://h', url))).toBe(url);
    expect(hrefOf(joinUrl('https://h', url.slice('https://h/'.length)))).toBe(
      url.replace(/\?$/, ''),
    );
    expect(hrefOf(parseUrl(url, new URL('https://other/')))).toBe(url);
    expect(hrefOf(withParams(parseUrl(url), { 'n[]': "'" }))).toBe(
      `${url}${url.endsWith('?') ? '' : '&'}n%5B%5D=%27`,
    );
  });

  it('removes a parameter without touching the others', () => {
    const url = parseUrl("https://h/x?a='%20'&b&c%5B%5D=1&a=2#here");
    expect(hrefOf(withParams(url, { 'c[]': 3 }))).toBe("https://h/x?a='%20'&b&a=2&c%5B%5D=3");
    expect(hrefOf(withoutParams(url, (name) => name === 'a'))).toBe('https://h/x?b&c%5B%5D=1');
    expect(hrefOf(withoutParams(url, (_name, value) => value === '1'))).toBe(
      "https://h/x?a='%20'&b&a=2",
    );
  });

  it('encodes what no address can hold, and nothing else of a query with apostrophes', () => {
    expect(hrefOf(parseUrl(`https://h/x?a='\u00e9 "<>'`))).toBe(
      "https://h/x?a='%C3%A9%20%22%3C%3E'",
    );
  });

  it('encodes what a query or a path cannot hold', () => {
    expect(joinUrl('https://h', 'x', { at: '2026-01-01T00:00:00+01:00', 'a&b': 'c=d' }).href).toBe(
      'https://h/x?at=2026-01-01T00%3A00%3A00%2B01%3A00&a%26b=c%3Dd',
    );
    expect(joinUrl('https://h', 'a#b/c%2Fd:e').href).toBe('https://h/a%23b/c%2Fd:e');
  });
});
