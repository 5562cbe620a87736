import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxSettings } from '#src/cli/sandbox-settings.js';
import { duckdb } from 'sluice';
import { type Sandbox, startSandbox } from 'sluice/sandbox';
import { type Ended, MAIN, runSluice } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

describe('sluice', () => {
  const folder = tempFolder();
  let sandbox: Sandbox;
  let settings: Record<string, Record<string, string>>;
  beforeAll(async () => {
    sandbox = await startSandbox({ rateScale: 1_000 });
    settings = sandboxSettings(sandbox, 1_000);
  });
  afterAll(() => sandbox.close());

  const sluice = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    runSluice(args, { cwd: folder.path('.'), env });

  it('loads a source into the file and schema that dlt uses, and names them in its summary', async () => {
    const { code, stdout, stderr } = await sluice(
      ['run', 'coalesce', '--resources', 'projects,users'],
      settings['coalesce'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Pipeline coalesce_pipeline load step completed in \d+\.\d\d seconds\n1 load package\(s\) were loaded to destination duckdb and into dataset coalesce_pipeline_dataset\n/,
    );
    expect(stdout).toContain(
      'The duckdb destination used duckdb:coalesce_pipeline.duckdb location to store data',
    );
    expect(stdout).toMatch(/Load package \d+\.\d+ is LOADED and contains no failed jobs/);
    expect(
      await duckdb(folder.path('coalesce_pipeline.duckdb')).query(
        'SELECT count(*) AS users FROM coalesce_pipeline_dataset.users',
      ),
    ).toEqual([{ users: 5 }]);
  });

  it('prints one JSON document and nothing else with --json', async () => {
    const { code, stdout } = await sluice(
      [
        'run',
        'coalesce',
        '--resources',
        'users',
        '--json',
        '--db',
        'x.duckdb',
        '--pipeline',
        'p',
        '--dataset',
        'd',
      ],
      settings['coalesce'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: 'p',
      dataset: 'd',
      tables: { users: 5 },
      destination: { name: 'duckdb', location: 'duckdb:x.duckdb' },
      packages: [{ state: 'loaded', failedJobs: 0 }],
      resources: [{ name: 'users', requests: 1, pages: 1, rows: 5, skipped: 0 }],
    });
  });

  it('loads into the file of --destination, which settings may name', async () => {
    const from = 'SELECT count(*) AS users FROM coalesce_pipeline_dataset.users';
    for (const [destination, env] of [
      ['named.duckdb', {}],
      ['duckdb', { DESTINATION__DUCKDB__CREDENTIALS: 'set.duckdb' }],
    ] as const) {
      const args = ['run', 'coalesce', '--resources', 'users', '--destination', destination];
      expect(await sluice(args, { ...settings['coalesce'], ...env })).toMatchObject({ code: 0 });
    }
    for (const file of ['named.duckdb', 'set.duckdb'])
      expect(await duckdb(folder.path(file)).query(from)).toEqual([{ users: 5 }]);
  });

  it('prints nothing with --quiet', async () => {
    expect(
      await sluice(['run', 'coalesce', '--resources', 'users', '--quiet'], settings['coalesce']),
    ).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('prefers options of the source, in either spelling, over the environment', async () => {
    const { BASE, ...rest } = {
      BASE: sandbox.coalesce.url,
      ...settings['coalesce'],
      SOURCES__COALESCE__BASE_URL: 'http://127.0.0.1:9/nowhere',
    };
    for (const name of ['base_url', 'baseUrl']) {
      const { code, stderr } = await sluice(
        ['run', 'coalesce', '--resources', 'users', '--set', `${name}=${BASE}`],
        rest,
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });

  it('reads secrets from .env and from .dlt/secrets.toml', async () => {
    writeFileSync(folder.path('.env'), `SOURCES__COALESCE__BASE_URL=${sandbox.coalesce.url}\n`);
    mkdirSync(folder.path('.dlt'));
    writeFileSync(
      folder.path('.dlt/secrets.toml'),
      `[sources.coalesce_source]\naccess_token = "${sandbox.coalesce.credentials['accessToken']}"\n`,
    );
    expect((await sluice(['run', 'coalesce', '--resources', 'users'])).code).toBe(0);
  });

  it.each([
    [
      ['run', 'salesforce'],
      'There is no source `salesforce`. Sources: coassemble, assembled, coalesce.',
    ],
    [['run', 'coalesce', '--frob'], "Unknown option '--frob'"],
    [['run', 'coalesce', '--set', 'colour=red'], 'has no option `colour`'],
    [['run', 'coalesce', '--resources', 'nothing'], 'has no resource `nothing`'],
    [['run', 'coalesce', '--destination', 'pstgres'], 'Did you mean `postgres`?'],
    [
      ['run', 'coalesce', '--destination', 'postgres'],
      'Destination `postgres` needs `credentials`.',
    ],
    [
      ['run', 'coalesce', '--destination', 'postgres', '--db', 'a.duckdb'],
      '--db is the path of a DuckDB file, and --destination says where to load too.',
    ],
    [['frobnicate'], 'There is no command `frobnicate`'],
  ])('ends with one message, exit code 2 and no stack for %j', async (args, message) => {
    const { code, stdout, stderr } = await sluice(args, settings['coalesce']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('prints settings of the sandbox that keep its requests off a proxy', async () => {
    const child = spawn(process.execPath, [MAIN, 'sandbox'], {
      cwd: folder.path('.'),
      env: { PATH: process.env['PATH'] ?? '' },
    });
    const printed = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += String(chunk);
        if (text.includes('Stop with')) resolve(text);
      });
    });
    const shell = (script: string): Promise<string> =>
      new Promise((resolve) =>
        execFile(
          '/bin/sh',
          ['-uc', `${printed}\n${script}`],
          { env: { PATH: process.env['PATH'] ?? '', NO_PROXY: 'example.com' } },
          (_, stdout) => resolve(stdout),
        ),
      );
    expect(await shell('echo "$no_proxy"')).toBe('127.0.0.1,localhost,example.com\n');
    expect(await shell('echo "$SOURCES__COALESCE__BASE_URL"')).toMatch(/^http:\/\/127\.0\.0\.1:/);
    child.kill('SIGINT');
    await once(child, 'exit');
  });

  it('lists every place where it looked for a missing secret', async () => {
    const { code, stderr } = await sluice(['run', 'coalesce']);
    expect(code).toBe(2);
    expect(stderr).toContain('SOURCES__COALESCE__ACCESS_TOKEN');
    expect(stderr).toContain('.dlt/secrets.toml');
  });

  it('ends with 1 when the run fails, without showing the secret', async () => {
    const { code, stderr } = await sluice(['run', 'coalesce'], {
      ...settings['coalesce'],
      SOURCES__COALESCE__ACCESS_TOKEN: 'not-the-right-one',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('returned status 401');
    expect(stderr).not.toContain('not-the-right-one');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('rolls back and ends with 130 on Ctrl-C', async () => {
    sandbox.coalesce.control.latencyMs = 200;
    const child = spawn(process.execPath, [MAIN, 'run', 'coalesce'], {
      cwd: folder.path('.'),
      env: { PATH: process.env['PATH'] ?? '', ...settings['coalesce'] },
    });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    const before = sandbox.coalesce.requests.length;
    while (sandbox.coalesce.requests.length < before + 4)
      await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    sandbox.coalesce.control.latencyMs = 0;
    expect(code).toBe(130);
    expect(stderr).toBe(
      'sluice: Stopped; nothing was committed.\nNext run of coalesce_pipeline: it starts from the beginning: nothing is committed.\n',
    );
    expect(
      await duckdb(folder.path('coalesce_pipeline.duckdb')).query(
        'SELECT count(*) AS loads FROM coalesce_pipeline_dataset._dlt_loads',
      ),
    ).toEqual([{ loads: 0 }]);
  });

  it('prints help and its version', async () => {
    expect((await sluice(['--help'])).stdout).toContain('sluice run <source>');
    expect((await sluice(['run', '--help'])).stdout).toContain('workspace_id');
    expect((await sluice(['sandbox', '--help'])).stdout).toContain('--rate-scale');
    expect((await sluice(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('serves the sandbox until it is stopped, with settings that work', async () => {
    const child = spawn(process.execPath, [MAIN, 'sandbox', '--rate-scale', '100'], {
      cwd: folder.path('.'),
      env: { PATH: process.env['PATH'] ?? '' },
    });
    let printed = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes('Ctrl-C')) resolve();
      });
    });
    const env = Object.fromEntries(
      [...printed.matchAll(/export (\w+)='([^']*)'/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    expect((await sluice(['run', 'assembled', '--resources', 'teams'], env)).code).toBe(0);
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(143);
  });
});
