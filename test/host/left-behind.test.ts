import { getEventListeners } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { cursor, customAuth, duckdb, pipeline, restSource, type Source } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';

/** 200 in `npm run test:faults`. */
const LOADS = Number(process.env['LOADS'] ?? 24);
/** What becomes of a load, in turns. */
const ENDINGS = [
  'complete',
  'aborted',
  'stopped',
  'unsubscribed',
  'closed',
  'refused by the API',
  'cut by the API',
  'failed by a step',
  'failed by a paginator',
  'failed by an authorization',
  'failed by an observer',
  'observed badly when it was complete',
] as const;
type Ending = (typeof ENDINGS)[number];

/** An error of the host's own. */
class HostError extends Error {}
const fail = (): never => {
  throw new HostError('mine');
};

async function api(): Promise<{
  url: string;
  sockets: ReadonlySet<Socket>;
  play: (as: Ending) => void;
}> {
  const sockets = new Set<Socket>();
  let ending: Ending = 'complete';
  const server = createServer(({ url = '' }, response) => {
    const isLast = url.includes('after=');
    if (isLast && ending === 'refused by the API') return response.writeHead(404).end();
    if (isLast && ending === 'cut by the API') return response.destroy();
    return response.end(
      JSON.stringify({ data: [{ id: 1, tags: [1] }], next: isLast ? null : 'b' }),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, sockets, play: (as) => (ending = as) };
}

function shop(baseUrl: string, ending: Ending): Source {
  return restSource({
    name: 'shop',
    client: {
      baseUrl,
      retry: { attempts: 1 },
      ...(ending === 'failed by an authorization' && { auth: customAuth(fail) }),
    },
    resources: [
      {
        name: 'orders',
        endpoint: {
          dataSelector: 'data',
          paginator:
            ending === 'failed by a paginator'
              ? fail
              : cursor({ cursorPath: 'next', cursorParam: 'after' }),
        },
        ...(ending === 'failed by a step' && { processingSteps: [{ map: fail }] }),
      },
    ],
  });
}

/** Loads once; what the run rejected with, null where it was complete. */
async function load(url: string, path: string, ending: Ending, count: number, host: AbortSignal) {
  const loading = pipeline({
    name: 'shop',
    // Each ending in turns in a thread and in the process.
    destination: duckdb(path, { thread: (count + Math.floor(count / ENDINGS.length)) % 2 === 0 }),
  });
  const end = new AbortController();
  const source = shop(url, ending);
  let error: unknown = null;
  if (ending === 'unsubscribed') {
    const running = loading.stream(source).subscribe({ error: () => undefined });
    await wait(count % 20);
    running.unsubscribe();
  } else {
    const run = loading.run(source, {
      signal: ending === 'aborted' ? end.signal : host,
      ...(ending === 'stopped' && { stop: end.signal }),
      observe({ kind }) {
        if (kind === 'page' && ending === 'failed by an observer') fail();
        if (kind === 'complete' && ending === 'observed badly when it was complete') fail();
      },
    });
    const ended = run.catch((raised: unknown) => (error = raised));
    if (ending === 'aborted' || ending === 'stopped' || ending === 'closed') {
      await wait(count % 20);
      end.abort();
      if (ending === 'closed') await loading.close({ abort: true });
    }
    await ended;
  }
  await loading.close();
  return error;
}

/** Whether an error is the host's, or has it among its causes. */
function isOfHost(error: unknown): boolean {
  return error instanceof HostError || (error instanceof Error && isOfHost(error.cause));
}

/** What the process holds. */
function held(): Record<string, number> {
  const files = readdirSync('/proc/self/fd').flatMap((file) => {
    try {
      return [readlinkSync(`/proc/self/fd/${file}`)];
    } catch {
      return [];
    }
  });
  return {
    threads: readdirSync('/proc/self/task').length,
    files: files.length,
    databases: files.filter((file) => file.includes('.duckdb')).length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    ...Object.fromEntries(
      ['Timeout', 'TCPSocketWrap', 'FSReqCallback', 'MessagePort', 'Worker'].map((kind) => [
        kind,
        process.getActiveResourcesInfo().filter((one) => one === kind).length,
      ]),
    ),
  };
}

it.runIf(process.platform === 'linux')(
  `${LOADS} loads leave nothing behind, however they end, and raise the host's own errors`,
  { timeout: 120_000 },
  async () => {
    const { url, sockets, play } = await api();
    const path = databasePath();
    const host = new AbortController();
    const run = async (count: number): Promise<void> => {
      const ending = ENDINGS[count % ENDINGS.length] as Ending;
      play(ending);
      const error = await load(url, path, ending, count, host.signal);
      if (ending.startsWith('failed by')) expect([ending, isOfHost(error)]).toEqual([ending, true]);
      if (/^observed|^complete/.test(ending)) expect([ending, error]).toEqual([ending, null]);
    };
    // What is made once and kept: the loader thread, compiled code.
    for (let count = 0; count < ENDINGS.length; count += 1) await run(count);
    const settle = async (): Promise<Record<string, number>> => {
      while (sockets.size > 0) await wait(1);
      return held();
    };
    const before = await settle();
    for (let count = 0; count < LOADS; count += 1) await run(count);
    const after = await settle();
    for (const [what, count] of Object.entries(before))
      expect([what, Math.min(after[what] as number, count)]).toEqual([what, after[what]]);
    expect(after['databases']).toBe(0);
    expect(getEventListeners(host.signal, 'abort')).toEqual([]);
  },
);
