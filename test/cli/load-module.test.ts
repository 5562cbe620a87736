import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OWN_MODULES } from '#src/cli/load-module.js';

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);

describe('the modules that a file of the user can import', () => {
  it('are all that the package exports but its thread', () => {
    const { exports } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as {
      exports: Record<string, unknown>;
    };
    const sources = readdirSync(at('src/sources')).map((file) => basename(file, '.ts'));
    const exported = Object.keys(exports)
      .filter((path) => path !== './package.json' && path !== './loader-thread')
      .flatMap((path) =>
        path.includes('*') ? sources.map((source) => path.replace('*', source)) : [path],
      )
      .map((path) => path.replace(/^\./, 'sluice'));
    expect(Object.keys(OWN_MODULES).sort()).toEqual(exported.sort());
  });
});
