import { describe, expect, it } from 'vitest';
import { translatePath } from '#src/rest/dlt/translate-path.js';

describe('a JSONPath', () => {
  it.each([
    ['$', '@'],
    ['', '@'],
    ['data', 'data'],
    ['$.data', 'data'],
    ['data.items', 'data.items'],
    ['$.data[0].items', 'data[0].items'],
    ['$[0]', '0'],
    ['data[*]', 'data'],
    ['$.data[*]', 'data'],
    ['$[*]', '@'],
    ["$['data']", 'data'],
    ['$["my data"].items', 'my data.items'],
    ["$['@odata.nextLink']", "['@odata.nextLink']"],
    ["'@odata.nextLink'", "['@odata.nextLink']"],
    ['page-info.next_cursor', 'page-info.next_cursor'],
  ])('%j is %j', (jsonPath, path) => {
    expect(translatePath(jsonPath)).toBe(path);
  });

  it.each([
    ['groups[*].people', 'groups.*.people'],
    ['$[*].items[*]', '*.items.*'],
    ['$[*].items', '*.items'],
    ['data.*.rows', 'data.*.rows'],
  ])('data selectors may have wildcards on the way: %s', (jsonPath, dotted) => {
    expect(translatePath(jsonPath, { wildcards: true })).toBe(dotted);
  });

  it.each([
    'data[?(@.x > 1)]',
    '$..items',
    'groups[*].people',
    'data.*',
    'data[0:2]',
    'data[-1]',
    'a, b',
    'data.`len`',
    'data|items',
  ])('%j is refused, with what is supported', (jsonPath) => {
    expect(() => translatePath(jsonPath)).toThrow(
      /is a JSONPath that is not supported: .*Supported are names/,
    );
  });

  it.each([
    ['data[-1].id', 'data[-1].id'],
    ["$.links[?(@.rel=='next')].href", "links[?(@.rel=='next')].href"],
    ["$.links[?@.rel == 'next'].href", "links[?(@.rel=='next')].href"],
  ])('%j is %j for a paginator', (jsonPath, path) => {
    expect(translatePath(jsonPath, { picks: true })).toBe(path);
  });
});
