// Builds dist: declarations, tests and benchmarks by tsc; src and operators by rolldown, which puts
// them into a few chunks with the packages they need. Files that are imported one by one are most
// of the time of a start. Each module keeps a file of its own (dist/src/run/pipeline.js), which
// re-exports it from its chunk, so that it exists once in a process whoever imports it. With `--js`
// it leaves out what tsc builds, which takes most of the time and no program needs to run.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { esmExternalRequirePlugin } from 'rolldown/plugins';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const THREAD = 'src/destination/duckdb/thread/loader-thread';
/** What does something when it is imported; so it is in its own file, which nobody else imports. */
const PROGRAMS = [`${THREAD}.ts`, 'src/cli/main.ts', 'src/cli/start.ts'];

const EXTERNAL = [
  // Peers: a program shares them with us.
  'apache-arrow',
  // Recognises instances that a program made with its own import of the API.
  '@duckdb/node-api/lib/index.js',
  // Of whoever wants spans.
  '@opentelemetry/api',
  // Has a compiler of its own, which few need.
  'jiti',
];

/** A native module. What requires it takes its default export. */
const BINDINGS = '@duckdb/node-bindings';
const bindings = {
  name: 'bindings',
  resolveId: {
    filter: { id: new RegExp(`^${BINDINGS}$`) },
    handler: (id, _, { kind }) => (kind === 'require-call' ? '\0bindings' : { id, external: true }),
  },
  load: {
    filter: { id: /^\0bindings$/ },
    handler: () => `export { default } from '${BINDINGS}';`,
  },
};

/**
 * `#rxjs` of package.json: for Node a file of ours, for bundlers rxjs itself, of which they leave
 * out what is not used.
 */
const rxjs = {
  name: 'rxjs',
  resolveId: {
    filter: { id: /^rxjs$/ },
    handler: () => ({ id: '#rxjs', external: true }),
  },
};

/** Modules from which a process or a thread starts, or that are imported when they are needed. */
const STARTS = {
  thread: [`${THREAD}.ts`, 'src/destination/duckdb/engine.ts', 'src/duckdb.ts'],
  operators: ['operators/index.ts'],
  sluice: ['src/index.ts'],
  command: ['src/cli/main.ts'],
  sources: ['assembled', 'coalesce', 'coassemble', 'coassemble-identities'].map(
    (name) => `src/sources/${name}.ts`,
  ),
  sandbox: ['src/sandbox/index.ts'],
  testing: ['src/testing.ts'],
  opentelemetry: ['src/opentelemetry.ts'],
  run: ['src/cli/run.ts'],
  start: ['src/cli/start.ts'],
};

