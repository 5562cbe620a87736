import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { duckdb } from 'sluice';
import { deferred } from '../support/deferred.js';
import { type LocalServer, serve } from '../support/local-server.js';
import { MAIN } from '../support/run-sluice.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();

function start(file: string, text: string): ChildProcess {
  writeFileSync(folder.path(file), text);
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path('home') };
  return spawn(process.execPath, [MAIN, 'run', file], { cwd: folder.path('.'), env });
}

const ended = (child: ChildProcess): Promise<unknown[]> => once(child, 'exit');

/** The source of an API with two pages of a row each. */
const config = ({ url }: LocalServer): string =>
  JSON.stringify({
    client: { baseUrl: url },
    resources: [
      {
        name: 'orders',
        endpoint: {
          path: 'orders',
          dataSelector: 'data',
          paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
        },
      },
    ],
  });
const page = (number: number): object => ({
  data: [{ id: number }],
  next: number < 1 ? number + 1 : null,
});

describe('a signal to the command line', () => {
  it('keeps what has come, and the next run is complete', async () => {
    const waiting = deferred();
    const server = await serve(async ({ query, closed }, count) => {
      if (count === 2) {
        waiting.resolve();
        await closed;
      }
      return { json: page(Number(query.get('after') ?? 0)) };
    });
    const child = start('kept.json', config(server));
    let said = '';
    child.stderr?.on('data', (text) => (said += String(text)));
    await waiting.promise;
    child.kill('SIGTERM');
    expect(await ended(child)).toEqual([143, null]);
    expect(said).toContain('sluice: Stopped; 1 row is committed.');
    expect(await ended(start('kept.json', config(server)))).toEqual([0, null]);
    expect(server.requests).toHaveLength(3);
    expect(
      await duckdb(folder.path('kept_pipeline.duckdb')).query(
        'SELECT id FROM kept_pipeline_dataset.orders ORDER BY id',
      ),
    ).toEqual([{ id: 0 }, { id: 1 }]);
  });

  it('ends it at once where no load has begun, whatever the file waits for', async () => {
    const child = start(
      'waiting.mjs',
      `setInterval(() => undefined, 1000);
       export default () => { process.kill(process.pid, 'SIGINT'); return new Promise(() => undefined); };`,
    );
    expect(await ended(child)).toEqual([null, 'SIGINT']);
  });

  it('ends it at once where it is the second', async () => {
    const child = start(
      'second.mjs',
      `import { channel } from 'node:diagnostics_channel';
       channel('tracing:sluice:run:start').subscribe(() => {
         process.on('SIGINT', () => setImmediate(() => process.kill(process.pid, 'SIGINT')));
         process.kill(process.pid, 'SIGINT');
         setInterval(() => undefined, 1000);
       });
       export default ${config(await serve(({ closed }) => closed.then(() => ({ json: [] }))))};`,
    );
    expect(await ended(child)).toEqual([null, 'SIGINT']);
  });

  it('changes nothing of a load that is complete, whose exit code is 0', async () => {
    const child = start(
      'complete.mjs',
      `import { channel } from 'node:diagnostics_channel';
       channel('tracing:sluice:run:asyncEnd').subscribe(() => process.kill(process.pid, 'SIGINT'));
       export default ${config(await serve(({ query }) => ({ json: page(Number(query.get('after') ?? 0)) })))};`,
    );
    expect(await ended(child)).toEqual([0, null]);
  });
});

it('completes a load where nobody reads what it prints', async () => {
  const server = await serve(() => ({ json: { data: [{ id: 1 }], total: 5 } }));
  const paginator = { type: 'pageNumber', maximumPage: 2 };
  const endpoint = { path: 'orders', dataSelector: 'data', paginator };
  const child = start(
    'unread.json',
    JSON.stringify({ client: { baseUrl: server.url }, resources: [{ name: 'orders', endpoint }] }),
  );
  child.stdout?.destroy();
  child.stderr?.destroy();
  expect(await ended(child)).toEqual([0, null]);
});
