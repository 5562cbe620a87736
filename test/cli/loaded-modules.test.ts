import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { serve } from '../support/local-server.js';
import { runSluice } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

/** Writes the files that a process parses as programs, in whatever module system. */
const RECORDER = `
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
const files = new Set();
const session = new Session();
session.connect();
session.on('Debugger.scriptParsed', ({ params: { url } }) => {
  if (/^(file:|\\/)/.test(url)) files.add(url);
});
session.post('Debugger.enable');
process.on('exit', () => writeFileSync(process.env.RECORDED, JSON.stringify([...files])));
`;

/** Files of ours that a run loads in its main thread. Fewer is better: each costs a start. */
const OWN_FILES = 11;
/** Files of rxjs, which has 220 in all. */
const RXJS_FILES = 80;

describe('modules that `sluice run` loads', () => {
  const folder = tempFolder();

  it('are a few files of ours and parts of the peer rxjs, and neither Arrow nor a compiler', async () => {
    const { url } = await serve(() => ({ json: [{ id: 1, tags: ['a'] }] }));
    const recorded = folder.path('recorded.json');
    writeFileSync(folder.path('recorder.mjs'), RECORDER);
    writeFileSync(
      folder.path('shop.json'),
      JSON.stringify({ client: { base_url: url }, resources: ['orders', 'users', 'items'] }),
    );
    const ended = await runSluice(['run', 'shop.json', '--json'], {
      cwd: folder.path('.'),
      env: {
        NODE_OPTIONS: `--import ${pathToFileURL(folder.path('recorder.mjs')).href}`,
        RECORDED: recorded,
      },
    });
    expect(ended).toMatchObject({ code: 0 });
    const files = JSON.parse(readFileSync(recorded, 'utf8')) as string[];
    const packages = files.flatMap((file) => /.*node_modules\/(.*?)\//.exec(file)?.[1] ?? []);
    expect([...new Set(packages)]).toEqual(['rxjs']);
    const own = files.filter((file) => /\/dist\/(src|chunks|operators)\//.test(file));
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThanOrEqual(OWN_FILES);
    const rxjs = files.filter((file) => file.includes('node_modules/rxjs/'));
    expect(rxjs.length).toBeLessThanOrEqual(RXJS_FILES);
  });
});
