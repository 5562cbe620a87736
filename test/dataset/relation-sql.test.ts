import { describe, expect, it } from 'vitest';
import { type RelationPlan, type RelationStep } from '#src/dataset/relation-plan.js';
import { relationSql } from '#src/dataset/relation-sql.js';
import type { TableStructure } from '#src/destination/table-structure.js';

const table = (name: string, parent: string | null, ...columns: string[]): TableStructure => ({
  name,
  parent,
  columns: [
    ...columns,
    '_dlt_id',
    ...(parent === null ? ['_dlt_load_id'] : ['_dlt_parent_id']),
  ].map((column) => ({
    name: column,
    sqlType: 'BIGINT',
    type: { data_type: 'bigint' },
    nullable: true,
    rowType: 'number | bigint',
  })),
});
const tables = new Map(
  [
    table('orders', null, 'id', 'total'),
    table('orders__items', 'orders', 'sku', '_dlt_list_idx'),
    table('orders__items__parts', 'orders__items', 'value'),
    table('people', null, 'id'),
    table('people__pets', 'people', 'name'),
    table('people__pets__toys', 'people__pets', 'people__pets__name'),
  ].map((own) => [own.name, own]),
);
const orders = (...steps: RelationStep[]): RelationPlan => ({
  table: 'orders',
  loads: null,
  steps,
});
const sql = (plan: RelationPlan): string => relationSql(plan, tables).sql.replaceAll(/\s+/g, ' ');
const where = (condition: string, ...parameters: unknown[]): RelationStep => ({
  kind: 'where',
  condition,
  parameters,
});
const limit = (count: number, offset = 0): RelationStep => ({ kind: 'limit', count, offset });
const orderBy = (column: string, direction: 'asc' | 'desc' = 'asc'): RelationStep => ({
  kind: 'orderBy',
  column,
  direction,
});
const join = (name: string, ...steps: RelationStep[]): RelationStep => ({
  kind: 'join',
  other: { table: name, loads: null, steps },
  how: 'inner',
});

describe('the SQL of a relation', () => {
  it('is one SELECT where the steps fit into one', () => {
    const plan = orders(
      { kind: 'select', columns: ['id'] },
      where('total > $1', 5),
      where('total < $1', 9),
      orderBy('id', 'desc'),
      limit(10, 20),
    );
    expect(sql(plan)).toBe(
      'SELECT "id" FROM "orders" WHERE (total > $1) AND (total < $2) ORDER BY "id" DESC LIMIT 10 OFFSET 20',
    );
    expect(relationSql(plan, tables).parameters).toEqual([5, 9]);
  });

  it('puts a step behind a limit around it, and keeps the order', () => {
    expect(sql(orders(orderBy('total'), limit(3), where('id = 1')))).toBe(
      'SELECT * FROM ( SELECT * FROM "orders" ORDER BY "total" ASC LIMIT 3 ) AS "orders" WHERE (id = 1) ORDER BY "total" ASC',
    );
    expect(sql(orders(orderBy('total'), limit(3), orderBy('id')))).toMatch(/ORDER BY "id" ASC$/);
  });

  it('does not let a comment take the bracket behind it in', () => {
    expect(relationSql(orders(where('id = 1 -- one')), tables).sql).toContain('(id = 1 -- one\n)');
  });

  it('joins children and parents by their ids, over levels too', () => {
    expect(
      sql(
        orders(
          { kind: 'select', columns: ['id'] },
          join('orders__items__parts', { kind: 'select', columns: ['value'] }),
        ),
      ),
    ).toBe(
      'SELECT "orders"."id" AS "id", "orders__items__parts"."value" AS "orders__items__parts__value" FROM "orders" ' +
        'JOIN "orders__items" ON "orders__items"."_dlt_parent_id" = "orders"."_dlt_id" ' +
        'JOIN "orders__items__parts" ON "orders__items__parts"."_dlt_parent_id" = "orders__items"."_dlt_id"',
    );
    expect(sql({ table: 'orders__items__parts', loads: null, steps: [join('orders')] })).toContain(
      'FROM "orders__items__parts" JOIN "orders__items" ON "orders__items__parts"."_dlt_parent_id" = "orders__items"."_dlt_id" ' +
        'JOIN "orders" ON "orders__items"."_dlt_parent_id" = "orders"."_dlt_id"',
    );
  });

  it('names joined columns in later conditions as the rows do', () => {
    expect(sql(orders(join('orders__items'), where('orders__items__sku = $1', 'a')))).toMatch(
      / AS "orders" WHERE \(orders__items__sku = \$1\)$/,
    );
  });

  it('filters joined rows before they are joined', () => {
    const plan = orders(where('id = $1', 1), join('orders__items', where('sku = $1', 2)));
    expect(sql(plan)).toContain(
      'JOIN ( SELECT * FROM "orders__items" WHERE (sku = $2) ) AS "orders__items" ON',
    );
    expect(relationSql(plan, tables).parameters).toEqual([1, 2]);
  });

  it('finds the load of child rows through their root', () => {
    const plan: RelationPlan = { table: 'orders__items__parts', loads: ['7', '8'], steps: [] };
    expect(sql(plan)).toBe(
      'SELECT * FROM "orders__items__parts" WHERE "_dlt_parent_id" IN (SELECT "_dlt_id" FROM "orders__items" WHERE "_dlt_parent_id" IN (SELECT "_dlt_id" FROM "orders" WHERE "_dlt_load_id" IN ($1, $2)))',
    );
  });

  it('has no rows of complete loads before one is complete', () => {
    expect(sql({ table: 'orders', loads: 'complete', steps: [] })).toContain('IN (NULL)');
    expect(sql({ table: 'orders', loads: [], steps: [] })).toContain('IN (NULL)');
  });

  it.each([
    [
      'a table that is not there',
      { table: 'order', loads: null, steps: [] },
      /no table `order`. Did you mean `orders`/,
    ],
    [
      'a column that is not there',
      orders({ kind: 'select', columns: ['totl'] }),
      /no column `totl`. Did you mean `total`/,
    ],
    ['an order by no column', orders(orderBy('x')), /no column `x`/],
    ['a stranger', orders(join('people')), /`people` cannot be joined to `orders`/],
    [
      'a table twice',
      orders(join('orders__items'), join('orders__items')),
      /in the relation already/,
    ],
    [
      'a column that would be there twice',
      { table: 'people__pets__toys', loads: null, steps: [join('people__pets')] },
      /the rows have a column `people__pets__name` already/,
    ],
  ] as [string, RelationPlan, RegExp][])('is refused for %s', (_, plan, message) => {
    expect(() => relationSql(plan, tables)).toThrow(message);
  });
});
