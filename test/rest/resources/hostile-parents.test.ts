import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completenessTally } from '#src/run/completeness.js';
import { isRead } from '#src/run/kept-cursor.js';
import {
  type Json,
  type JsonObject,
  type RestResource,
  restSource,
  type Source,
  type SourceEvent,
} from 'sluice';
import { type ReceivedRequest, type LocalServer, serve } from '../../support/local-server.js';
import { readSource, runContext } from '../../support/read-pages.js';

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const sourceOf = (server: LocalServer, resources: readonly (string | RestResource)[]): Source =>
  restSource({ client: { baseUrl: server.url, paginator: 'single' }, resources });
const urls = (server: LocalServer, end: string): string[] =>
  server.requests
    .map(({ url }) => decodeURIComponent(url))
    .filter((url) => url.includes(end))
    .toSorted();

/** Shops 1 and 2, each with three orders and one of its staff. */
const shops = ({ path }: ReceivedRequest): { json: unknown } => {
  const [, , id, what] = path.split('/');
  if (path === '/shops') return { json: [{ id: 1 }, { id: 2 }] };
  if (what === 'orders')
    return { json: ['a', 'b', 'c'].map((letter) => ({ id: `o${id}${letter}` })) };
  return { json: what === 'staff' ? [{ id: `s${id}` }] : [] };
};
const base: RestResource[] = [
  { name: 'shops' },
  { name: 'orders', endpoint: 'shops/{resources.shops.id}/orders' },
  { name: 'staff', endpoint: 'shops/{resources.shops.id}/staff' },
];

describe('groups of rows', () => {
  it('are of one and the same row above, where it is requested with', async () => {
    const server = await serve(shops);
    const { error, pages } = await readSource(
      sourceOf(server, [
        ...base,
        {
          name: 'details',
          endpoint: {
            path: 'shops/{resources.shops.id}/details',
            params: { ids: '{resources.orders.id}' },
            groupSize: 2,
          },
        },
      ]),
    );
    expect(error).toBeNull();
    expect(urls(server, 'details')).toEqual([
      '/shops/1/details?ids=o1a,o1b',
      '/shops/1/details?ids=o1c',
      '/shops/2/details?ids=o2a,o2b',
      '/shops/2/details?ids=o2c',
    ]);
    expect(
      new Set(pages.filter(({ resource }) => resource === 'details').map(({ parent }) => parent))
        .size,
    ).toBe(4);
  });

  it.each<[string, Json, string]>([
    ['has none', null, 'no value'],
    ['has an object', { x: 1 }, 'an object or list'],
  ])('are refused where a row %s in the place of the value', async (_what, id, found) => {
    const server = await serve(({ path }) => ({ json: path === '/a' ? [{ id: 1 }, { id }] : [] }));
    for (const endpoint of [
      { params: { ids: '{resources.a.id}' } },
      { path: 'b/{resources.a.id}/c' },
    ]) {
      const { error } = await readSource(
        sourceOf(server, [
          'a',
          { name: 'b', endpoint: { ...endpoint, groupSize: 5, missingParent: 'fail' } },
        ]),
      );
      expect(error).toMatchObject({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringContaining(
          `Resource b needs {resources.a.id}, and a row of a has ${found} there.`,
        ) as string,
      });
    }
  });

  it('take one parent', () => {
    const resources = [
      'a',
      'b',
      {
        name: 'c',
        endpoint: { params: { a: '{resources.a.id}', b: '{resources.b.id}' }, groupSize: 2 },
      },
    ];
    expect(() => restSource({ client: { baseUrl: 'http://x' }, resources })).toThrow(
      'Source `rest_api`: `resources[2].endpoint.groupSize`: there are several parents (a, b); only rows of a single parent can be sent in groups.',
    );
  });

  it('hand on nothing of rows that are not distinguished in them', async () => {
    const server = await serve(({ path }) => ({
      json:
        path === '/a'
          ? [
              { id: 1, name: 'x' },
              { id: 2, name: 'y' },
            ]
          : [{ id: 7 }],
    }));
    const { error } = await readSource(
      sourceOf(server, [
        'a',
        { name: 'b', endpoint: { params: { ids: '{resources.a.id}' }, groupSize: 2 } },
        { name: 'c', endpoint: 'c/{resources.b.id}/{resources.a.name}/d' },
      ]),
    );
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining(
        'Resource c needs {resources.a.name}, and a row of a has no value there.',
      ) as string,
    });
  });
});

