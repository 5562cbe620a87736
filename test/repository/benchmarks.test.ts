import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.js';

const run = promisify(execFile);
const built = (path: string): string =>
  fileURLToPath(new URL(`../../dist/benchmarks/${path}`, import.meta.url));

/** `npm run test:bench`, a step of `.ci/run`: too long for each run of the tests. */
const SMOKE = process.env['SMOKE'] === 'all';

describe('benchmarks', () => {
  const folder = tempFolder();

  it.runIf(SMOKE)(
    'run at their smallest size, and find that all ways leave the same tables',
    async () => {
      const { stdout } = await run(process.execPath, [built('run.js'), 'smoke'], {
        env: { ...process.env, TMPDIR: folder.path('') },
      });
      const { groups } = (await import(built('groups/index.js'))) as {
        groups: { comparisons: { title: string; isLong?: true; engine?: string }[] }[];
      };
      const { engines } = (await import(built('engines/engines.js'))) as {
        engines: Record<string, { missing: () => string[] }>;
      };
      const isThere = (engine = ''): boolean => !engines[engine]?.missing().length;
      const titles = groups
        .flatMap(({ comparisons }) => comparisons)
        .filter(({ isLong, engine }) => isLong !== true && isThere(engine))
        .map(({ title }) => title);
      expect([...stdout.matchAll(/^### (.+)$/gm)].map(([, title]) => title)).toEqual(titles);
      expect(stdout).not.toMatch(/NaN|undefined/);
    },
    300_000,
  );

  it('show in the READMEs and the chart what the last runs measured, and nothing else', async () => {
    const code = `
      const { groups } = await import(${JSON.stringify(built('groups/index.js'))});
      const { publishedFiles, readResults } = await import(${JSON.stringify(built('harness/published.js'))});
      console.log(JSON.stringify([...await publishedFiles(groups, readResults())]));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code]);
    for (const [path, text] of JSON.parse(stdout) as [string, string][])
      expect(readFileSync(path, 'utf8'), path).toBe(text);
  });
});
