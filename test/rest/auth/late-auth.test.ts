import { afterEach, describe, expect, it, vi } from 'vitest';
import { bearer, ConfigError, duckdb, pipeline, restSource, type Source } from 'sluice';
import { startSandbox } from 'sluice/sandbox';
import { tempFolder } from '../../support/temp-folder.js';

describe('bearer() without a token', () => {
  const folder = tempFolder();
  afterEach(() => vi.unstubAllEnvs());
  const source = (baseUrl: string): Source =>
    restSource({
      name: 'mine',
      client: { baseUrl, auth: bearer() },
      resources: [{ name: 'users', endpoint: { path: 'api/v1/users', dataSelector: 'data' } }],
    });

  it('is filled from the settings of its source', async () => {
    const sandbox = await startSandbox();
    vi.stubEnv('SOURCES__MINE__TOKEN', sandbox.coalesce.credentials['accessToken'] ?? '');
    const info = await pipeline({ name: 'p', destination: duckdb(folder.path('t.duckdb')) }).run(
      source(sandbox.coalesce.url),
    );
    expect(info.tables).toEqual({ users: 5 });
    await sandbox.close();
  });

  it('names the places for the token where none has it', () => {
    expect(() => source('http://127.0.0.1:1')).toThrow(ConfigError);
    expect(() => source('http://127.0.0.1:1')).toThrow('SOURCES__MINE__TOKEN');
  });
});
