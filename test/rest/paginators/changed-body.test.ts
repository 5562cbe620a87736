import { describe, expect, it } from 'vitest';
import { changedBody } from '#src/rest/paginators/changed-body.js';
import type { JsonObject, RequestChange } from 'sluice';

describe('the body of the next request', () => {
  it.each<[string, JsonObject | null, RequestChange, JsonObject | null]>([
    ['is the first one where nothing changes in it', { a: 1 }, { params: { page: 2 } }, { a: 1 }],
    ['is none where there was none', null, {}, null],
    ['has a value at the top', { a: 1 }, { json: { after: 'x' } }, { a: 1, after: 'x' }],
    ['has a value in place of another', { after: 'x' }, { json: { after: 'y' } }, { after: 'y' }],
    [
      'has a value further down, beside what is there',
      { paging: { limit: 5 } },
      { json: { 'paging.after': 'x' } },
      { paging: { limit: 5, after: 'x' } },
    ],
    [
      'gets the objects on the way, as in dlt',
      {},
      { json: { 'a.b.c': 1 } },
      { a: { b: { c: 1 } } },
    ],
    ['gets an object where another value was', { a: 5 }, { json: { 'a.b': 1 } }, { a: { b: 1 } }],
    ['is made where there was none', null, { json: { after: 'x' } }, { after: 'x' }],
    [
      'takes several values',
      { size: 1 },
      { json: { 'p.from': 10, 'p.size': 5 } },
      { size: 1, p: { from: 10, size: 5 } },
    ],
    [
      'takes a key with a dot',
      {},
      { json: { "['page.info'].after": 'x' } },
      { 'page.info': { after: 'x' } },
    ],
  ])('%s', (_what, body, change, wanted) => {
    const before = JSON.stringify(body);
    expect(changedBody(body, change)).toEqual(wanted);
    expect(JSON.stringify(body)).toBe(before);
  });
});