describe('a field that rows only inherit', () => {
  it('is none: neither sent nor put on rows, in groups or alone', async () => {
    const server = await serve(({ path }) => ({ json: path === '/a' ? [{ id: 1 }] : [{ n: 1 }] }));
    for (const endpoint of [
      { path: 'b/{resources.a.toString}', missingParent: 'fail' as const },
      { params: { x: '{resources.a.toString}' }, groupSize: 2, missingParent: 'fail' as const },
    ]) {
      const { error } = await readSource(sourceOf(server, ['a', { name: 'b', endpoint }]));
      expect(error).toMatchObject({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringContaining(
          'Resource b needs {resources.a.toString}, and a row of a has no value there.',
        ) as string,
      });
    }
    const { error, rows } = await readSource(
      sourceOf(server, [
        'a',
        { name: 'b', endpoint: 'b/{resources.a.id}', includeFromParent: ['toString'] },
      ]),
    );
    expect([error, rows['b']]).toEqual([null, [{ n: 1, _a_toString: null }]]);
  });
});

describe('an object in a parent’s row', () => {
  it('cannot be sent in a query', async () => {
    const server = await serve(({ path }) => ({ json: path === '/a' ? [{ id: { x: 1 } }] : [] }));
    const { error } = await readSource(
      sourceOf(server, ['a', { name: 'b', endpoint: { params: { id: '{resources.a.id}' } } }]),
    );
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining('a row of a has an object or list there') as string,
    });
  });
});

describe('two parents below one row', () => {
  it.each(['{resources.shops.id}/', ''])(
    'are combined only with each other, not with those of another: %j',
    async (shop) => {
      const server = await serve(shops);
      const { error } = await readSource(
        sourceOf(server, [
          ...base,
          {
            name: 'shifts',
            endpoint: `shifts/${shop}{resources.orders.id}/{resources.staff.id}/x`,
          },
        ]),
      );
      expect(error).toBeNull();
      expect(urls(server, '/x')).toEqual(
        [1, 2].flatMap((id) =>
          ['a', 'b', 'c'].map(
            (letter) => `/shifts/${shop === '' ? '' : `${id}/`}o${id}${letter}/s${id}/x`,
          ),
        ),
      );
    },
  );
});

