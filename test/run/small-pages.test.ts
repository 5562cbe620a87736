import { from } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { duckdb, type Json, type Page, pipeline, type RunEvent, type Source } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

const encoder = new TextEncoder();

/** Pages of these resources in turn: one row each, as `rowOf` writes it. */
function sourceOf(
  resources: readonly string[],
  count: number,
  rowOf: (index: number) => string,
): Source {
  const pages = Array.from({ length: count }, (_, index) =>
    resources.map((resource): Page => {
      const body = encoder.encode(`[${rowOf(index)}]`);
      return {
        resource,
        parent: JSON.stringify({ id: index }),
        index: 0,
        body,
        rows: { kind: 'array', start: 0, end: body.length, count: 1 },
        next: null,
        stamp: { _parents_id: index },
        state: null,
      };
    }),
  ).flat();
  return {
    name: 'made',
    resources: resources.map((name) => ({ name })),
    pages: () => from(pages),
    withResources: () => sourceOf(resources, count, rowOf),
  };
}

/** Rows with lists, other keys and types, nulls among rows, and a field of the parent's. */
function oddRow(index: number): string {
  if (index % 50 === 49) return 'null';
  if (index === 120) return '{"id":120,"_parents_id":"own"}';
  const more = index % 7 === 0 ? ',"note":"x","at":"2026-01-02T03:04:05Z"' : '';
  const mixed = index > 200 ? ',"amount":"1.50"' : ',"amount":1';
  return `{"id":${index}${more}${mixed},"items":[{"sku":"a"},{"sku":${index}}]}`;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a load of small pages', () => {
  const folder = tempFolder();

  it('leaves the tables, positions and notices of pages that are loaded one by one', async () => {
    const load = async (file: string, rows: number | undefined): Promise<unknown> => {
      const events: RunEvent[] = [];
      const loading = pipeline({
        name: 'p',
        destination: duckdb(folder.path(file)),
        ...(rows !== undefined && { batch: { rows } }),
      });
      const info = await loading.run(sourceOf(['a', 'b'], 300, oddRow), {
        observe: (event) => events.push(event),
      });
      const read = (sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
        loading.dataset().query(sql);
      const result = {
        tables: info.tables,
        roots: await read(
          'SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM p_dataset.a ORDER BY id, _parents_id',
        ),
        items: await read(
          'SELECT p.id, i._dlt_list_idx, i.sku FROM p_dataset.b__items i JOIN p_dataset.b p ON p._dlt_id = i._dlt_parent_id ORDER BY ALL',
        ),
        positions: events
          .flatMap((event) => (event.kind === 'append' ? event.positions : []))
          .map(({ resource, parent }): Json => [resource, parent])
          .map((one) => JSON.stringify(one))
          .sort(),
        notices: events
          .flatMap((event) =>
            event.kind === 'notice' || event.kind === 'skip' ? [JSON.stringify(event)] : [],
          )
          .sort(),
      };
      await loading.close();
      return result;
    };
    expect(await load('together.duckdb', undefined)).toEqual(await load('single.duckdb', 1));
  });

  it('makes no buffers for each page', async () => {
    const source = sourceOf(['a'], 2_000, (index) => `{"id":${index}}`);
    let made = 0;
    const Plain = ArrayBuffer;
    vi.stubGlobal(
      'ArrayBuffer',
      new Proxy(Plain, {
        construct(target, [bytes]: [number]) {
          made += 1;
          return new target(bytes);
        },
      }),
    );
    const loading = pipeline({ name: 'p', destination: duckdb(folder.path('few.duckdb')) });
    const { tables } = await loading.run(source);
    await loading.close();
    expect(tables['a']).toBe(2_000);
    expect(made).toBeLessThan(200);
  });
});
