import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KnownTables, knownTables } from '#operators/schema/known-tables.js';
import { planAgain } from '#operators/schema/plan-again.js';
import { type PagePlan, planPage } from '#operators/schema/plan-page.js';
import type { Flat, FlatTable } from '#operators/types.js';
import { flats } from '../support/flat.js';

/** The same, of which no page was planned. */
function forgotten(known: KnownTables): KnownTables {
  return { ...known, tables: new Map([...known.tables].map(([id, one]) => [id, { ...one }])) };
}

/** Plans of pages one after another, each beside the plan of one that remembers nothing. */
function plans(pages: readonly Flat[]): { plan: PagePlan; anew: PagePlan; isAgain: boolean }[] {
  let known = knownTables({});
  return pages.map((flat) => {
    const root = known.tables.get('["things"]');
    const isAgain = root !== undefined && planAgain(root, flat.tables[0] as FlatTable) !== null;
    const anew = planPage(forgotten(known), flat);
    const plan = planPage(known, flat);
    known = plan.known;
    return { plan, anew, isAgain };
  });
}

const values = ['null', '1', '2.5', '"x"', '9007199254740993', '"2024-01-02T03:04:05Z"', '[1]'];
const row = fc
  .dictionary(fc.constantFrom('a', 'b', 'A'), fc.constantFrom(...values), { maxKeys: 3 })
  .map((members) => {
    const pairs = Object.entries({ id: '1', ...members });
    return `{${pairs.map(([key, json]) => `"${key}":${json}`).join(',')}}`;
  });
const pages = fc.array(fc.array(row, { maxLength: 3 }), { minLength: 2, maxLength: 8 });

describe('a page with the columns of the one before', () => {
  it('is planned as if nothing were remembered', () => {
    let again = 0;
    fc.assert(
      fc.property(pages, fc.boolean(), (all, isMerged) => {
        const twice = all.flatMap((page) => [page, page, page]);
        const config = isMerged ? { primaryKey: 'a', writeDisposition: 'merge' as const } : {};
        for (const { plan, anew, isAgain } of plans(flats(twice, config))) {
          again += Number(isAgain);
          expect(plan.tables).toEqual(anew.tables);
          expect(plan.changes).toEqual(anew.changes);
          expect(plan.violations).toEqual(anew.violations);
        }
      }),
      { numRuns: 300 },
    );
    expect(again).toBeGreaterThan(100);
  });

  it.each<[string, string, boolean]>([
    ['the same columns', '{"id":2,"a":"y","n":null}', true],
    ['an integer that no double holds', '{"id":9007199254740993,"a":"y"}', false],
    ['another kind of value', '{"id":2,"a":true}', false],
    ['another column', '{"id":2,"b":"y"}', false],
    ['one column more', '{"id":2,"a":"y","b":1}', false],
    ['one column less', '{"id":2}', false],
    ['its columns in another order', '{"a":"y","id":2}', false],
    ['a key of the same name', '{"id":2,"A":"y"}', false],
  ])('is found by its columns: %s', (_what, later, isAgain) => {
    const all = flats([['{"id":1,"a":"x"}'], ['{"id":2,"a":"x"}'], [later]]);
    expect(plans(all).map((one) => one.isAgain)).toEqual([false, false, isAgain]);
  });

  it('is none where a key has no value', () => {
    const all = flats([['{"id":1}'], ['{"id":1}'], ['{"id":1}'], ['{"id":1}', '{"id":null}']], {
      primaryKey: 'id',
      writeDisposition: 'merge',
    });
    const planned = plans(all);
    expect(planned.map(({ isAgain }) => isAgain)).toEqual([false, false, true, false]);
    expect(planned.map(({ plan }) => plan.violations.length)).toEqual([0, 0, 0, 1]);
  });
});