describe('a response that is shared', () => {
  const bundle = ({ query }: ReceivedRequest): { json: unknown } => {
    const page = Number(query.get('page') ?? 0);
    return {
      json: {
        people: [{ id: page * 2 }, { id: page * 2 + 1 }],
        teams: page === 0 ? [{ team: 'a' }] : [],
        next: page < 2 ? `?page=${page + 1}` : null,
      },
    };
  };
  const people: RestResource = {
    name: 'people',
    endpoint: { dataSelector: 'people', paginator: 'jsonLink' },
  };
  const verdictOf = (events: readonly SourceEvent[], resource: string): unknown => {
    const tally = completenessTally(resource);
    for (const event of events) if (event.resource === resource) tally.add(event);
    return tally.result();
  };

  it('ends the lists of all who share it, each with its own rows', async () => {
    const server = await serve(bundle);
    const { events, rows } = await readSource(
      sourceOf(server, [
        people,
        { name: 'teams', endpoint: { responseOf: 'people', dataSelector: 'teams' } },
      ]),
    );
    expect(rows['teams']).toEqual([{ team: 'a' }]);
    expect(events.filter(({ kind }) => kind === 'done')).toMatchObject([
      { resource: 'people', end: 'no-next', pages: 3, rows: 6 },
      { resource: 'teams', end: 'no-next', pages: 3, rows: 1, maxPageRows: 1, lastPageRows: 0 },
    ]);
    expect(
      events.filter((event) => event.kind === 'page' && event.resource === 'teams'),
    ).toMatchObject([{ rows: 1, bytes: 0 }, { rows: 0 }, { rows: 0 }]);
    expect(verdictOf(events, 'teams')).toMatchObject({ verdict: 'complete', lists: 1 });
  });

  it('says whose rows are not in it', async () => {
    const server = await serve(bundle);
    const { error } = await readSource(
      sourceOf(server, [
        people,
        { name: 'sites', endpoint: { responseOf: 'people', dataSelector: 'sites' } },
      ]),
    );
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_SELECT',
      message: expect.stringMatching(
        /^Resource sites, page 1 of the responses of people: Nothing is at `sites`\. The keys there are: `people`, `teams`, `next`\. If a response without it has no rows, set `mayBeMissing: true` on the endpoint\.$/,
      ) as string,
    });
  });

  it.each(['false', '""', '{}', '0', '[null]', 'null', '[]'])(
    'has no rows where %s is in their place on a later page',
    async (nothing) => {
      const server = await serve(({ query }) => ({
        text: query.has('page')
          ? `{"people":[{"id":2}],"teams":${nothing}}`
          : '{"people":[{"id":1}],"teams":[{"team":"a"}],"next":"?page=2"}',
      }));
      const { events, error } = await readSource(
        sourceOf(server, [
          people,
          { name: 'teams', endpoint: { responseOf: 'people', dataSelector: 'teams' } },
        ]),
      );
      expect(error).toBeNull();
      expect(events.findLast(({ kind }) => kind === 'done')).toMatchObject({
        resource: 'teams',
        pages: 2,
        maxPageRows: 1,
        rows: 1,
      });
    },
  );

  it('refuses a word in the place of its rows', async () => {
    const server = await serve(() => ({ json: { people: [{ id: 1 }], teams: 'closed' } }));
    const { error } = await readSource(
      sourceOf(server, [
        people,
        { name: 'teams', endpoint: { responseOf: 'people', dataSelector: 'teams' } },
      ]),
    );
    expect((error as Error).message).toMatch(/^Resource teams, page 1 .* leads to "closed"/);
  });

  it('has a page for each response, and none for the state of the list', async () => {
    const server = await serve(({ query }) =>
      query.get('page') === '0'
        ? { json: { people: [{ id: 1, at: '2026-01-01' }], teams: [{ team: 'a' }] } }
        : { status: 404 },
    );
    const { events } = await readSource(
      sourceOf(server, [
        {
          name: 'people',
          endpoint: {
            dataSelector: 'people',
            paginator: 'pageNumber',
            endStatus: [404],
            incremental: { cursorPath: 'at' },
          },
        },
        { name: 'teams', endpoint: { responseOf: 'people', dataSelector: 'teams' } },
      ]),
    );
    expect(events.findLast(({ kind }) => kind === 'done')).toMatchObject({
      resource: 'teams',
      pages: 1,
      rows: 1,
    });
  });

  it('stamps the fields of rows above it', async () => {
    const server = await serve(({ path }) => ({
      json: path === '/shops' ? [{ id: 1 }, { id: 2 }] : { people: [], teams: [{ at: path }] },
    }));
    const { rows, error } = await readSource(
      sourceOf(server, [
        'shops',
        {
          name: 'people',
          endpoint: { path: 'shops/{resources.shops.id}/people', dataSelector: 'people' },
        },
        {
          name: 'teams',
          endpoint: { responseOf: 'people', dataSelector: 'teams' },
          includeFromParent: { shop: 'shops.id' },
        },
      ]),
    );
    expect(error).toBeNull();
    expect(rows['teams']?.toSorted(byText)).toEqual(
      [1, 2].map((id) => ({ at: `/shops/${id}/people`, shop: id })),
    );
  });

  it('may be a parent together with the one whose response it is', async () => {
    const server = await serve((request) =>
      request.path === '/people' ? bundle(request) : { json: [] },
    );
    const { error } = await readSource(
      sourceOf(server, [
        people,
        { name: 'teams', endpoint: { responseOf: 'people', dataSelector: 'teams' } },
        { name: 'c', endpoint: 'c/{resources.people.id}/{resources.teams.team}/x' },
      ]),
    );
    expect(error).toBeNull();
    expect(urls(server, '/x')).toEqual([0, 1, 2, 3, 4, 5].map((id) => `/c/${id}/a/x`));
  });
});

describe('rows that are given', () => {
  it('are reported as a complete list', async () => {
    const server = await serve(() => ({ json: [] }));
    const { events } = await readSource(
      sourceOf(server, [
        { name: 'ids', data: Array.from({ length: 1_001 }, (_row, id) => ({ id })) },
        { name: 'none', data: [] },
      ]),
    );
    const of = (name: string): SourceEvent[] => events.filter(({ resource }) => resource === name);
    expect(of('none')).toMatchObject([
      { kind: 'done', pages: 0, rows: 0, maxPageRows: 0, lastPageRows: 0 },
    ]);
    expect(of('ids')).toMatchObject([
      { kind: 'page', index: 0, rows: 1_000 },
      { kind: 'page', index: 1, rows: 1 },
      {
        kind: 'done',
        pages: 2,
        rows: 1_001,
        declared: { rows: 1_001 },
        maxPageRows: 1_000,
        lastPageRows: 1,
      },
    ]);
  });
});

