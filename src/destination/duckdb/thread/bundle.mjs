// Puts the loader thread and what it imports into one file: a thread that imports a hundred files
// starts some 100 ms later, and no load appends before it has. The bindings stay outside.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = new URL('../../../../dist/src/destination/duckdb/thread/', import.meta.url);
const api = new URL('../LICENSE', import.meta.resolve('@duckdb/node-api'));

await build({
  entryPoints: [fileURLToPath(new URL('loader-thread.js', folder))],
  outfile: fileURLToPath(new URL('loader-thread.bundle.js', folder)),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['@duckdb/node-bindings'],
  banner: {
    // The API is CommonJS and requires the bindings; its license asks for its text.
    js: `/*! Contains @duckdb/node-api:\n${readFileSync(api, 'utf8')}*/
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`,
  },
  logLevel: 'warning',
});
