import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface SourceFile {
  path: string;
  text: string;
  /** Imported modules: bare names as written, relative ones as paths from the repository's root. */
  imports: string[];
}

function filesOf(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => path !== 'operators/columns/kernel-bytes.ts')
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g)].map(
        ([, name = '']) =>
          name.startsWith('.')
            ? relative(root, join(root, dirname(path), name)).replace(/\.js$/, '.ts')
            : name,
      );
      return { path, text, imports };
    });
}

function breaches(
  files: SourceFile[],
  forbidden: (imported: string, file: SourceFile) => boolean,
): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((name) => forbidden(name, file))
      .map((name) => `${file.path} imports ${name}`),
  );
}

const operators = filesOf('operators').filter(({ path }) => !path.startsWith('operators/kernel/'));
const src = filesOf('src');

describe('imports', () => {
  it('finds the files it is to judge', () => {
    expect(operators.length).toBeGreaterThan(2);
    expect(src.length).toBeGreaterThan(2);
  });

  it('lets operators reach rxjs, apache-arrow and each other’s foundations, nothing else', () => {
    expect(
      breaches(
        operators,
        (name) => !name.startsWith('operators/') && !/^(rxjs(\/testing)?|apache-arrow)$/.test(name),
      ),
    ).toEqual([]);
  });

  it('keeps operators from importing one another', () => {
    const shared = new Set(['operators/types.ts', 'operators/errors.ts']);
    expect(
      breaches(
        operators.filter(({ path }) => path !== 'operators/index.ts'),
        (name) => /^operators\/[^/]+$/.test(name) && !shared.has(name),
      ),
    ).toEqual([]);
  });

  it('keeps rest and duckdb strangers to each other', () => {
    expect(
      breaches(
        src,
        (name, { path }) => path.startsWith('src/rest/') && name.startsWith('src/destination/'),
      ),
    ).toEqual([]);
    expect(
      breaches(
        src,
        (name, { path }) => path.startsWith('src/destination/') && name.startsWith('src/rest/'),
      ),
    ).toEqual([]);
  });

  it('lets nobody name a database but the entry, its own folder, the choice of destinations and the command line', () => {
    const may = /^src\/(?:index\.ts|cli\/|destination\/duckdb\/|destinations\/)/;
    expect(
      breaches(
        src,
        (name, { path }) => name.startsWith('src/destination/duckdb/') && !may.test(path),
      ),
    ).toEqual([]);
  });

  it('names no database in SQL that is for all of them', () => {
    const neutral = src.filter(
      ({ path }) =>
        path.startsWith('src/destination/') && !path.startsWith('src/destination/duckdb/'),
    );
    const own =
      /duckdb|DuckDB|\b(rowid|json_\w+|arg_max|QUALIFY|VARCHAR|BIGINT|DOUBLE|JSON (NOT|,))\b/;
    expect(
      linesThat(
        neutral.filter(({ path }) => path.startsWith('src/destination/sql/')),
        (line) => own.test(line),
      ),
    ).toEqual([]);
    expect(breaches(neutral, (name) => name.includes('duckdb'))).toEqual([]);
  });

  it('quotes names and texts of SQL in one place each', () => {
    const doubling = /replaceAll\((['"`/]["']['"`/]g?), ?['"`]["']{2}['"`]\)/;
    expect(
      linesThat([...operators, ...src], (line) => doubling.test(line)).map((line) =>
        line.replace(/:.*/, ''),
      ),
    ).toEqual(['src/destination/duckdb/literal.ts', 'src/destination/sql/identifier.ts']);
  });

  it('lets http know throttle and auth, and not the other way round', () => {
    const parts = ['messages', 'url'].map((name) => `src/rest/http/${name}.ts`);
    expect(
      breaches(
        src,
        (name, { path }) =>
          path.startsWith('src/rest/throttle/') &&
          name.startsWith('src/rest/http/') &&
          !parts.includes(name),
      ),
    ).toEqual([]);
    expect(
      breaches(
        src,
        (name, { path }) =>
          path.startsWith('src/rest/auth/') &&
          name.startsWith('src/rest/http/') &&
          !parts.includes(name),
      ),
    ).toEqual([]);
  });

  it('keeps sources away from the pipeline and the database', () => {
    expect(
      breaches(
        src,
        (name, { path }) =>
          path.startsWith('src/sources/') && /^src\/(run\/pipeline|destination|cli)/.test(name),
      ),
    ).toEqual([]);
  });

  it('gives the sandbox nothing but Node, and the check of options', () => {
    expect(
      breaches(
        src,
        (name, { path }) =>
          path.startsWith('src/sandbox/') &&
          !name.startsWith('src/sandbox/') &&
          !/^operators\/settings\/(given-options|shape)\.ts$/.test(name) &&
          !name.startsWith('node:'),
      ),
    ).toEqual([]);
  });

  it('goes in no circle, imports of types included', () => {
    expect(circles([...operators, ...src])).toEqual([]);
  });

  it('imports no internals of rxjs', () => {
    expect(breaches([...operators, ...src], (name) => name.startsWith('rxjs/internal'))).toEqual(
      [],
    );
  });
});

describe('files', () => {
  // To channels of Node, and where a run begins within what subscribers to them open for it.
  const subscribers = new Set<string>(['src/opentelemetry.ts', 'src/run/traced-run.ts']);

  it('subscribes only where a run begins', () => {
    expect(
      [...operators, ...src]
        .filter(
          ({ path, text }) =>
            codeOf(text).some((line) => line.includes('.subscribe(')) && !subscribers.has(path),
        )
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('describes every interface that is exported', () => {
    const bare = (line: string, before: string | undefined): boolean =>
      line.startsWith('export interface ') && before?.trimEnd().endsWith('*/') !== true;
    expect(
      [...operators, ...src].flatMap(({ path, text }) => {
        const lines = text.split('\n');
        return lines.flatMap((line, i) => (bare(line, lines[i - 1]) ? [`${path}: ${line}`] : []));
      }),
    ).toEqual([]);
  });

  it('holds no file over 300 lines of code', () => {
    const kernel = filesOf('operators/kernel');
    expect(
      [...operators, ...src, ...kernel]
        .filter(({ text }) => codeOf(text).length > 300)
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('layout that the formatter does not see', () => {
  const everything = ['operators', 'src', 'test', 'benchmarks'].flatMap((folder) =>
    filesOf(folder),
  );
  const isKernel = ({ path }: SourceFile): boolean => path.startsWith('operators/kernel/');
  const tooLong = (line: string): boolean => line.length > 100 && !/https?:\/\//.test(line);

  it('lets SECURITY.md name no file that is not there', () => {
    const text = readFileSync(join(root, '.github/SECURITY.md'), 'utf8');
    const named = [...text.matchAll(/`((?:src|operators|test)\/[^`]*)`/g)].map(([, path]) => path);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(root, path as string)))).toEqual([]);
  });

  it('keeps comments within 100 columns', () => {
    const isComment = (line: string): boolean => /^\s*(\/\/|\/?\*)|\s\/\/ /.test(line);
    expect(linesThat(everything, (line) => isComment(line) && tooLong(line))).toEqual([]);
  });

  it('keeps the kernel within 100 columns', () => {
    expect(
      linesThat(
        everything.filter((file) => isKernel(file) && !file.path.endsWith('power-of-five.ts')),
        tooLong,
      ),
    ).toEqual([]);
  });

  it('orders imports: Node, packages, the package itself, then relative from far to near', () => {
    const wrong = everything
      .filter((file) => !isKernel(file))
      .filter(({ text }) => {
        const names = headImports(text);
        return names.join() !== [...names].sort(byPlaceThenName).join();
      });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

/** Groups of files that can reach one another through their imports (Tarjan's components). */
function circles(files: SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): number => {
    const number = order.size;
    order.set(path, number);
    low.set(path, number);
    stack.push(path);
    for (const next of byPath.get(path)?.imports ?? []) {
      if (!byPath.has(next)) continue;
      const reached = order.has(next)
        ? stack.includes(next)
          ? order.get(next)
          : null
        : visit(next);
      if (typeof reached === 'number') low.set(path, Math.min(low.get(path) as number, reached));
    }
    if (low.get(path) === number) {
      const group = stack.splice(stack.indexOf(path));
      if (group.length > 1) found.push(group.sort());
    }
    return low.get(path) as number;
  };
  for (const { path } of files) if (!order.has(path)) visit(path);
  return found;
}

function linesThat(files: SourceFile[], match: (line: string) => boolean): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => (match(line) ? [`${path}:${at + 1}`] : [])),
  );
}

/** The modules that the import statements at the head of a file name, in their order. */
function headImports(text: string): string[] {
  const [head = ''] = text.split(/^(?!import\b|\/\/|\/?\s*\*|[\s}]|$)/m);
  return [...head.matchAll(/^import\b[^;(]*?['"]([^'"]+)['"];$/gm)].map(([, name = '']) => name);
}

function byPlaceThenName(a: string, b: string): number {
  const place = (name: string): number => {
    if (name.startsWith('node:')) return 0;
    if (name.startsWith('.')) return 1_000 - name.split('../').length;
    return /^(#|sluice(\/|$))/.test(name) ? 2 : 1;
  };
  return place(a) - place(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function codeOf(text: string): string[] {
  return text.split('\n').filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line));
}
