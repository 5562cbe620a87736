import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build as esbuild, type BuildOptions } from 'esbuild';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.js';

// Inside the project, so that what stays outside the bundle (DuckDB's binding) is found.
const BUNDLES = fileURLToPath(new URL('../../.outfile-case/bundled/', import.meta.url));
const ENTRY = join(BUNDLES, 'app.mjs');
const APP = `
import { createServer } from 'node:http';
import { duckdb, pipeline, restSource } from 'sluice';

const server = createServer((_, response) => response.end('[{"id":1}]'));
server.listen(0, '127.0.0.1', async () => {
  const baseUrl = 'http://127.0.0.1:' + server.address().port;
  const loading = pipeline({ name: 'bundled', destination: duckdb(process.argv[2]), dataset: 'd' });
  let threadNotices = 0;
  await loading.run(restSource({ name: 's', client: { baseUrl }, resources: ['items'] }), {
    observe: ({ kind, message }) => kind === 'notice' && /sluice-loader-thread/.test(message) && threadNotices++,
  });
  const [{ n }] = await loading.dataset().query('SELECT count(*) AS n FROM d.items');
  await loading.close();
  server.close();
  console.log(JSON.stringify({ rows: n, threadNotices }));
});
`;

/** What a bundle has beside the app. */
const THREAD = { 'sluice-loader-thread': 'sluice/loader-thread' };

describe('an app that is bundled', () => {
  const folder = tempFolder();
  beforeAll(() => {
    mkdirSync(BUNDLES, { recursive: true });
    writeFileSync(ENTRY, APP);
  });
  afterAll(() => rmSync(BUNDLES, { recursive: true, force: true }));

  const shared: BuildOptions = {
    bundle: true,
    platform: 'node',
    external: ['@duckdb/*'],
    logLevel: 'error',
  };
  const byVite = async (out: string, input: Record<string, string>): Promise<string> => {
    const outDir = join(BUNDLES, out);
    await vite({
      root: BUNDLES,
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true, external: ['@duckdb/node-api', '@duckdb/node-bindings'] },
      build: {
        ssr: true,
        outDir,
        rollupOptions: { input, output: { entryFileNames: '[name].mjs' } },
      },
    });
    return join(outDir, 'app.mjs');
  };
  const byEsbuild = async (out: string, entryPoints: Record<string, string>): Promise<string> => {
    const outdir = join(BUNDLES, out);
    await esbuild({
      ...shared,
      entryPoints,
      outdir,
      format: 'esm',
      outExtension: { '.js': '.mjs' },
    });
    return join(outdir, 'app.mjs');
  };
  const run = async (name: string, file: string): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      file,
      folder.path(`${name.replaceAll(' ', '-')}.duckdb`),
    ]);
    return JSON.parse(stdout);
  };

  it.each([
    ['esbuild as an ES module', () => byEsbuild('esbuild', { app: ENTRY })],
    [
      'esbuild as CommonJS',
      async () => {
        const outfile = join(BUNDLES, 'esbuild.cjs');
        await esbuild({
          ...shared,
          entryPoints: [ENTRY],
          outfile,
          format: 'cjs',
          logOverride: { 'empty-import-meta': 'silent' },
        });
        return outfile;
      },
    ],
    ['vite for a server', () => byVite('vite', { app: ENTRY })],
  ])('with %s loads in the thread of its caller, and says so once', async (name, bundle) => {
    expect(await run(name, await bundle())).toEqual({ rows: 1, threadNotices: 1 });
  });

  it.each([
    ['esbuild', () => byEsbuild('esbuild-thread', { app: ENTRY, ...THREAD })],
    ['vite', () => byVite('vite-thread', { app: ENTRY, ...THREAD })],
  ])('with %s and the thread as a second entry loads in the thread', async (name, bundle) => {
    expect(await run(`${name} thread`, await bundle())).toEqual({ rows: 1, threadNotices: 0 });
  });
});
