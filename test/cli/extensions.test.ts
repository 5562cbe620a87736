import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadExtensions } from '#src/destination/duckdb/load-extensions.js';
import { DuckDBInstance } from 'sluice';
import { serve } from '../support/local-server.js';
import { type Ended, runSluice } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

describe('sluice extensions install', () => {
  const folder = tempFolder();
  const install = (proxy: string, ...args: string[]): Promise<Ended> =>
    runSluice(['extensions', 'install', ...args], {
      cwd: folder.path('.'),
      env: { HTTP_PROXY: proxy, http_proxy: proxy },
    });

  it('downloads what DuckDB calls the extension, and says what to do where it cannot', async () => {
    const { url, requests } = await serve(() => ({ status: 404 }));
    const { code, stdout, stderr } = await install(url, 'postgres', '--folder', 'extensions');
    expect([code, stdout]).toEqual([1, '']);
    expect(requests.map((request) => request.path).join()).toContain('postgres_scanner');
    expect(stderr).toMatch(
      /^sluice: DuckDB cannot install postgres: HTTP Error: Failed to download extension "postgres_scanner" at URL "http:\/\/extensions\.duckdb\.org\/v\S+" \(HTTP 404\)\. Run this where that address can be reached \(through a proxy with HTTP_PROXY\), or do so on another computer of this kind with --folder and copy the folder\.\n$/,
    );
  });

  it('says so without a network', async () => {
    const { code, stderr } = await install('http://127.0.0.1:9', 'azure', '--folder', 'new');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^sluice: DuckDB cannot install azure: .*\. Run this where that address/,
    );
  });

  it('asks for a folder where there is no home folder', async () => {
    const { stderr } = await install('http://127.0.0.1:9', 'azure');
    expect(stderr).toMatch(/home'\. Name a folder with --folder\.\n$/);
  });

  it('names the folder that it cannot make', async () => {
    writeFileSync(folder.path('file'), '');
    const { code, stderr } = await install('http://127.0.0.1:9', 'azure', '--folder', 'file/in');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sluice: DuckDB cannot install azure: .*file.*\.\n$/);
    expect(stderr).not.toContain('Run this');
  });
});

describe('an extension that is not in the folder of extensions', () => {
  const folder = tempFolder();

  it('is not downloaded, but named with the command that installs it there', async () => {
    const extensions = folder.path('none');
    mkdirSync(extensions);
    const instance = await DuckDBInstance.create(':memory:', { extension_directory: extensions });
    await expect(loadExtensions(instance, 'postgres')).rejects.toThrow(
      `DuckDB's extension postgres cannot be loaded. Install it once: npx sluice extensions install postgres --folder ${extensions}. IO Error: Extension "${extensions}/`,
    );
    instance.closeSync();
    expect(existsSync(extensions) && readdirSync(extensions)).toEqual([]);
  });
});
