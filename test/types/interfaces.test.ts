import { firstValueFrom, from, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { rowObjects } from '#operators/json/row-objects.js';
import { duckdb, pipeline, type ProcessingStep } from 'sluice';
import {
  batch,
  evolve,
  flatten,
  fromObjects,
  processRows,
  type Rows,
  transform,
} from 'sluice/operators';

// An interface has no index signature, and a Date is no JSON value: the compiler must take both.
interface Sent {
  id: number;
  at: string;
}
interface Order {
  id: number;
  at: Date;
  lines: { sku: string; due: Date }[];
  buyer?: { since: Date };
}
const order: Order = { id: 1, at: new Date(0), lines: [{ sku: 'a', due: new Date(1) }] };
const stored = {
  id: 1,
  at: '1970-01-01T00:00:00.000Z',
  lines: [{ sku: 'a', due: '1970-01-01T00:00:00.001Z' }],
};

const objects = async (rows: ReturnType<typeof fromObjects>): Promise<unknown[]> =>
  (await firstValueFrom(rows.pipe(toArray()))).flatMap((page: Rows) => rowObjects(page));
const sent = (): ReturnType<typeof fromObjects> =>
  fromObjects(of<Sent[]>([{ id: 1, at: '1970-01-01T00:00:00Z' }]), { resource: 'orders' });

describe('rows of an interface with dates', () => {
  it.each([
    [
      'a list of pages',
      (): ReturnType<typeof fromObjects> => fromObjects([[order]], { resource: 'orders' }),
    ],
    ['single rows', () => fromObjects(of(order), { resource: 'orders' })],
    ['rows of a named type', () => fromObjects<Order>(from([[order]]), { resource: 'orders' })],
    ['a promise', () => fromObjects(Promise.resolve([order] as const), { resource: 'orders' })],
  ])('are taken by fromObjects: %s', async (_, rows) => {
    expect(await objects(rows())).toEqual([stored]);
  });

  it.each([
    ['a row', transform((row: Sent): Order => ({ ...order, id: row.id }))],
    ['named types', transform<Sent, Order>(({ id }) => ({ ...order, id }))],
    ['a list', transform<Sent, Order>(({ id }) => [{ ...order, id }])],
    ['a promise', transform(async ({ id }: Sent) => ({ ...order, id }))],
    ['null', transform<Sent, Order>(({ id }) => (id === 1 ? order : null))],
    ['rows without a type', transform((row) => ({ ...order, id: row['id'] }))],
  ])('are made by transform: %s', async (_, step) => {
    expect(await objects(sent().pipe(step))).toEqual([stored]);
  });

  it('are made by processing steps', async () => {
    const steps: ProcessingStep[] = [
      { map: (row): Order => ({ ...order, id: Number(row['id']) }) },
      { yieldMap: (row): { id: unknown; at: Date }[] => [{ id: row['id'], at: order.at }] },
    ];
    expect(await objects(sent().pipe(processRows(steps)))).toEqual([{ id: 1, at: stored.at }]);
  });

  it('are no rows where transform returns none', () => {
    // @ts-expect-error A number is no row
    transform((row: Sent) => row.id);
    // @ts-expect-error Nothing is returned
    transform((_: Sent) => {});
    // @ts-expect-error Text is no row
    fromObjects(of('a'), { resource: 'orders' });
  });

  it('go through the operators into columns', async () => {
    const batches = fromObjects([[order]], { resource: 'orders' }).pipe(
      transform((row: { id: number }) => row),
      flatten({ table: 'orders' }),
      evolve(),
      batch(),
      toArray(),
    );
    const [loaded] = await firstValueFrom(batches);
    const columns = loaded?.tables[0]?.schema.columns.map(({ name, dataType }) => [name, dataType]);
    expect(columns).toContainEqual(['at', 'timestamp']);
  });
});

describe('query() and rows()', () => {
  it('give rows of an interface with dates, and take a Date for a parameter', async () => {
    await using shop = pipeline({ name: 'shop', destination: duckdb(':memory:') });
    await shop.run([order, { ...order, id: 2, at: new Date(86_400_000) }], { table: 'orders' });
    const found = await shop
      .dataset()
      .query<Pick<Order, 'id' | 'at'>>('SELECT id, "at" FROM orders WHERE "at" > $1', [
        new Date(1_000),
      ]);
    const [{ id, at }] = found as [Order];
    expect([id, at.getTime()]).toEqual([2, 86_400_000]);
    const rows = await shop.dataset().rows<Order>('orders');
    expect(rows.map((row) => row.at.getTime())).toEqual([0, 86_400_000]);
  });

  it.each([
    [[undefined], '$1 of the query is undefined'],
    [[1, { a: 1 }], '$2 of the query is an object'],
    [[() => 1], '$1 of the query is a function'],
    [[new Date('x')], '$1 of the query is an invalid date'],
    [['\ud800'], '$1 of the query is text with half a surrogate pair'],
    [5, 'as a list'],
  ])('refuse parameters that are no values of SQL: %j', async (parameters, message) => {
    const database = duckdb(':memory:');
    await expect(database.query('SELECT $1', parameters as never)).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining(message) as string,
    });
    await expect(database.query(null as never)).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
    });
  });

  it('bind null, numbers, bytes and big integers', async () => {
    const values = [null, true, 1.5, 2n ** 80n, '\ufeffa', Uint8Array.of(1, 2)];
    const [row] = await duckdb(':memory:').query(
      'SELECT $1 a, $2 b, $3 c, $4 d, $5 e, octet_length($6) f',
      values,
    );
    expect(row).toEqual({ a: null, b: true, c: 1.5, d: 2n ** 80n, e: '\ufeffa', f: 2 });
  });
});
