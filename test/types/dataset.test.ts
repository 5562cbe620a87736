import { describe, expect, it } from 'vitest';
import { dataset, duckdb, pipeline, type ReadRow, type Relation } from 'sluice';

/** As `sluice types` writes it: interfaces, which have no index signature. */
interface Orders {
  id: number | bigint | null;
  total: number | null;
}
interface OrdersItems {
  sku: string | null;
  _dlt_list_idx: number;
}
interface Tables {
  orders: Orders;
  orders__items: OrdersItems;
}

/** Compiles only where `Found` is `Wanted` and nothing else. */
type Same<Found, Wanted> =
  (<T>() => T extends Found ? 1 : 2) extends <T>() => T extends Wanted ? 1 : 2 ? true : never;
const same = <Found, Wanted>(_: Same<{ [K in keyof Found]: Found[K] }, Wanted>): void => undefined;
type RowOf<R> =
  R extends Relation<infer Row> ? Row : R extends AsyncIterable<infer Row> ? Row : never;

describe('the types of a dataset', () => {
  const shop = pipeline({ name: 'shop', destination: duckdb(':memory:') });
  const typed = shop.dataset<Tables>();

  it('are those of the tables, of chosen columns and of joins', () => {
    const orders = typed.table('orders');
    const joined = orders.select('id').join('orders__items');
    same<RowOf<typeof orders>, { id: number | bigint | null; total: number | null }>(true);
    same<
      RowOf<typeof joined>,
      {
        id: number | bigint | null;
        orders__items__sku: string | null;
        orders__items___dlt_list_idx: number;
      }
    >(true);
    const chosen = joined.select('orders__items__sku').where('id > $1', 1).limit(1);
    same<RowOf<typeof chosen>, { orders__items__sku: string | null }>(true);
    expect(typeof chosen.rows).toBe('function');
  });

  it('refuse tables and columns that are not there', () => {
    // @ts-expect-error there is no table of this name
    const noTable = (): unknown => typed.table('order');
    // @ts-expect-error there is no column of this name
    const noColumn = (): unknown => typed.table('orders').select('totl');
    // @ts-expect-error there is no table of this name
    const noRows = (): unknown => typed.rows('order');
    // @ts-expect-error there is no table of this name
    const noJoin = (): unknown => typed.table('orders').join('items');
    expect([noTable, noColumn, noRows, noJoin]).toHaveLength(4);
  });

  it('are those that the caller names where nothing is known', () => {
    const untyped = dataset(duckdb(':memory:'), 'shop_data');
    const rows = (): Promise<Orders[]> => untyped.rows<Orders>('orders');
    const plain = (): Promise<ReadRow[]> => untyped.rows('orders');
    const relation: Relation = untyped.table('orders').select('id').join('orders__items');
    expect([rows, plain, relation]).toHaveLength(3);
  });
});
