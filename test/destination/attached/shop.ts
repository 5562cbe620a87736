import { onTestFinished } from 'vitest';
import { pipeline, restSource, type DuckdbDestination, type Pipeline } from 'sluice';
import { deferred } from '../../support/deferred.js';
import { serve } from '../../support/local-server.js';

export type Row = Record<string, unknown>;

/** Serves `/items` in pages of 10 rows; every page is a page of a list of `pages`. */
export async function api(row: (id: number) => Row, pages = 6): Promise<string> {
  const { url } = await serve(({ query }) => {
    const page = Number(query.get('page') ?? 0);
    const rows = Array.from({ length: 10 }, (_, i) => row(page * 10 + i));
    return { json: { data: rows, next: page + 1 < pages ? page + 1 : null } };
  });
  return url;
}

/** As {@link api} with six pages, of which one has no answer until `goOn` is called. */
export async function heldApi(held: number): Promise<{
  url: string;
  /** Those that were requested. */
  pages: string[];
  /** Resolves when the one without an answer is requested. */
  reached: Promise<void>;
  goOn: () => void;
}> {
  const { promise: reached, resolve } = deferred();
  let isHeld = true;
  const pages: string[] = [];
  const { url } = await serve(async ({ query }) => {
    const page = Number(query.get('page') ?? 0);
    pages.push(String(page));
    if (page === held && isHeld) {
      resolve();
      return new Promise(() => undefined);
    }
    const data = Array.from({ length: 10 }, (_, i) => ({ id: page * 10 + i }));
    return { json: { data, next: page < 5 ? page + 1 : null } };
  });
  const goOn = (): void => {
    isHeld = false;
  };
  return { url, pages, reached, goOn };
}

export function shop(url: string, more: Row = {}): ReturnType<typeof restSource> {
  return restSource({
    name: 'shop',
    client: { baseUrl: url },
    resources: [
      {
        name: 'items',
        ...more,
        endpoint: {
          path: 'items',
          dataSelector: 'data',
          paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'page' },
        },
      },
    ],
  });
}

/** A pipeline that commits with every page. */
export function loading(destination: DuckdbDestination, name = 'shop', more: Row = {}): Pipeline {
  onTestFinished(() => destination.close());
  return pipeline({
    name,
    destination,
    dataset: 'data',
    batch: { rows: 10 },
    commit: { rows: 10 },
    ...more,
  });
}

/** What a promise fails with. */
export const errorOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('nothing failed'),
    (error: unknown) => error as Error,
  );
