import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { conventionOf } from '#operators/schema/convention.js';
import {
  bearer,
  duckdb,
  headerLink,
  type JsonObject,
  pipeline,
  restSource,
  type Source,
} from 'sluice';
import { type LocalServer, serve } from '../support/local-server.js';
import { readSource } from '../support/read-pages.js';
import { tempFolder } from '../support/temp-folder.js';

/** One request and its response, as recorded from api.github.com by @octokit/fixtures. */
interface Recorded {
  method: string;
  path: string;
  status: number;
  headers: Record<string, string>;
  response: unknown;
}

function recorded(scenario: string): Recorded[] {
  const index = import.meta.resolve('@octokit/fixtures');
  return JSON.parse(
    readFileSync(
      fileURLToPath(new URL(`scenarios/api.github.com/${scenario}/normalized-fixture.json`, index)),
      'utf8',
    ),
  ) as Recorded[];
}

const scenarios = [
  'paginate-issues',
  'labels',
  'get-organization',
  'get-repository',
  'search-issues',
  'rename-repository',
  'project-cards',
];
const tape = scenarios.flatMap(recorded).filter(({ method }) => method === 'get');
const issues = recorded('paginate-issues').flatMap(({ response }) => response as JsonObject[]);

/** GitHub as it was recorded: same responses, links and redirects, pointing here instead. */
function github(): Promise<LocalServer> {
  let root = '';
  return serve(({ url, headers: request }) => {
    root = `http://${request.host ?? ''}/`;
    const found = tape.find(({ path }) => inOneSpelling(path) === inOneSpelling(url));
    if (found === undefined) return { status: 404, json: { message: `Not recorded: ${url}` } };
    const { link, location } = found.headers;
    const here = (text: string): string => text.replaceAll('https://api.github.com/', root);
    return {
      status: found.status,
      headers: {
        ...(link !== undefined && { link: here(link) }),
        ...(location !== undefined && { location: here(location) }),
      },
      json: found.response,
    };
  });
}

/** Addresses mean the same whether a space in their query is `+` or `%20`. */
function inOneSpelling(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://x');
  return `${pathname}?${searchParams.toString()}`;
}

function octokit(server: LocalServer): Source {
  return restSource({
    name: 'github',
    client: {
      baseUrl: server.url,
      auth: bearer('t0ken'),
      headers: { accept: 'application/vnd.github.v3+json' },
      paginator: headerLink(),
    },
    resourceDefaults: { primaryKey: 'id', writeDisposition: 'merge' },
    resources: [
      {
        name: 'issues',
        endpoint: {
          path: 'repos/octokit-fixture-org/paginate-issues/issues',
          params: { per_page: 3 },
        },
      },
      { name: 'labels', endpoint: 'repos/octokit-fixture-org/labels/labels' },
      { name: 'organization', endpoint: { path: 'orgs/octokit-fixture-org', dataSelector: '@' } },
      {
        name: 'repository',
        endpoint: { path: 'repos/octokit-fixture-org/hello-world', dataSelector: '@' },
      },
      {
        name: 'renamed',
        endpoint: { path: 'repos/octokit-fixture-org/rename-repository', dataSelector: '@' },
      },
      {
        name: 'found_issues',
        endpoint: { path: 'search/issues?q=sesame%20repo%3Aoctokit-fixture-org%2Fsearch-issues' },
      },
      { name: 'cards', endpoint: 'projects/columns/1000/cards' },
    ],
  });
}

const responseOf = (path: string): unknown => tape.find((one) => one.path === path)?.response;

describe('recorded GitHub responses', () => {
  const folder = tempFolder();

  it('give every row that GitHub gave, page after page by their Link headers', async () => {
    const server = await github();
    const { rows, pages, error } = await readSource(octokit(server));
    expect(error).toBeNull();
    expect(
      pages
        .filter(({ resource }) => resource === 'issues')
        .map(({ index, rows: { count } }) => [index, count]),
    ).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 3],
      [4, 1],
    ]);
    expect(rows['issues']).toEqual(issues);
    expect(rows['labels']).toEqual(responseOf('/repos/octokit-fixture-org/labels/labels'));
    expect(rows['organization']).toEqual([responseOf('/orgs/octokit-fixture-org')]);
    expect(rows['repository']).toEqual([responseOf('/repos/octokit-fixture-org/hello-world')]);
    expect(rows['renamed']).toEqual([responseOf('/repositories/1000')]);
    expect(
      responseOf('/search/issues?q=sesame%20repo%3Aoctokit-fixture-org%2Fsearch-issues'),
    ).toMatchObject({ items: rows['found_issues'] });
    expect(rows['cards']).toEqual(responseOf('/projects/columns/1000/cards'));
    expect(server.requests.every(({ headers }) => headers.authorization === 'Bearer t0ken')).toBe(
      true,
    );
  });

  it('land in tables, row by row and value by value', async () => {
    const server = await github();
    await using loading = pipeline({
      name: 'octokit',
      destination: duckdb(folder.path('recorded.duckdb')),
      dataset: 'github',
    });
    const info = await loading.run(octokit(server).withResources(['issues', 'labels', 'cards']));
    expect(info.tables).toMatchObject({ issues: issues.length });
    const loaded = await loading.dataset().query('SELECT columns(*)::VARCHAR FROM github.issues');
    expect(loaded.length).toBe(issues.length);
    for (const issue of issues) {
      const row = loaded.find(({ id }) => id === String(issue['id'] as number)) ?? {};
      for (const [column, text] of textsOf(issue))
        expect([column, row[column] ?? null]).toEqual([column, text]);
    }
    const created = await loading
      .dataset()
      .query(
        "SELECT id::VARCHAR AS id, strftime(created_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS at FROM github.issues ORDER BY id",
      );
    expect(created).toEqual(
      issues
        .map(({ id, created_at: at }) => ({ id: String(id as number), at }))
        .toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    );

    const labels = responseOf('/repos/octokit-fixture-org/labels/labels') as JsonObject[];
    expect(
      (await loading.dataset().query('SELECT name, color FROM github.labels')).toSorted(byName),
    ).toEqual(labels.map(({ name, color }) => ({ name, color })).toSorted(byName));

    // Loaded again they are merged, not doubled.
    await loading.run(octokit(server).withResources(['issues']));
    expect(
      await loading.dataset().query('SELECT count(*)::INTEGER AS n FROM github.issues'),
    ).toEqual([{ n: issues.length }]);
  });
});

/**
 * What the columns of a row hold as text: scalars, those of objects under `outer__inner`; times are
 * compared as times.
 */
function textsOf(row: JsonObject, outer = ''): [string, string | null][] {
  return Object.entries(row).flatMap(([key, value]): [string, string | null][] => {
    if (Array.isArray(value) || key.endsWith('_at')) return [];
    if (typeof value === 'object' && value !== null) return textsOf(value, `${outer}${key}__`);
    return [[conventionOf().path(`${outer}${key}`), value === null ? null : String(value)]];
  });
}

function byName(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return String(a['name']) < String(b['name']) ? -1 : 1;
}
