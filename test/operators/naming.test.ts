import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conventionOf } from '#operators/schema/convention.js';
import { nameTag, normalizeIdentifier } from '#operators/schema/naming.js';
import { shake128 } from '#operators/schema/shake128.js';

const { path: normalizePath } = conventionOf();

/**
 * dlt's pairs: raw name, as a path (keys and tables), as an identifier (datasets). `__` alone gives
 * dlt an empty column; here it has a name.
 */
const PAIRS: readonly (readonly [raw: string, path: string, identifier: string])[] = [
  ['event_value', 'event_value', 'event_value'],
  ['event value', 'event_value', 'event_value'],
  ['event-.!:*<>value', 'event_x_value', 'event_x_value'],
  ["1event_n'", '_1event_nx', '_1event_nx'],
  ["123event_n'", '_123event_nx', '_123event_nx'],
  ['123BaNaNa', '_123_ba_na_na', '_123_ba_na_na'],
  ['BANANA', 'banana', 'banana'],
  ['BAN_ANA', 'ban_ana', 'ban_ana'],
  ['BANaNA', 'ba_na_na', 'ba_na_na'],
  ['Small Love Potion', 'small_love_potion', 'small_love_potion'],
  [' Small Love Potion ', 'small_love_potion', 'small_love_potion'],
  ['BANANA_', 'bananax', 'bananax'],
  ['BANANA____', 'banana', 'bananaxxxx'],
  ['+-!$*@#=|:', 'x_xa_lx', 'x_xa_lx'],
  ['+1', 'x1', 'x1'],
  ['-1', '_1', '_1'],
  ['+-*@|', 'x_xal', 'x_xal'],
  ['event__value_value2____', 'event__value_value2', 'event_value_value2xxxx'],
  ['small__love__potion', 'small__love__potion', 'small_love_potion'],
  ['Small_Love_Potion', 'small_love_potion', 'small_love_potion'],
  ['Small__Love__Potion', 'small__love__potion', 'small_love_potion'],
  ['Small  Love  Potion', 'small_love_potion', 'small_love_potion'],
  ['Small___Love____Potion_____x', 'small___love__potion___x', 'small_love_potion_x'],
  ['small___love__potion___x', 'small___love__potion___x', 'small_love_potion_x'],
  ['e_vent__value_value2___', 'e_vent__value_value2__x', 'e_vent_value_value2xxx'],
  ['f-1', 'f_1', 'f_1'],
  ['f 2', 'f_2', 'f_2'],
  ['f*6', 'fx6', 'fx6'],
  ['channelSURFING', 'channel_surfing', 'channel_surfing'],
  ['userId', 'user_id', 'user_id'],
  ['userID', 'user_id', 'user_id'],
  ['HTTPResponse', 'http_response', 'http_response'],
  ['htmlURL', 'html_url', 'html_url'],
  ['URLs', 'ur_ls', 'ur_ls'],
  ['IDs', 'i_ds', 'i_ds'],
  ['iPhone', 'i_phone', 'i_phone'],
  ['CreatedAtUTC', 'created_at_utc', 'created_at_utc'],
  ['OAuth2Token', 'o_auth2_token', 'o_auth2_token'],
  ['abcDEFghi', 'abc_de_fghi', 'abc_de_fghi'],
  ['a1B2', 'a1_b2', 'a1_b2'],
  ['$ref', '_ref', '_ref'],
  ['@type', 'atype', 'atype'],
  ['#text', '_text', '_text'],
  ['_links', '_links', '_links'],
  ['__typename', 'typename', '_typename'],
  ['__v', 'v', '_v'],
  ['id_', 'idx', 'idx'],
  ['name?', 'namex', 'namex'],
  ['50%', '_50x', '_50x'],
  ['100m_dash', '_100m_dash', '_100m_dash'],
  ['price($)', 'pricex', 'pricex'],
  ['first.last', 'first_last', 'first_last'],
  ['a/b', 'a_b', 'a_b'],
  ['a:b', 'a_b', 'a_b'],
  ['a-b', 'a_b', 'a_b'],
  ['a|b', 'alb', 'alb'],
  ['x*y', 'xxy', 'xxy'],
  ['C++', 'cxx', 'cxx'],
  ['C#', 'cx', 'cx'],
  ['née', 'n_e', 'n_e'],
  ['Größe', 'gr_e', 'gr_e'],
  ['日本語', 'x', 'x'],
  ['ключ', 'x', 'x'],
  ['_', 'x', 'x'],
  ['v2.0', 'v2_0', 'v2_0'],
  ['X-Rate-Limit', 'x_rate_limit', 'x_rate_limit'],
  ['a__b', 'a__b', 'a_b'],
  ['a___b', 'a___b', 'a_b'],
  ['a____b', 'a__b', 'a_b'],
  ['__a', 'a', '_a'],
  ['a__', 'a', 'axx'],
  ['__', '_empty', 'xx'],
  ['fooBar__bazQux', 'foo_bar__baz_qux', 'foo_bar_baz_qux'],
];

describe('naming', () => {
  it.each(PAIRS)('names %j as dlt does', (raw, path, identifier) => {
    expect(normalizePath(raw)).toBe(path);
    expect(normalizeIdentifier(raw)).toBe(identifier);
  });

  it('names what has no character at all', () => {
    expect([normalizePath(''), normalizePath('  '), normalizeIdentifier('')]).toEqual([
      '_empty',
      '_empty',
      '_empty',
    ]);
  });

  it('names names again as they are', () => {
    fc.assert(
      fc.property(fc.string(), (raw) => {
        const name = normalizePath(raw);
        expect(normalizePath(name)).toBe(name);
      }),
    );
  });

  it('tags a raw name as dlt does', () => {
    expect(nameTag('3f17271231504b8cf65690bcdc379df8a3b8aabe12efe1ea82848ec5f497cb69')).toBe(
      'gds0iw',
    );
    expect(nameTag('she played cello well')).toBe('uanpua');
  });

  it('hashes as SHAKE-128 does', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 600 }),
        fc.integer({ min: 1, max: 168 }),
        (text, length) => {
          expect(Buffer.from(shake128(text, length)).toString('hex')).toBe(
            createHash('shake128', { outputLength: length }).update(text).digest('hex'),
          );
        },
      ),
    );
  });
});
