import { describe, expect, it } from 'vitest';
import {
  blockedPosition,
  type ListPosition,
  parsePosition,
  sealPosition,
} from '#src/rest/pages/position.js';
import type { Json, JsonObject } from 'sluice';

const position = {
  params: { offset: 20 },
  list: { of: 'a', tally: { counts: { pages: 2 } } },
} as unknown as ListPosition;
const sealed = sealPosition(position) as JsonObject;

describe('a position', () => {
  it('comes back from JSON, whatever the order of its members', () => {
    const { list, check, format, params } = JSON.parse(JSON.stringify(sealed)) as JsonObject;
    expect(parsePosition({ check, params, list, format } as JsonObject, 'x')).toEqual(position);
  });

  it.each<[string, Json, RegExp]>([
    ['null', null, /`from` is null: the page .* was the last of its list\. Leave `from` out/],
    ['a text', JSON.stringify(sealed), /is a text, and a position is an object\. .*JSON\.parse/],
    ['a number', 7, /is not a position\. Pass `next` of a page/],
    ['a list', [sealed], /is not a position/],
    ['an object', { params: { offset: 20 } }, /is not a position/],
    ['another format', { ...sealed, format: 2 }, /format 2, and this version .* reads format 1/],
    ['a changed one', { ...sealed, params: { offset: 30 } }, /was changed since it was made/],
    ['one cut short', { format: 1, params: { offset: 20 } }, /was changed since it was made/],
    ['one that leads nowhere', blockedPosition('its end is lost.'), /cannot .*: its end is lost/],
  ])('that is %s is refused with a reason', (_what, given, message) => {
    expect(() => parsePosition(given, 'Resource orders')).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});
