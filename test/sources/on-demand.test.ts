import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conventionOf } from '#operators/schema/convention.js';
import { duckdb, type LoadInfo, pipeline, type Source } from 'sluice';
import { ASSEMBLED_END, ASSEMBLED_START, type Sandbox, startSandbox } from 'sluice/sandbox';
import { assembled, type AssembledOptions } from 'sluice/sources/assembled';
import { coalesce } from 'sluice/sources/coalesce';
import { coassemble, type CoassembleOptions } from 'sluice/sources/coassemble';
import { tempFolder } from '../support/temp-folder.js';

type Row = Record<string, unknown>;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ rateScale: 1_000 });
});
afterAll(() => sandbox.close());

const sources = {
  coassemble: (options: CoassembleOptions = {}): Source =>
    coassemble({
      baseUrl: sandbox.coassemble.url,
      workspaceId: sandbox.coassemble.credentials['workspaceId'] ?? '',
      apiKey: sandbox.coassemble.credentials['apiKey'] ?? '',
      rateLimit: '100000/1m',
      startTime: Date.UTC(2024, 2, 1) / 1000,
      endTime: Date.UTC(2025, 11, 1) / 1000,
      ...options,
    }),
  assembled: (options: AssembledOptions = {}): Source =>
    assembled({
      baseUrl: sandbox.assembled.url,
      apiKey: sandbox.assembled.credentials['apiKey'] ?? '',
      startTime: ASSEMBLED_START,
      endTime: ASSEMBLED_END,
      rateLimit: '300000/1m',
      reportPollMs: 5,
      ...options,
    }),
  coalesce: (): Source =>
    coalesce({
      baseUrl: sandbox.coalesce.url,
      accessToken: sandbox.coalesce.credentials['accessToken'] ?? '',
    }),
};

/** A time as the service writes it. */
function instant(value: unknown): string {
  const text = String(value);
  return /^\d{4}-\d\d-\d\d \d/.test(text)
    ? new Date(text.replace(/\+00$/, 'Z')).toISOString()
    : text;
}

