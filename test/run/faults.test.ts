import { describe, expect, it } from 'vitest';
import {
  duckdb,
  isSluiceError,
  type LoadInfo,
  oauth2ClientCredentials,
  pipeline,
  type Pipeline,
  type RestEndpoint,
  restSource,
  type RunEvent,
  type Source,
} from 'sluice';
import { type Fault, faultyApi, FAULTS, type Kind, KINDS, TOTAL } from '../support/faulty-api.js';

// `npm test` plays a third of the faults, each with one kind of list; `npm run test:faults` all of
// them.
const isWhole = process.env['FAULTS'] === 'all';
const DISPOSITIONS = ['append', 'merge'] as const;
type Case = [fault: string, kind: Kind, disposition: (typeof DISPOSITIONS)[number]];

const cases = Object.entries(FAULTS).flatMap(([name, { kinds = KINDS }], i): Case[] => {
  const all = kinds.flatMap((kind) =>
    DISPOSITIONS.map((disposition): Case => [name, kind, disposition]),
  );
  return isWhole ? all : i % 3 === 0 ? [all[i % all.length] as Case] : [];
});

const endpoints: Record<Kind, RestEndpoint> = {
  page: { paginator: { type: 'pageNumber' }, parallelPages: false },
  parallel: { paginator: { type: 'pageNumber', totalPath: 'meta.pages' } },
  offset: { paginator: { type: 'offset', limit: 4, totalPath: 'meta.total' } },
  cursor: { paginator: { type: 'cursor', cursorPath: 'meta.next', cursorParam: 'after' } },
  child: {
    path: 'parents/{resources.parents.id}/orders',
    paginator: { type: 'cursor', cursorPath: 'meta.next', cursorParam: 'after' },
  },
};

/** A load that ends with an error gives up soon; one that goes on waits out a busy machine. */
const LATE = { stallMs: 250, timeoutMs: 2_000, retry: { rateLimitMs: 3_000 } };
const SOON = { ...LATE, retry: { attempts: 3, rateLimitMs: 60 } };
const AT_ONCE = { ...SOON, stallMs: 60, timeoutMs: 120 };

function shop(
  url: string,
  { kind, disposition, limits }: { kind: Kind; disposition: Case[2]; limits: typeof LATE },
): Source {
  const orders = {
    name: 'orders',
    writeDisposition: disposition,
    primaryKey: 'id',
    endpoint: { path: 'orders', dataSelector: 'data', ...endpoints[kind] },
  };
  return restSource({
    name: 'shop',
    client: {
      baseUrl: url,
      auth: oauth2ClientCredentials({
        accessTokenUrl: `${url}/token`,
        clientId: 'sluice',
        clientSecret: 'secret-of-the-client',
      }),
      maxBytes: 100_000,
      ...limits,
      retry: { baseMs: 1, maxMs: 10, ...limits.retry },
    },
    resources:
      kind === 'child'
        ? [{ name: 'parents', endpoint: { dataSelector: 'data', paginator: 'single' } }, orders]
        : [orders],
  });
}

/** Ids in the table and in the table of lists, in order; none where there is no table. */
async function idsIn(loading: Pipeline): Promise<{ ids: unknown[]; tags: unknown }> {
  const counts = await loading.dataset().rowCounts();
  if (counts['orders'] === undefined) return { ids: [], tags: 0 };
  const rows = await loading.dataset().query('SELECT id FROM orders ORDER BY id');
  return { ids: rows.map(({ id }) => id), tags: counts['orders__tags'] };
}

function expectWhole(kind: Kind, { ids, tags }: Awaited<ReturnType<typeof idsIn>>): void {
  const parents = kind === 'child' ? [1, 2, 3] : [0];
  const truth = parents.flatMap((parent) =>
    Array.from({ length: TOTAL }, (_row, i) => parent * 1_000 + i),
  );
  expect(ids).toEqual(truth);
  expect(tags).toBe(truth.length);
}

describe('a load ends whole and exact, with an error that names the request, or in doubt', () => {
  it.each(cases)('%s (%s, %s)', async (name, kind, disposition) => {
    const fault = FAULTS[name] as Fault;
    const api = await faultyApi(kind, fault);
    await using loading = pipeline({
      name: 'shop',
      destination: duckdb(':memory:'),
      dataset: 'data',
      batch: { rows: 5 },
      commit: { rows: 5 },
    });
    const events: RunEvent[] = [];
    const run = (limits: typeof LATE): Promise<LoadInfo> =>
      loading.run(shop(api.url, { kind, disposition, limits }), {
        observe: (event) => events.push(event),
      });
    const limits = fault.isStall === true ? AT_ONCE : fault.outcome === 'error' ? SOON : LATE;
    const result = await run(limits).catch((error: unknown) => error);
    const shown = JSON.stringify([events, String(result), (result as Error).stack]);
    expect(shown).not.toMatch(/secret-/);
    expect(api.leaks).toEqual([]);
    if (fault.outcome === 'error') {
      expect(isSluiceError(result)).toBe(true);
      const { message } = result as Error;
      expect(message).toMatch(/^Resource orders( of parent [^,]*)?, page \d: /);
      expect(message).toContain(api.url);
      expect(message).toMatch(fault.says as RegExp);
      if (disposition === 'merge') expect((await idsIn(loading)).ids).toEqual([]);
      api.mend();
      const { resources } = await run(LATE);
      expect(resources.map(({ verdict }) => verdict)).not.toContain('incomplete');
      expectWhole(kind, await idsIn(loading));
      return;
    }
    const { resources } = result as LoadInfo;
    const orders = resources.find((resource) => resource.name === 'orders');
    if (fault.outcome === 'whole') {
      expect([orders?.verdict, orders?.reasons]).toEqual(['complete', []]);
      expectWhole(kind, await idsIn(loading));
      return;
    }
    expect(orders?.verdict).not.toBe('complete');
    expect(orders?.reasons.join('\n')).toMatch(fault.says as RegExp);
  });
});