describe('windows over an empty span', () => {
  it('request nothing and hold nobody back, however many parents there are', async () => {
    const server = await serve(({ query }) => ({
      json:
        Number(query.get('page')) < 3
          ? Array.from({ length: 600 }, (_row, i) => ({ id: `${query.get('page')}-${i}` }))
          : [],
    }));
    const { error, rows } = await readSource(
      sourceOf(server, [
        { name: 'a', endpoint: { paginator: 'pageNumber' } },
        {
          name: 'b',
          endpoint: {
            path: 'a/{resources.a.id}/b',
            windows: { startParam: 'from', start: 10, end: 10 },
          },
        },
      ]),
    );
    expect([error, rows['a']?.length, server.requests.length]).toEqual([null, 1_800, 4]);
  });
});

/** A resource of a random tree. */
interface Node {
  name: string;
  kind: 'root' | 'child' | 'both' | 'shared' | 'group';
  parents: Node[];
  /** Rows that a response holds; a group's has one for each id. */
  count: number;
  depth: number;
}

/** A row as the model has it, and the rows above it by resource. */
interface ModelRow {
  id: string;
  above: Readonly<Record<string, string>>;
}

interface Plan {
  kind: Node['kind'];
  pick: number;
  other: number;
  count: number;
}

const GROUP = 2;
const DEEPEST = 2;
const MOST_PAIRS = 24;

/** A tree in which each plan is made what it can be there. */
function treeOf(plans: readonly Plan[]): Node[] {
  const nodes: Node[] = [];
  for (const [i, { kind, pick, other, count }] of plans.entries()) {
    const above = nodes.filter(({ depth }) => depth < DEEPEST);
    const [first, second] = [
      above[pick % Math.max(1, above.length)],
      above[other % Math.max(1, above.length)],
    ];
    const made = (real: Node['kind'], parents: Node[], depth: number): void =>
      void nodes.push({ name: `n${i}`, kind: real, parents, count, depth });
    if (kind === 'root' || first === undefined) made('root', [], 0);
    else if (kind === 'shared' && (first.kind === 'root' || first.kind === 'child'))
      made('shared', [first], first.depth);
    else if (kind === 'group') made('group', [first], first.depth + 1);
    else if (
      kind === 'both' &&
      second !== undefined &&
      areApart(first, second) &&
      rowsOf(first).length * rowsOf(second).length <= MOST_PAIRS
    )
      made('both', [first, second], Math.max(first.depth, second.depth) + 1);
    else made('child', [first], first.depth + 1);
  }
  return nodes;
}

function areApart(a: Node, b: Node): boolean {
  return a !== b && !isBelow(a, b) && !isBelow(b, a);
}

function isBelow(a: Node, b: Node): boolean {
  return a.kind !== 'shared' && a.parents.some((parent) => parent === b || isBelow(parent, b));
}

/** Resources of whose rows one is above each row of this one. */
function ancestors({ kind, parents }: Node): Node[] {
  if (kind === 'group') return [];
  return [
    ...new Set(
      parents.flatMap((parent) => [...(kind === 'shared' ? [] : [parent]), ...ancestors(parent)]),
    ),
  ];
}

/** The rows that the lists of a resource are asked with. */
function listsOf({
  parents: [first, second],
}: Node): { ids: string[]; above: ModelRow['above'] }[] {
  if (first === undefined) return [{ ids: [], above: {} }];
  const whole = (node: Node, row: ModelRow): ModelRow['above'] => ({
    ...row.above,
    [node.name]: row.id,
  });
  const ones = rowsOf(first).map((row) => ({ ids: [row.id], above: whole(first, row) }));
  if (second === undefined) return ones;
  return ones.flatMap((one) =>
    rowsOf(second).flatMap((row) => {
      const above = whole(second, row);
      return Object.entries(above).every(([name, id]) => (one.above[name] ?? id) === id)
        ? [{ ids: [...one.ids, row.id], above: { ...one.above, ...above } }]
        : [];
    }),
  );
}

function rowsOf(node: Node): ModelRow[] {
  const {
    name,
    kind,
    count,
    parents: [first],
  } = node;
  if (kind === 'group')
    return rowsOf(first as Node).map(({ id }) => ({ id: `${name} of ${id}`, above: {} }));
  const lists = kind === 'shared' ? listsOf(first as Node) : listsOf(node);
  return lists.flatMap(({ ids, above }) =>
    Array.from({ length: count }, (_row, i) => ({ id: `${name}#${i}(${ids.join('/')})`, above })),
  );
}