describe('a resource that is loaded only by name', () => {
  const folder = tempFolder();
  const load = async (source: Source, ...names: string[]): Promise<LoadInfo> => {
    await using loading = pipeline({
      name: 'p',
      destination: duckdb(folder.path('t.duckdb')),
      dataset: 'data',
    });
    return await loading.run(source.withResources(names));
  };
  const query = (sql: string): Promise<Row[]> => duckdb(folder.path('t.duckdb')).query(sql);

  it('is not requested otherwise', () => {
    for (const make of Object.values(sources))
      expect(make().resources.filter(({ selected }) => selected === false)).toEqual([]);
  });

  it.each<[keyof typeof sources, string, readonly string[]]>([
    ['coassemble', 'course', ['id']],
    ['coassemble', 'screen_trackings', ['course_id', 'id']],
    ['coassemble', 'user_trackings', ['identifier', 'id']],
    ['coassemble', 'usage_clients', ['clientIdentifier', 'metric', 'periodStart']],
    ['coassemble', 'translations', ['course_id', 'language']],
    ['assembled', 'person', ['id']],
    ['coalesce', 'environment', ['id']],
    ['coalesce', 'user_roles', ['userID', 'role', 'environmentID']],
    ['coalesce', 'git_accounts', ['id']],
  ])('has just the rows that %s holds: %s', async (service, resource, keys) => {
    const info = await load(sources[service](), resource);
    const held = (sandbox[service].data[resource] ?? []).map((row) =>
      keys.map((key) => String(row[key])).join('|'),
    );
    const names = keys.map(conventionOf().path);
    const rows = await query(
      `SELECT ${names.map((name) => `"${name}"::VARCHAR AS "${name}"`).join(', ')} FROM data."${resource}"`,
    );
    expect(rows.map((row) => names.map((name) => instant(row[name])).join('|')).toSorted()).toEqual(
      held.toSorted(),
    );
    expect(held.length).toBeGreaterThan(0);
    expect(Object.keys(info.tables).filter((table) => !table.includes('__'))).toEqual([resource]);
  });

  it('reads reports: ordered, waited for, and paged to their end', async () => {
    await load(sources.assembled({ reports: 'adherence' }), 'reports_get');
    const [counted] = await query(
      'SELECT count(*) AS rows, count(DISTINCT report_id) AS reports, count(DISTINCT _attr_hash) > 1 AS told FROM data.reports_get',
    );
    expect(counted).toEqual({ rows: 1_050, reports: 1, told: true });
    const id = String(
      (await query('SELECT any_value(report_id) AS id FROM data.reports_get'))[0]?.['id'],
    );
    // The same report by its id: nothing is ordered, and no row is doubled.
    const before = sandbox.assembled.requests.filter(({ method }) => method === 'POST').length;
    await load(sources.assembled({ reportIds: id }), 'reports_get');
    expect(sandbox.assembled.requests.filter(({ method }) => method === 'POST').length).toBe(
      before,
    );
    expect(await query('SELECT count(*) AS rows FROM data.reports_get')).toEqual([{ rows: 1_050 }]);
  });

  it('fails where the service gives a report up', async () => {
    const failing = sources.assembled({ reports: 'agent_state_handle_times' });
    await expect(load(failing, 'reports_get')).rejects.toThrow(
      /failed to make the response: `status` is `failed`/,
    );
  });

  it('requests a link to each course once, by POST, and never again', async () => {
    const only = sandbox.coassemble.requests.length;
    const info = await load(sources.coassemble(), 'course_url');
    const posts = sandbox.coassemble.requests.slice(only).filter(({ method }) => method === 'POST');
    expect(posts.length).toBe(sandbox.coassemble.data['courses']?.length);
    expect(info.tables).toEqual({ course_url: posts.length });
    expect(
      await query(
        "SELECT count(*) AS links FROM data.course_url WHERE url LIKE 'http%' AND course_id IS NOT NULL",
      ),
    ).toEqual([{ links: posts.length }]);
  });

  it('does not repeat a POST that failed', async () => {
    const own = await startSandbox({ rateScale: 1_000 });
    const { url, credentials, control, requests } = own.coassemble;
    const source = coassemble({
      baseUrl: url,
      workspaceId: credentials['workspaceId'] ?? '',
      apiKey: credentials['apiKey'] ?? '',
      rateLimit: '100000/1m',
    });
    await using loading = pipeline({ name: 'p', destination: duckdb(folder.path('t.duckdb')) });
    const failing = loading.run(source.withResources(['course_url']), {
      observe: (event) =>
        event.kind === 'page' &&
        event.resource === 'courses' &&
        event.index === 0 &&
        control.failNext(1_000, 503),
    });
    await expect(failing).rejects.toThrow(/course_url of parent .* returned status 503\./);
    const posts = requests.filter(({ method }) => method === 'POST');
    expect(new Set(posts.map(({ body }) => JSON.stringify(body))).size).toBe(posts.length);
    await own.close();
  });

  it('saves SCORM packages to a folder, with a row that tells size and hash; what the plan does not include is skipped', async () => {
    const scormFolder = folder.path('scorm');
    const info = await load(sources.coassemble({ scormFolder }), 'course_scorm');
    const rows = await query('SELECT course_id, path, size, sha256 FROM data.course_scorm');
    expect(rows.length).toBe(info.tables['course_scorm']);
    expect(
      rows.length + (info.resources.find(({ name }) => name === 'course_scorm')?.skipped ?? 0),
    ).toBe(sandbox.coassemble.data['courses']?.length);
    expect(readdirSync(scormFolder).length).toBe(rows.length);
    for (const { path, size, sha256 } of rows) {
      expect(existsSync(String(path))).toBe(true);
      const bytes = readFileSync(String(path));
      expect([
        bytes.length,
        createHash('sha256').update(bytes).digest('hex'),
        bytes.toString('latin1', 0, 2),
      ]).toEqual([size, sha256, 'PK']);
    }
  });

  it('requests the status only of unfinished runs', async () => {
    const before = sandbox.coalesce.requests.length;
    // The stand-in moves a run on whenever its status is requested.
    const running = (sandbox.coalesce.data['runs'] ?? [])
      .filter(({ runStatus }) => !['completed', 'failed', 'canceled'].includes(String(runStatus)))
      .map(({ id }) => String(id));
    await load(sources.coalesce(), 'run_status');
    const requests = sandbox.coalesce.requests
      .slice(before)
      .filter(({ url }) => url.startsWith('/scheduler/'));
    expect(requests.length).toBeGreaterThan(0);
    expect(
      requests
        .map(({ url }) => String(new URL(url, 'http://x').searchParams.get('runCounter')))
        .toSorted(),
    ).toEqual(running.toSorted());
    expect(
      (await query('SELECT run_counter FROM data.run_status'))
        .map((row) => String(row['run_counter']))
        .toSorted(),
    ).toEqual(running.toSorted());
  });
});
