import { describe, expect, it } from 'vitest';
import { duckdb, PaginationError, pipeline, type Source } from 'sluice';
import { type Service, startSandbox } from 'sluice/sandbox';
import { coalesce } from 'sluice/sources/coalesce';
import { tempFolder } from '../support/temp-folder.js';
import { testSource } from '../support/test-source.js';

const source = ({ url, credentials }: Service, wrong?: boolean): Source =>
  coalesce({
    baseUrl: url,
    accessToken: wrong === true ? 'wrong-token-0000' : (credentials['accessToken'] ?? ''),
  });

testSource({
  service: 'coalesce',
  source,
  scheme: 'Bearer',
  keys: {
    environments: ['id'],
    environment_nodes: ['environment_id', 'id'],
    runs: ['id'],
    run_results: ['run_id', 'nodeID'],
    projects: ['id'],
    users: ['id'],
  },
  children: [
    {
      child: 'environment_nodes',
      column: 'environment_id',
      parent: 'environments',
      parentColumn: 'id',
    },
    { child: 'run_results', column: 'run_id', parent: 'runs', parentColumn: 'id' },
    {
      child: 'projects__workspaces',
      column: '_dlt_parent_id',
      parent: 'projects',
      parentColumn: '_dlt_id',
    },
  ],
  limited: false,
});

describe('coalesce', () => {
  const folder = tempFolder();

  it('leaves credentials of runs out of the tables', async () => {
    const sandbox = await startSandbox();
    const destination = duckdb(folder.path('t.duckdb'));
    await pipeline({ name: 'p', destination, dataset: 'data' }).run(
      source(sandbox.coalesce).withResources(['runs']),
    );
    expect(
      await destination.query(
        "SELECT column_name FROM duckdb_columns() WHERE column_name ILIKE '%credential%'",
      ),
    ).toEqual([]);
    await sandbox.close();
  });

  it('counts a run whose results are gone and goes on', async () => {
    const sandbox = await startSandbox();
    const info = await pipeline({ name: 'p', destination: duckdb(folder.path('t.duckdb')) }).run(
      source(sandbox.coalesce).withResources(['run_results']),
    );
    expect(info.resources.find(({ name }) => name === 'run_results')).toMatchObject({ skipped: 1 });
    await sandbox.close();
  });

  it('finds users at the path of older texts when configured', async () => {
    const sandbox = await startSandbox();
    sandbox.coalesce.control.quirks.add('seedPaths');
    const { url, credentials } = sandbox.coalesce;
    const users = coalesce({
      baseUrl: `${url}/api/v1`,
      accessToken: credentials['accessToken'] ?? '',
      usersPath: '/api/v1/organization/users',
    }).withResources(['users']);
    const info = await pipeline({ name: 'p', destination: duckdb(folder.path('t.duckdb')) }).run(
      users,
    );
    expect(info.tables).toEqual({ users: 5 });
    await sandbox.close();
  });

  it('stops with a clear error where pages go in circles', async () => {
    const sandbox = await startSandbox();
    sandbox.coalesce.control.quirks.add('repeatedCursor');
    const run = pipeline({ name: 'p', destination: duckdb(folder.path('t.duckdb')) }).run(
      source(sandbox.coalesce).withResources(['runs']),
    );
    await expect(run).rejects.toThrow(PaginationError);
    await sandbox.close();
  });
});
