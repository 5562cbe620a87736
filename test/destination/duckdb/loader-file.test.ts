import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { loaderFile } from '#src/destination/duckdb/thread/thread-engine.js';

describe('the file of the loader thread', () => {
  it('imports nothing but Node and the bindings, so that a thread starts soon', () => {
    const text = readFileSync(loaderFile() as URL, 'utf8');
    const imported = [...text.matchAll(/^import .*?from "([^"]+)"|__require\("([^"]+)"\)/gm)].map(
      ([, imports, requires]) => imports ?? requires ?? '',
    );
    expect(imported).toContain('@duckdb/node-bindings');
    const others = new Set(
      imported.filter((name) => !builtinModules.includes(name.replace(/^node:/, ''))),
    );
    expect([...others]).toEqual(['@duckdb/node-bindings']);
  });

  it('holds the license of the API that it contains', () => {
    expect(readFileSync(loaderFile() as URL, 'utf8')).toContain('Stichting DuckDB Foundation');
  });

  it('is none in a bundle', () => {
    expect(loaderFile('https://h/app.js')).toBeNull();
    expect(loaderFile('file:///nowhere/app.js')).toBeNull();
  });
});
