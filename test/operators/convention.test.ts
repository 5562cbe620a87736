import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conventionOf, nameBelow, namingWithin } from '#operators/schema/convention.js';

const direct = conventionOf('direct');

/** dlt's pairs by `direct`: raw name, as a path (keys and tables), as an identifier (datasets). */
const PAIRS: readonly (readonly [raw: string, path: string, identifier: string])[] = [
  ['userId', 'userId', 'userId'],
  ['Größe', 'Größe', 'Größe'],
  ['a b', 'a b', 'a b'],
  [' a b ', 'a b', 'a b'],
  ['__v', '__v', '__v'],
  ['a__b_', 'a__b_', 'a__b_'],
  ['1st', '1st', '1st'],
  ['it\'s "so"', 'it_s _so_', 'it_s _so_'],
  ['a\nb\r', 'a_b', 'a_b'],
  ['a\r\nb', 'a__b', 'a__b'],
  ['a▶b', 'a▶b', 'a_b'],
  ['▶a▶ ▶b▶', 'a▶b', '_a_ _b_'],
  ['', '_empty', '_empty'],
];

describe('the naming convention `direct`', () => {
  it.each(PAIRS)('names %j', (raw, path, identifier) => {
    expect([direct.path(raw), direct.identifier(raw)]).toEqual([path, identifier]);
  });

  it('gives names that stay the same when they are named again', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'A', '▶', ' ', '\n', '\r', "'", '"', '_', '.') }),
        (raw) => {
          const once = direct.path(raw);
          expect(direct.path(once)).toBe(once);
        },
      ),
    );
  });

  it('joins the names of nested keys', () => {
    expect(direct.plain(['Ship To', 'x▶y', 'it’s'])).toBe('Ship To▶x▶y▶it’s');
    expect(conventionOf().plain(['Ship To', 'x▶y'])).toBe('ship_to__x_y');
  });
});

const LONG = 'TheQuickBrownFoxJumpsOverTheLazyDogAndRunsAwayFromIt AllTheWayHome';

describe('names of at most 63 bytes', () => {
  const shortened = conventionOf('snake_case:63');

  it.each([
    [LONG, 'the_quick_brown_fox_jumps_ovenfbhxqway_from_it_all_the_way_home'],
    [`  ${LONG} `, 'the_quick_brown_fox_jumps_ovenfbhxqway_from_it_all_the_way_home'],
    [`a__${LONG}`, 'a__the_quick_brown_fox_jumps_yesaqaway_from_it_all_the_way_home'],
    [`${'x'.repeat(64)}_`, `${'x'.repeat(29)}smmutg${'x'.repeat(28)}`],
    ['x'.repeat(63), 'x'.repeat(63)],
  ])('shorten %j as dlt does', (raw, name) => {
    expect(shortened.path(raw)).toBe(name);
  });

  it('shorten what nested keys give together, as dlt does', () => {
    const keys = ['deliveryAddressOfTheCustomer', 'geographicalCoordinates', 'latitudeInDegrees'];
    expect(shortened.plain(keys)).toBe(
      'delivery_address_of_the_custojjmafgdinates__latitude_in_degrees',
    );
  });

  it('keep characters whole, and short names as they are', () => {
    const convention = conventionOf('direct:63');
    const key = fc.string({ unit: fc.constantFrom('a', 'é', '▶', '日', '🎉', ' '), maxLength: 80 });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 3 }), (keys) => {
        const name = convention.plain(keys);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
        expect(name).not.toContain('\ufffd');
        const whole = direct.plain(keys);
        if (Buffer.byteLength(whole) <= 63) expect(name).toBe(whole);
      }),
    );
  });

  it('are those of a destination that takes no longer ones', () => {
    expect([namingWithin(undefined, 63), namingWithin('direct', undefined)]).toEqual([
      'snake_case:63',
      'direct',
    ]);
  });
});

describe('the name of a table below another', () => {
  it.each([
    ['orders__items', 'orders', 'items'],
    ['orders▶Items▶x', 'orders', 'Items▶x'],
    ['orders', 'orders', null],
    ['orders_new', 'orders', null],
    ['items__orders', 'orders', null],
  ])('%s below %s is %j', (table, above, rest) => {
    expect(nameBelow(table, above)).toBe(rest);
  });
});
