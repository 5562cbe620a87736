import { describe, expect, it } from 'vitest';
import { rootTableName } from '#operators/schema/root-table-name.js';

describe('the name of a root table', () => {
  it.each([
    ['Orders', 'orders'],
    ['a__b', 'a__b'],
    ['dlt', 'dlt'],
    ['_sluices', '_sluices'],
  ])('is normalized: %j', (name, table) => {
    expect(rootTableName(name, 'It')).toBe(table);
  });

  it.each([
    ['', /^It is "", which is empty/],
    [' \u00a0', /which is empty/],
    ['_empty', /which is empty/],
    ['_dlt_loads', /^It is `_dlt_loads`, and names that begin with _dlt_ or _sluice_/],
    ['_dlt_x', /belong to sluice's own tables\. Choose another name/],
    ['_Dlt Loads', /^It is `_Dlt Loads` \(table _dlt_loads\)/],
    ['_sluice_new__t', /belong to sluice's own tables/],
    ['_sluice', /belong to sluice's own tables/],
    ['a\u0000b', /NUL character/],
    ['a\ud800', /half a surrogate pair/],
  ])('is refused: %j', (name, message) => {
    expect(() => rootTableName(name, 'It')).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});