const inputs = ['src', 'operators'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name.replaceAll(sep, '/')}`)
    .filter((name) => name.endsWith('.ts') && !name.startsWith('operators/kernel/')),
);

const [outputs] = await Promise.all([bundled(), process.argv.includes('--js') || compiled()]);
rmSync(join(dist, 'chunks'), { recursive: true, force: true });
for (const output of outputs) {
  const path = join(dist, output.fileName);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, output.type === 'chunk' ? output.code : output.source);
}
writeFileSync(join(dist, 'chunks/rxjs.js'), rxjsParts(outputs));
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenses(outputs));
chmodSync(join(dist, 'src/cli/main.js'), 0o755);

async function compiled() {
  const tsc = fileURLToPath(import.meta.resolve('typescript/package.json'));
  try {
    await promisify(execFile)(process.execPath, [join(dirname(tsc), 'bin/tsc')], { cwd: root });
  } catch (error) {
    process.stderr.write(error.stdout || error.message);
    process.exit(1);
  }
}

async function bundled() {
  let chunkOf;
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(inputs.map((file) => [file.replace(/\.ts$/, ''), file])),
    platform: 'node',
    external: EXTERNAL,
    // What packages in CommonJS require becomes an import, which other bundlers understand.
    plugins: [
      bindings,
      rxjs,
      esmExternalRequirePlugin({ external: [/^node:/, ...builtinModules] }),
    ],
    transform: { target: 'node20' },
    preserveEntrySignatures: 'allow-extension',
    // A store of Bottleneck's that is never used.
    checks: { eval: false },
  });
  const { output } = await bundle.generate({
    dir: dist,
    format: 'esm',
    sourcemap: true,
    // The thread's file lies beside its starter, here as in a bundle that contains both.
    entryFileNames: ({ name }) =>
      name === THREAD ? 'chunks/sluice-loader-thread.js' : '[name].js',
    chunkFileNames: 'chunks/[name].js',
    comments: { legal: true, annotation: true, jsdoc: false },
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          debugName: 'chunks',
          name: (id, context) =>
            (chunkOf ??= chunks((module) => context.getModuleInfo(module)))(id),
        },
      ],
    },
  });
  await bundle.close();
  return output;
}

/**
 * Returns the chunk of each module: that of the first start that needs it. What a chunk imports is
 * needed by the same starts and perhaps by earlier ones, so chunks import one another in one
 * direction.
 */
function chunks(infoOf) {
  const starts = new Map();
  // Those that load DuckDB itself, as the thread does: what both need is in no other start.
  const besideThread = new Set(['thread']);
  const enter = (start, entry) => {
    const reached = new Set([entry]);
    for (const id of reached) {
      if (!starts.has(id)) starts.set(id, new Set());
      starts.get(id).add(start);
      for (const next of infoOf(id)?.importedIds ?? []) reached.add(next);
    }
  };
  const programs = PROGRAMS.map((file) => join(root, file));
  const known = Object.values(STARTS)
    .flat()
    .map((file) => join(root, file));
  for (const [start, entries] of Object.entries(STARTS))
    for (const entry of entries) enter(start, join(root, entry));
  const all = new Set(inputs.map((file) => join(root, file)));
  for (const id of all) {
    const { importedIds = [], dynamicallyImportedIds = [] } = infoOf(id) ?? {};
    for (const next of [...importedIds, ...dynamicallyImportedIds]) all.add(next);
    for (const entry of dynamicallyImportedIds)
      if (!known.includes(entry) && !starts.get(entry)?.has('thread')) {
        const start = `on-demand-${nameOf(entry)}`;
        if (entry.startsWith(join(root, 'src/destination/duckdb/'))) besideThread.add(start);
        enter(start, entry);
      }
  }
  return (id) => {
    if (programs.includes(id)) return null;
    const by = starts.get(id) ?? new Set();
    const isShared = by.has('thread')
      ? [...by].some((start) => !besideThread.has(start))
      : by.has('command') && (by.has('sluice') || by.has('operators'));
    if (isShared) return by.has('operators') ? 'common' : 'loader';
    if (by.has('thread')) return 'duckdb';
    if (by.has('operators')) return by.has('sluice') ? 'operators' : 'arrow';
    const [first = 'unused'] = Object.keys(STARTS)
      .filter((start) => by.has(start))
      .concat([...by]);
    return first;
  };
}

/**
 * Returns the module that exports what our chunks use of rxjs. Node takes rxjs in CommonJS, 220
 * files that it reads twice where an ES module imports them: a third of the time until a load
 * begins. What is required file by file is the same in a process that imports all of rxjs.
 */
function rxjsParts(outputs) {
  const path = createRequire(import.meta.url).resolve('rxjs');
  const index = readFileSync(path, 'utf8');
  const files = new Map(
    [...index.matchAll(/^var (\w+) = require\("\.\/(internal\/[^"]+)"\);$/gm)].map(
      ([, variable, file]) => [variable, file],
    ),
  );
  const exported = /defineProperty\(exports, "(\w+)", \{[^}]*return (\w+)\.\w+; \} \}\);/g;
  const fileOf = new Map(
    [...index.matchAll(exported)].map(([, name, variable]) => [name, files.get(variable)]),
  );
  const imports = outputs.flatMap(({ code = '' }) =>
    [...code.matchAll(/^import \{ (.+) \} from "#rxjs";$/gm)].flatMap(([, names]) =>
      names.split(', ').map((name) => name.replace(/ as .*/, '')),
    ),
  );
  const lines = [...new Set(imports)]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => `export const ${name} = part('${name}', 'rxjs/${fileOf.get(name)}');`);
  return `import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Where a version of rxjs has its parts elsewhere, all of it is loaded. */
function part(name, file) {
  try {
    return require(file)[name] ?? require('rxjs')[name];
  } catch {
    return require('rxjs')[name];
  }
}

${lines.join('\n')}
`;
}

/** A package's name, or that of a file. */
function nameOf(id) {
  const [, name] = /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)(?!.*node_modules)/.exec(id) ?? [];
  return (name ?? id.replace(/^.*[\\/]|\.ts$/g, '')).replaceAll(/[@\\/]/g, '');
}

/** Returns the license texts of all packages of which something is in a chunk. */
function licenses(outputs) {
  const packages = new Map();
  for (const { moduleIds = [] } of outputs)
    for (const id of moduleIds) {
      const [folder] = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [];
      if (folder !== undefined)
        packages.set(folder, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    }
  const texts = [...packages].map(([folder, about]) => {
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? mitText(about) : readFileSync(join(folder, file), 'utf8');
    return `${about.name} ${about.version}\n\n${text.trim()}\n`;
  });
  return `Parts of these packages are in dist/chunks.\n\n${texts.sort().join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Returns the text of the MIT license for a package that names it and does not bring its text. */
function mitText({ name, license, author }) {
  if (license !== 'MIT')
    throw new Error(`${name} is bundled, and the text of its license is missing.`);
  const [, text] = /^Copyright.*$([^]*)/m.exec(readFileSync(join(root, 'LICENSE'), 'utf8'));
  return `MIT License\n\nCopyright (c) ${author?.name ?? author ?? `the authors of ${name}`}\n${text}`;
}
