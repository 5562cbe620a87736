import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = `
import { duckdb, pipeline, restSource, DuckDBInstance } from 'sluice';
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

  it('works in an empty folder as npm packs it', () => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder.path('.')], { cwd: root, stdio: 'pipe' });
    const [tarball = ''] = readdirSync(folder.path('.'));
    const installed = folder.path('node_modules/sluice');
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['xzf', folder.path(tarball), '-C', installed, '--strip-components', '1']);
    // The package's own dependencies as npm would put them beside it; a network is not needed for that.
    for (const name of readdirSync(join(root, 'node_modules'))) if (name !== '.bin' && name !== 'sluice') symlinkSync(join(root, 'node_modules', name), folder.path(`node_modules/${name}`));
    writeFileSync(folder.path('program.mjs'), PROGRAM);
    expect(execFileSync(process.execPath, [folder.path('program.mjs')], { cwd: folder.path('.'), encoding: 'utf8' })).toBe('{"users":5} true\n');

    // A file of the user's, where nothing is installed, reaches the package that runs it.
    writeFileSync(elsewhere.path('shop.ts'), `import { restSource } from 'sluice';\nexport default restSource({ client: { baseUrl: 'http://127.0.0.1:9' }, resources: ['orders'] } as const);\n`);
    const { status, stderr } = spawnSync(process.execPath, [join(installed, 'dist/src/cli/main.js'), 'run', 'shop.ts', '--resources', 'nothing'], { cwd: elsewhere.path('.'), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'sluice: Source rest_api has no resource `nothing`. Resources: orders.\n' });
  });

  it('lets operators be imported without DuckDB or HTTP', () => {
    const program = `import 'sluice/operators'; console.log(process.moduleLoadList.filter((name) => /NativeModule (http|worker_threads)$/.test(name)).length, Object.keys(process.report.getReport().sharedObjects.filter((path) => path.includes('duckdb'))).length)`;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' })).toBe('0 0\n');
  });
});
