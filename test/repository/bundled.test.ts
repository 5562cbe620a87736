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
    observe: ({ kind, message }) => kind === 'notice' && /loader thread/.test(message) && threadNotices++,
  });
  const [{ n }] = await loading.dataset().query('SELECT count(*) AS n FROM d.items');
  await loading.close();
  server.close();
  console.log(JSON.stringify({ rows: n, threadNotices }));
});
`;

describe('an app that is bundled', () => {
  const folder = tempFolder();
  beforeAll(() => {
    mkdirSync(BUNDLES, { recursive: true });
    writeFileSync(ENTRY, APP);
  });
  afterAll(() => rmSync(BUNDLES, { recursive: true, force: true }));

  const shared: BuildOptions = {
    entryPoints: [ENTRY],
    bundle: true,
    platform: 'node',
    external: ['@duckdb/*'],
    logLevel: 'error',
  };

  it.each([
    [
      'esbuild as an ES module',
      async () => {
        const outfile = join(BUNDLES, 'esbuild.mjs');
        // Packages in CommonJS require Node's modules: esbuild's documented way to allow that.
        const js =
          'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
        await esbuild({ ...shared, outfile, format: 'esm', banner: { js } });
        return outfile;
      },
    ],
    [
      'esbuild as CommonJS',
      async () => {
        const outfile = join(BUNDLES, 'esbuild.cjs');
        await esbuild({
          ...shared,
          outfile,
          format: 'cjs',
          logOverride: { 'empty-import-meta': 'silent' },
        });
        return outfile;
      },
    ],
    [
      'vite for a server',
      async () => {
        await vite({
          root: BUNDLES,
          configFile: false,
          logLevel: 'error',
          ssr: { noExternal: true, external: ['@duckdb/node-api', '@duckdb/node-bindings'] },
          build: {
            ssr: ENTRY,
            outDir: join(BUNDLES, 'vite'),
            rollupOptions: { output: { entryFileNames: 'app.mjs' } },
          },
        });
        return join(BUNDLES, 'vite', 'app.mjs');
      },
    ],
  ])('with %s loads in the thread of its caller, and says so once', async (name, bundle) => {
    const file = await bundle();
    const { stdout } = await promisify(execFile)(process.execPath, [
      file,
      folder.path(`${name.replaceAll(' ', '-')}.duckdb`),
    ]);
    expect(JSON.parse(stdout)).toEqual({ rows: 1, threadNotices: 1 });
  });
});
