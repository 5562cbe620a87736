import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serve } from '../support/local-server.js';
import { type Ended, runSluice } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

/** Rows with which a commit is due at once. */
const FIRST_PAGE = JSON.stringify(Array.from({ length: 500_000 }, () => ({ a: 1 })));

describe('the text of a failed `sluice run`', () => {
  const folder = tempFolder();
  const run = (...args: string[]): Promise<Ended> =>
    runSluice(['run', 'shop.mjs', '--quiet', ...args], { cwd: folder.path('.') });

  it('says that the next run begins anew where nothing was committed', async () => {
    const { url } = await serve(() => ({ status: 500 }));
    writeFileSync(folder.path('shop.mjs'), config(url));
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^sluice: .*orders.* 500.*\nNext run of shop_pipeline: it starts from the beginning: nothing is committed\.\n$/,
    );
  });

  it('says that the next run resumes what was committed', async () => {
    let committed = (): void => undefined;
    const isCommitted = new Promise<void>((resolve) => (committed = resolve));
    const { url } = await serve(async ({ path, query }) => {
      if (path === '/committed') committed();
      if (path === '/committed') return {};
      if (query.get('page') === '0') return { text: FIRST_PAGE };
      await isCommitted;
      return { status: 500 };
    });
    writeFileSync(
      folder.path('shop.mjs'),
      `import { channel } from 'node:diagnostics_channel';
channel('sluice:commit').subscribe(() => void fetch('${url}/committed'));
${config(url)}`,
    );
    const failed = await run();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      /^sluice: .*orders.*page 2.* 500.*\nNext run of shop_pipeline: it resumes this load behind its last commit, if it begins before \d{4}-\S+Z\. With --restart it starts from the beginning\.\n$/,
    );
  });
});

function config(url: string): string {
  return `export default {
  client: { baseUrl: '${url}', retry: { attempts: 1 } },
  resources: [{ name: 'orders', endpoint: { paginator: { type: 'pageNumber' } } }],
};\n`;
}
