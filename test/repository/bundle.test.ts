import { readdirSync, readFileSync } from 'node:fs';
import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { duckdb, pipeline, restSource } from 'sluice';

const dist = new URL('../../dist/', import.meta.url);
const chunks = readdirSync(new URL('chunks/', dist));

describe('the chunks that are built', () => {
  it('come with the license of every package that they contain', () => {
    const contained = new Set(
      chunks
        .filter((name) => name.endsWith('.map'))
        .flatMap((name) => {
          const map = readFileSync(new URL(`chunks/${name}`, dist), 'utf8');
          return (JSON.parse(map) as { sources: string[] }).sources;
        })
        .flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
    );
    const licenses = readFileSync(new URL('THIRD-PARTY-LICENSES.txt', dist), 'utf8');
    expect(contained).toContain('node-fetch');
    expect([...contained].filter((name) => !licenses.includes(`\n${name} `))).toEqual([]);
    expect(licenses).toContain('Stichting DuckDB Foundation');
  });

  it('hold each module once, so that all who import it share it', () => {
    const defined = chunks
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => {
        const text = readFileSync(new URL(`chunks/${name}`, dist), 'utf8');
        return [...text.matchAll(/^\/\/#? ?((?:src|operators|node_modules)\/\S+)$/gm)];
      })
      .map(([, module]) => module);
    expect(defined).toContain('src/run/pipeline.ts');
    expect(defined.filter((module, at) => defined.indexOf(module) < at)).toEqual([]);
  });

  it('share rxjs with the program', () => {
    const shop = pipeline({ name: 'shop', destination: duckdb(':memory:') });
    const source = restSource({ client: { baseUrl: 'http://localhost' }, resources: ['orders'] });
    expect(shop.stream(source)).toBeInstanceOf(Observable);
  });
});
