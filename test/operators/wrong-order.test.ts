import { lastValueFrom, type Observable, of, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { duckdb, load } from 'sluice';
import {
  batch,
  type Batch,
  evolve,
  type Flat,
  flatten,
  fromObjects,
  type Page,
  processRows,
  type Rows,
  select,
  type Shaped,
  transform,
} from 'sluice/operators';

const rows = (): Observable<Rows> => fromObjects([{ id: 1 }], { resource: 'orders' });
const flat = (): Observable<Flat> => rows().pipe(flatten({ table: 'orders' }));
const shaped = (): Observable<Shaped> => flat().pipe(evolve());
const batches = (): Observable<Batch> => shaped().pipe(batch());
async function page(): Promise<Page> {
  return (await lastValueFrom(rows())).page;
}
const loading = (): OperatorFunction<Batch, unknown> =>
  load(duckdb(':memory:'), { dataset: 'shop' });

/** As plain JavaScript puts operators together. */
function piped(source: Observable<unknown>, operator: unknown): Promise<unknown> {
  return lastValueFrom(source.pipe(operator as OperatorFunction<unknown, unknown>));
}

describe('an operator in the wrong place is an error that says where it belongs', () => {
  it.each<[string, () => Observable<unknown> | Promise<unknown>, () => unknown, string]>([
    ['batch of pages', page, batch, 'Put select(), flatten() and evolve() before batch().'],
    ['batch of columns', flat, batch, 'Put evolve() before batch().'],
    ['evolve of rows', rows, evolve, 'Put flatten() before evolve().'],
    ['flatten of pages', page, () => flatten({ table: 'a' }), 'Put select() before flatten().'],
    [
      'flatten of batches',
      batches,
      () => flatten({ table: 'a' }),
      'Put flatten() before evolve().',
    ],
    ['flatten twice', flat, () => flatten({ table: 'a' }), 'leave this flatten() out.'],
    [
      'transform of columns',
      flat,
      () => transform((row) => row),
      'Put transform() before flatten().',
    ],
    ['steps of columns', shaped, () => processRows([]), 'Put processRows() before flatten().'],
    ['select of rows', rows, select, 'leave this select() out.'],
    ['select with a path of rows', rows, () => select('data'), 'leave this select() out.'],
    [
      'load of pages',
      page,
      loading,
      'Put select(), flatten(), evolve() and batch() before load().',
    ],
    ['load of fitted pages', shaped, loading, 'Put batch() before load().'],
    [
      'flatten of objects',
      () => of({ id: 1 }),
      () => flatten({ table: 'a' }),
      'Begin with endpoint(), or with fromObjects() for rows from elsewhere, and put select() before flatten().',
    ],
    ['select of nothing', () => of(undefined), select, 'Begin with endpoint().'],
  ])('%s', async (_, source, operator, advice) => {
    const given = await source();
    const stream = 'pipe' in (given as object) ? (given as Observable<unknown>) : of(given);
    await expect(piped(stream, operator())).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining(advice) as string,
    });
  });

  it('says what came and what was expected', async () => {
    await expect(piped(of(await page()), batch())).rejects.toThrow(
      'batch() takes a page fitted to its schema, which evolve() emits, and a page, which endpoint() emits, came.',
    );
  });

  it('names the keys of another object that came', async () => {
    await expect(piped(of({ id: 1, name: 's3cret' }), select())).rejects.toThrow(
      'select() takes a page, which endpoint() emits, and an object with id, name came.',
    );
  });

  it('shows no text that came', async () => {
    await expect(piped(of('s3cret'), evolve())).rejects.toThrow(/and text \(not shown\) came/);
  });
});

describe('`key` of select()', () => {
  it('is an error where rows are a list, since it would do nothing', () => {
    expect(() => select({ path: 'a', key: 'id' })).toThrow('`key` of select() does nothing here');
    expect(() => select({ path: 'a', rows: 'map', key: 'id' })).not.toThrow();
  });
});
