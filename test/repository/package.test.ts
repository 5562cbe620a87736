import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = `
import { duckdb, pipeline, restSource } from 'sluice';
import { DuckDBInstance } from 'sluice/duckdb';
import { flatten, select } from 'sluice/operators';
import { coalesce } from 'sluice/sources/coalesce';
import { startSandbox } from 'sluice/sandbox';
const sandbox = await startSandbox();
const source = coalesce({ baseUrl: sandbox.coalesce.url, accessToken: sandbox.coalesce.credentials.accessToken });
const shop = pipeline({ name: 'packed', destination: duckdb('packed.duckdb') });
const info = await shop.run(source.withResources(['users']));
console.log(JSON.stringify(info.tables), [restSource, flatten, select, DuckDBInstance].every((one) => typeof one === 'function'));
await sandbox.close();
`;

describe('the package', () => {
  const folder = tempFolder();
  const elsewhere = tempFolder();

  it(
    'works in an empty folder as npm packs it after a clean build, with what it declares and nothing else',
    { timeout: 120_000 },
    () => {
      const clean = folder.path('clean');
      for (const part of [
        'package.json',
        'tsconfig.json',
        'README.md',
        'LICENSE',
        'src',
        'operators',
      ])
        cpSync(join(root, part), join(clean, part), {
          recursive: true,
          filter: (path) => !path.endsWith('kernel-bytes.ts'),
        });
      symlinkSync(join(root, 'node_modules'), join(clean, 'node_modules'));
      execFileSync('npm', ['pack', '--pack-destination', folder.path('.')], {
        cwd: clean,
        stdio: 'pipe',
      });
      const [tarball = ''] = readdirSync(folder.path('.')).filter((name) => name.endsWith('.tgz'));
      const installed = folder.path('user/node_modules/sluice');
      mkdirSync(installed, { recursive: true });
      execFileSync('tar', [
        'xzf',
        folder.path(tarball),
        '-C',
        installed,
        '--strip-components',
        '1',
      ]);
      // As npm would put them beside the package; a network is not needed for that. What they need
      // themselves they find where they are.
      const { dependencies, peerDependencies, scripts } = JSON.parse(
        readFileSync(join(installed, 'package.json'), 'utf8'),
      ) as Record<'dependencies' | 'peerDependencies' | 'scripts', object>;
      // Nothing runs when it is installed.
      expect(Object.keys(scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
      expect(existsSync(join(installed, 'binding.gyp'))).toBe(false);
      for (const name of [...Object.keys(dependencies), ...Object.keys(peerDependencies)]) {
        mkdirSync(dirname(folder.path(`user/node_modules/${name}`)), { recursive: true });
        symlinkSync(
          realpathSync(join(root, 'node_modules', name)),
          folder.path(`user/node_modules/${name}`),
        );
      }
      writeFileSync(folder.path('user/program.mjs'), PROGRAM);
      expect(
        execFileSync(process.execPath, [folder.path('user/program.mjs')], {
          cwd: folder.path('user'),
          encoding: 'utf8',
        }),
      ).toBe('{"users":5} true\n');

      // A file of the user's, where nothing is installed, reaches the package that runs it.
      writeFileSync(
        elsewhere.path('shop.ts'),
        `import { restSource } from 'sluice';\nexport default restSource({ client: { baseUrl: 'http://127.0.0.1:9' }, resources: ['orders'] } as const);\n`,
      );
      const { status, stderr } = spawnSync(
        process.execPath,
        [join(installed, 'dist/src/cli/main.js'), 'run', 'shop.ts', '--resources', 'nothing'],
        { cwd: elsewhere.path('.'), encoding: 'utf8' },
      );
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: 'sluice: Source rest_api has no resource `nothing`. Resources: orders.\n',
      });
    },
  );

  it('lets operators be imported without DuckDB or HTTP', () => {
    const program = `import 'sluice/operators'; console.log(process.moduleLoadList.filter((name) => /NativeModule (http|worker_threads)$/.test(name)).length, Object.keys(process.report.getReport().sharedObjects.filter((path) => path.includes('duckdb'))).length)`;
    expect(
      execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        cwd: root,
        encoding: 'utf8',
      }),
    ).toBe('0 0\n');
  });
});
