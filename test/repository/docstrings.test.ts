import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const linesOf = (path: string): string[] => readFileSync(join(root, path), 'utf8').split('\n');

/** The modules of package.json's `exports`. */
const ENTRIES = [
  'src/index.ts',
  'operators/index.ts',
  'src/duckdb.ts',
  'src/testing.ts',
  'src/opentelemetry.ts',
  'src/sandbox/index.ts',
  ...readdirSync(join(root, 'src/sources'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/sources/${name}`),
];

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(interface|class|type|function|const) (\w+)/;

/** The names that a module exports, each with the file that declares it. */
function exportsOf(path: string): { name: string; file: string }[] {
  const text = linesOf(path).join('\n');
  const own = linesOf(path).flatMap((line) => {
    const name = DECLARATION.exec(line)?.[2];
    return name === undefined ? [] : [{ name, file: path }];
  });
  const others = [...text.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from '(\.[^']+)\.js';/gm)];
  return others
    .flatMap(([, what = '', from = '']) => {
      const file = normalize(join(dirname(path), `${from}.ts`));
      const names = what.match(/\w+/g)?.filter((word) => word !== 'type');
      const all = exportsOf(file);
      return names === undefined ? all : all.filter(({ name }) => names.includes(name));
    })
    .concat(own);
}

/** The first line of a member that others than its own class use. */
const MEMBER = /^ {2}(?!private|constructor|(?:readonly )?#|[/*})\]|?:&])['"$[\w]/;

/** What lacks a docstring: the declaration, or members of an interface or class. */
function undocumented({ name, file }: { name: string; file: string }): string[] {
  const lines = linesOf(file);
  const at = lines.findIndex((line) => DECLARATION.exec(line)?.[2] === name);
  const isTold = (line: number): boolean => lines[line - 1]?.endsWith('*/') === true;
  const missing = isTold(at) ? [] : [`${file}:${at + 1} ${name}`];
  if (!/^export (?:abstract )?(?:interface|class)/.test(lines[at] ?? '')) return missing;
  const end = lines.findIndex((line, i) => i > at && line.startsWith('}'));
  for (let i = at + 1; i < end; i += 1) {
    // The head may take several lines, and so may what a member extends.
    if (!MEMBER.test(lines[i] ?? '') || isTold(i)) continue;
    if (/^ {2}\S.*,$/.test(lines[i] ?? '') || lines[i + 1] === '> {') continue;
    missing.push(`${file}:${i + 1} ${name}: ${lines[i]?.trim()}`);
  }
  return missing;
}

it('everything public says what it is, member by member', () => {
  const all = ENTRIES.flatMap(exportsOf);
  expect(all.length).toBeGreaterThan(200);
  expect([...new Set(all.flatMap(undocumented))]).toEqual([]);
});
