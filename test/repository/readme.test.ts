import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopServer } from '../support/shop-server.js';
import { tempFolder } from '../support/temp-folder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Inside the project, so that `sluice` is this package.
const FOLDER = join(root, '.outfile-case', 'readme');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

interface Snippet {
  name: string;
  code: string;
  /** What the README says that the program prints; null where it shows nothing. */
  output: string | null;
}

/** The programs of the README, named after their headings. */
function snippets(): Snippet[] {
  const found: Snippet[] = [];
  let heading = '';
  const parts = /^#+ (.*)$|^```ts\n([\s\S]*?)^```\n(?:\nIt prints:\n\n```\n([\s\S]*?)^```\n)?/gm;
  for (const [, title, code, output = null] of readme.matchAll(parts)) {
    if (title !== undefined) heading = title;
    else found.push({ name: `${heading} ${found.length + 1}`, code: code as string, output });
  }
  return found;
}

const files = new Map(snippets().map((snippet, i) => [snippet.name, `snippet-${i + 1}.ts`]));

describe('the README', () => {
  const folder = tempFolder();
  let shop: Awaited<ReturnType<typeof shopServer>>;
  beforeAll(async () => {
    shop = await shopServer();
    mkdirSync(FOLDER, { recursive: true });
    for (const { name, code } of snippets())
      writeFileSync(
        join(FOLDER, files.get(name) as string),
        `export {};\n${code.replaceAll('https://api.example.com', shop.url)}`,
      );
  });
  afterAll(async () => {
    await shop.close();
    rmSync(FOLDER, { recursive: true, force: true });
  });

  it('names the two commands', () => {
    expect(readme).toMatch(/^npm ci && npm start\b/m);
    expect(readme).toMatch(/^npm ci && npm test\b/m);
  });

  it('has programs that the compiler accepts', async () => {
    const config = {
      extends: '../../tsconfig.json',
      compilerOptions: {
        noEmit: true,
        incremental: false,
        rootDir: root,
        isolatedDeclarations: false,
      },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const ran = await promisify(execFile)(process.execPath, [tsc, '-p', FOLDER]).catch(
      (error: { stdout: string }) => error,
    );
    expect(ran.stdout).toBe('');
  });

  it.each(snippets())('has a program that runs: $name', async ({ name, code, output }) => {
    const work = folder.path(name.replaceAll(/\W+/g, '-'));
    mkdirSync(work);
    const jiti = join(root, 'node_modules/jiti/lib/jiti-cli.mjs');
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: work,
      SOURCES__SHOP__TOKEN: 'of-the-readme',
      SOURCES__SHOP__CLIENT_SECRET: 'of-the-readme',
    };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [jiti, join(FOLDER, files.get(name) as string)],
      { cwd: work, env },
    );
    if (output !== null) expect(numbersHidden(stdout)).toBe(numbersHidden(output));
    for (const printed of printedBy(code)) expect(stdout).toContain(printed);
  });
});

/** The lines that a program says it prints: `console.log(…); // <line>`. */
function printedBy(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line = '']) => line);
}

/** Load ids and durations differ from run to run. */
function numbersHidden(text: string): string {
  return text.replace(/\d+\.\d+ seconds/, '… seconds').replace(/package \d+\.\d+/, 'package …');
}