function resourceOf(node: Node): RestResource {
  const { name, kind, parents } = node;
  const [first = node, second] = parents;
  // The field of a resource that has no other above it is written without its name.
  const above = ancestors(node);
  const stamps = Object.fromEntries(
    above.map((one) => [
      `of_${one.name}`,
      above.length === 1 && one === first ? 'id' : `${one.name}.id`,
    ]),
  );
  const include = Object.keys(stamps).length > 0 && { includeFromParent: stamps };
  const requests = { dataSelector: name, paginator: 'jsonLink' } as const;
  if (kind === 'root') return { name, endpoint: { path: name, ...requests } };
  if (kind === 'shared')
    return { name, endpoint: { responseOf: first.name, dataSelector: name }, ...include };
  if (kind === 'group')
    return {
      name,
      endpoint: {
        path: name,
        params: { ids: `{resources.${first.name}.id}` },
        groupSize: GROUP,
        ...requests,
      },
    };
  return {
    name,
    endpoint: {
      path: `${name}/${[first, ...(second ? [second] : [])].map((parent) => `{resources.${parent.name}.id}`).join('/')}`,
      ...requests,
    },
    ...include,
  };
}

/**
 * What the service of a tree says: two rows a page, those who share a response on its first one.
 */
function responseOf(nodes: readonly Node[], { path, query }: ReceivedRequest): JsonObject {
  const [, , name = '', ...ids] = path.split('/').map(decodeURIComponent);
  const node = nodes.find((one) => one.name === name) as Node;
  const row = (of: string, i: number): JsonObject => ({ id: `${of}#${i}(${ids.join('/')})` });
  const grouped = query
    .get('ids')
    ?.split(',')
    .map((id): JsonObject => ({ id: `${name} of ${id}` }));
  const all = grouped ?? Array.from({ length: node.count }, (_row, i) => row(name, i));
  const from = Number(query.get('from') ?? 0);
  const rest = new URLSearchParams(query);
  rest.set('from', String(from + 2));
  const shared = nodes
    .filter(({ kind, parents }) => kind === 'shared' && parents[0] === node)
    .map((one): [string, Json] => [
      one.name,
      from > 0 ? [] : Array.from({ length: one.count }, (_row, i) => row(one.name, i)),
    ]);
  return {
    [name]: all.slice(from, from + 2),
    ...Object.fromEntries(shared),
    next: from + 2 < all.length ? `?${String(rest)}` : null,
  };
}

describe('any tree of resources', () => {
  const plan = fc.record({
    kind: fc.constantFrom<Node['kind'][]>('root', 'child', 'child', 'both', 'shared', 'group'),
    pick: fc.nat(9),
    other: fc.nat(9),
    count: fc.integer({ min: 0, max: 3 }),
  });

  it('sends exactly the requests that its rows need, and every row has the fields of those above it', async () => {
    const trees: Node[][] = [];
    // Each tree has a folder of its own: a run that failed may still ask when the next one begins.
    const server = await serve((request) => ({
      json: responseOf(trees[Number(request.path.split('/')[1])] ?? [], request),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 2, maxLength: 6 }), async (plans) => {
        const nodes = treeOf(plans);
        const folder = `/${trees.push(nodes) - 1}`;
        const { rows, error, events } = await readSource(
          sourceOf({ ...server, url: server.url + folder }, nodes.map(resourceOf)),
        );
        const requests = server.requests.filter(({ path }) => path.startsWith(`${folder}/`));
        expect(error).toBeNull();
        for (const node of nodes) {
          const wanted = rowsOf(node).map(({ id, above }) => ({
            id,
            ...Object.fromEntries(
              Object.entries(above).map(([name, value]) => [`of_${name}`, value]),
            ),
          }));
          expect([node.name, (rows[node.name] ?? []).toSorted(byText)]).toEqual([
            node.name,
            wanted.toSorted(byText),
          ]);
          expect(
            events
              .filter((event) => event.kind === 'done' && event.resource === node.name)
              .reduce((sum, event) => sum + (event.kind === 'done' ? event.rows : 0), 0),
          ).toBe(wanted.length);
        }
        const requested = requests
          .filter(({ query }) => !query.has('ids'))
          .map(({ path, query }) => `${path}:${query.get('from') ?? 0}`);
        const needed = nodes
          .filter(({ kind }) => kind !== 'group' && kind !== 'shared')
          .flatMap((node) => {
            const starts = [0, ...(node.count > 2 ? [2] : [])];
            return listsOf(node).flatMap(({ ids }) =>
              starts.map(
                (from) =>
                  `${folder}/${[node.name, ...ids.map(encodeURIComponent)].join('/')}:${from}`,
              ),
            );
          });
        expect(requested.toSorted()).toEqual(needed.toSorted());
        for (const node of nodes.filter(({ kind }) => kind === 'group'))
          expect(
            requests.filter(
              ({ path, query }) => path === `${folder}/${node.name}` && !query.has('from'),
            ).length,
          ).toBe(Math.ceil(rowsOf(node).length / GROUP));
      }),
      { numRuns: 40 },
    );
  });
});

