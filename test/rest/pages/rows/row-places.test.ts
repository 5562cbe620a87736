import { describe, expect, it } from 'vitest';
import { endpoint, restSource, type SourceEvent } from 'sluice';
import { serve } from '../../../support/local-server.js';
import { readAll, readSource, rowsOf } from '../../../support/read-pages.js';

const paginator = { type: 'pageNumber', basePage: 1 } as const;
const notices = (events: readonly SourceEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));

describe('rows that nobody said the place of', () => {
  it('are named once, with the lists that were not taken', async () => {
    const server = await serve(({ query }) => {
      const page = Number(query.get('page'));
      const users = page > 2 ? [] : [{ id: page }];
      return { json: { departments: [{ id: 9 }, { id: 8 }], links: [], users } };
    });
    const events: SourceEvent[] = [];
    const { pages } = await readAll(
      endpoint({
        url: `${server.url}/users`,
        paginator,
        observe: (event) => events.push(event),
      }),
    );
    expect(pages.flatMap(rowsOf)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(notices(events)).toEqual([
      'no `dataSelector` is set: the rows are taken from `users`. Other lists there: `departments`, `links`. Set `dataSelector` to choose.',
    ]);
  });

  it('stay where they were found, whatever else a page holds', async () => {
    const server = await serve(({ query }) => {
      const page = Number(query.get('page'));
      const json = [
        { people: [{ id: 1 }, { id: 2 }], groups: [{ g: 1 }] },
        { people: [{ id: 3 }], groups: [{ g: 1 }, { g: 2 }, { g: 3 }] },
        { people: [], groups: [{ g: 1 }, { g: 2 }] },
      ][page - 1];
      return { json };
    });
    const { pages, error } = await readAll(endpoint({ url: `${server.url}/x`, paginator }));
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, [{ id: 1 }, { id: 2 }, { id: 3 }]]);
  });

  it('are not pinned to an empty list of the first page', async () => {
    const server = await serve(({ url }) => ({
      json:
        url === '/shops'
          ? [{ id: 1 }, { id: 2 }, { id: 3 }]
          : url === '/shops/1/staff'
            ? { groups: [], people: [] }
            : url === '/shops/2/staff'
              ? { total: 0 }
              : { groups: [], people: [{ id: 7 }] },
    }));
    const { error, rows } = await readSource(
      restSource({
        client: { baseUrl: server.url, rateLimit: { requests: 1_000, per: '1s', concurrency: 1 } },
        resources: [
          'shops',
          { name: 'staff', endpoint: { path: 'shops/{resources.shops.id}/staff' } },
        ],
      }),
    );
    expect([error, rows['staff']]).toEqual([null, [{ id: 7 }]]);
  });

  it('are an error where a later response has another list in their place', async () => {
    const server = await serve(({ query }) => ({
      json: query.get('page') === '1' ? { people: [{ id: 1 }] } : { persons: [{ id: 2 }] },
    }));
    const { error } = await readAll(endpoint({ url: `${server.url}/x`, paginator }));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_SELECT',
      message: expect.stringContaining('`people`') as string,
    });
  });

  it('are none where a later response has no list at all', async () => {
    const server = await serve(({ query }) => ({
      json: query.get('page') === '1' ? { people: [{ id: 1 }], total: 1 } : { total: 1 },
    }));
    const { error, pages } = await readAll(endpoint({ url: `${server.url}/x`, paginator }));
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, [{ id: 1 }]]);
  });

  it('may come bare and wrapped', async () => {
    const server = await serve(({ query }) => ({
      json: [{ people: [{ id: 1 }] }, [{ id: 2 }], { people: [] }][Number(query.get('page')) - 1],
    }));
    const { error, pages } = await readAll(endpoint({ url: `${server.url}/x`, paginator }));
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, [{ id: 1 }, { id: 2 }]]);
  });
});
