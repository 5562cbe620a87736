import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { loaderFile } from '#src/destination/duckdb/thread/thread-engine.js';

/** Files that a file imports, with what they import in turn, and packages by their names. */
function importsOf(file: URL, found: Set<string> = new Set()): Set<string> {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b[^"]*?"([^"]+)";$/gm,
  )) {
    const next = name.startsWith('.') ? new URL(name, file) : null;
    if (found.has(next?.href ?? name)) continue;
    found.add(next?.href ?? name);
    if (next !== null) importsOf(next, found);
  }
  return found;
}

describe('the file of the loader thread', () => {
  const imported = [...importsOf(loaderFile() as URL)];

  it('imports nothing but Node and the bindings, so that a thread starts soon', () => {
    const packages = imported.filter(
      (name) => !name.startsWith('file:') && !builtinModules.includes(name.replace(/^node:/, '')),
    );
    expect(packages).toEqual(['@duckdb/node-bindings']);
  });

  it('consists of four more files', () => {
    const names = imported.filter((name) => name.startsWith('file:'));
    expect(names.map((name) => name.replace(/^.*\//, '')).sort()).toEqual([
      'common.js',
      'duckdb.js',
      'loader.js',
      'rolldown-runtime.js',
    ]);
  });

  it('is none in a bundle', () => {
    expect(loaderFile('https://h/app.js')).toBeNull();
    expect(loaderFile('file:///nowhere/app.js')).toBeNull();
  });
});