describe('any parents and rows', () => {
  /** Times of rows by parent. */
  const times = fc.dictionary(
    fc.constantFrom('a', 'b/c', 'd e', 'f,g'),
    fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 4 }),
    { noNullPrototype: true },
  );

  it('are requested, each parent’s, from where the run before ended', async () => {
    let current: Record<string, number[]> = {};
    const server = await serve(({ path, query }) => {
      if (path === '/shops') return { json: Object.keys(current).map((id) => ({ id })) };
      const since = Number(query.get('since') ?? 0);
      const from = Number(query.get('offset'));
      return {
        json: (current[decodeURIComponent(path.split('/')[2] ?? '')] ?? [])
          .filter((time) => time >= since)
          .map((time, i) => ({ time, i }))
          .slice(from, from + 2),
      };
    });
    const source = sourceOf(server, [
      'shops',
      {
        name: 'orders',
        endpoint: {
          path: 'shops/{resources.shops.id}/orders',
          paginator: { type: 'offset', limit: 2 },
          incremental: { cursorPath: 'time', startParam: 'since' },
        },
      },
    ]);
    await fc.assert(
      fc.asyncProperty(times, times, async (before, after) => {
        const kept = new Map<string | null, Json>();
        const state = (resource: string, parent?: string | null): Json =>
          resource === 'orders' && parent !== undefined ? (kept.get(parent) ?? null) : null;
        current = before;
        const first = await readSource(source, { ...runContext(), state });
        for (const { resource, parent, state: told } of first.pages)
          if (resource === 'orders') {
            const { id = '' } = JSON.parse(parent ?? '{}') as { id?: string };
            const lastValue = Math.max(...(before[id] ?? []));
            kept.set(parent, isRead(told) && lastValue > 0 ? { incremental: { lastValue } } : null);
          }
        current = { ...before, ...after };
        server.requests.length = 0;
        const second = await readSource(source, { ...runContext(), state });
        expect([first.error, second.error]).toEqual([null, null]);
        const firsts = server.requests.filter(
          ({ path, query }) => path !== '/shops' && query.get('offset') === '0',
        );
        const requests = Object.fromEntries(
          firsts.map(({ path, query }) => [
            decodeURIComponent(path.split('/')[2] ?? ''),
            query.get('since'),
          ]),
        );
        const begin = (id: string): string | null =>
          before[id]?.length ? String(Math.max(...before[id])) : null;
        expect(requests).toEqual(
          Object.fromEntries(Object.keys(current).map((id) => [id, begin(id)])),
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe('a secret of a parent', () => {
  it.each<[string, Required<RestResource>['endpoint'], string]>([
    [
      'is requested with and shown by no event, though its field has another name',
      { path: 'orders', headers: { authorization: 'Bearer {resources.shops.note}' } },
      'note',
    ],
    [
      'is requested with and shown by no event',
      { path: 'orders', params: { of: '{resources.shops.access_token}' } },
      'access_token',
    ],
  ])('%s', async (_what, endpoint, field) => {
    const server = await serve(({ path }) => ({
      json: path === '/shops' ? [{ id: 1, [field]: 'hush-12345' }] : [{ id: 2 }],
    }));
    const events: SourceEvent[] = [];
    const { pages, error } = await readSource(
      sourceOf(server, ['shops', { name: 'orders', endpoint }]),
      { ...runContext(), observe: (event) => events.push(event) },
    );
    expect(error).toBeNull();
    expect(JSON.stringify(server.requests.map(({ url, headers }) => [url, headers]))).toContain(
      'hush-12345',
    );
    expect(events.some(({ kind }) => kind === 'done')).toBe(true);
    expect(
      JSON.stringify([events, pages.map(({ parent, next, state }) => [parent, next, state])]),
    ).not.toContain('hush-12345');
  });
});
