import { existsSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import type { LoadStep } from '../../../../operators/types.js';
import { LoadError } from '../../../errors.js';
import { onAbort } from '../../../signals/on-abort.js';
import type { BufferBlock, QueryCursor, ValueBlock } from '../../column-block.js';
import type { Session } from '../../destination.js';
import { ownBuffer } from '../../own-buffer.js';
import type { AttachedDatabase } from '../attached-database.js';
import type { Engine } from '../engine.js';
import { atExit } from './at-exit.js';
import {
  type Appended,
  errorFrom,
  LEFT,
  type OpenedQuery,
  type OpenedSession,
  type RequestMessage,
  type ResponseMessage,
  STARTED,
  type ThreadRequest,
} from './thread-protocol.js';

/** How long a process that exits waits for a thread to leave DuckDB, in milliseconds. */
const LEAVE_MS = 10_000;
/** How long it waits for one that is still being started, in milliseconds. */
const START_MS = 2_000;
/**
 * The file of the export `sluice/loader-thread`: beside the file that contains this module, or
 * above the folder of chunks where a bundler puts that.
 */
const FILES = ['./', '../'].flatMap((folder) =>
  ['js', 'mjs'].map((ending) => `${folder}sluice-loader-thread.${ending}`),
);

/**
 * Sends a request to the thread; `transfer` is handed over. Rejects with the signal's reason when
 * that aborts, once the thread has stopped.
 */
type SendFunction = <T>(
  request: ThreadRequest,
  transfer?: ArrayBuffer[],
  signal?: AbortSignal,
) => Promise<T>;

interface LoaderThread {
  send: SendFunction;
  /** Loads that have begun and not ended. */
  sessions: Set<number>;
  isDead(): boolean;
  /** Ends the thread, which must have no database open. */
  end(): void;
}

/**
 * A thread whose database was closed, kept for the next one: starting one takes longer than a small
 * load.
 */
let idle: LoaderThread | undefined;

/**
 * Starts a loader thread for whoever opens a database next, so that it is there when it is needed;
 * it keeps no process alive. Does nothing where one is idle, where the thread's file is not found,
 * and in a worker thread, whose owner may end it at any time.
 */
export function startThread(): void {
  if (isMainThread && idle?.isDead() !== false && loaderFile() !== null) idle = loaderThread();
}

/**
 * Opens a database in a loader thread, which keeps the process alive only while it has
 * requests to work on.
 */
export async function openInThread(database: string | AttachedDatabase): Promise<Engine> {
  const thread = idle?.isDead() === false ? idle : loaderThread();
  if (idle === thread) idle = undefined;
  const { send, sessions } = thread;
  const leave = (): void => {
    if (thread.isDead()) return;
    if (idle === undefined) idle = thread;
    else thread.end();
  };
  try {
    await send({ op: 'open', database });
  } catch (error) {
    leave();
    throw error;
  }
  return {
    async openSession(load, signal) {
      const request = { op: 'open-session', load } as const;
      const opened = await send<OpenedSession>(request, [], signal);
      sessions.add(opened.session);
      return remoteSession(send, opened, () => sessions.delete(opened.session));
    },
    read: (what, signal) => send({ op: 'read', what }, [], signal),
    async openQuery(query, signal) {
      const opened = await send<OpenedQuery>({ op: 'open-query', query }, [], signal);
      return remoteCursor(send, opened, signal);
    },
    async close() {
      await send({ op: 'close' }).finally(leave);
    },
  };
}

/**
 * The thread's file; null in a bundle that has no such file beside it (and as CommonJS no
 * `import.meta.url` either).
 */
export function loaderFile(from: string | undefined = import.meta.url): URL | null {
  // Not `new URL('./file.js', import.meta.url)`: bundlers take that for an asset of theirs.
  if (from === undefined || !from.startsWith('file:')) return null;
  return FILES.map((file) => new URL(file, from)).find((file) => existsSync(file)) ?? null;
}

function loaderThread(): LoaderThread {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(loaderFile() as URL, {
    workerData: flags,
    // Options of the host's Node (`--input-type`, loaders) are not for the thread: some make it
    // fail.
    execArgv: [],
    // The thread makes few objects, and lets a young generation of the usual size fill up for
    // nothing.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  const waiting = new Map<
    number,
    { resolve: (result: never) => void; reject: (error: Error) => void }
  >();
  const sessions = new Set<number>();
  let lastId = 0;
  let dead: Error | undefined;

  worker.on('message', (message: ResponseMessage) => {
    const sender = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) worker.unref();
    if ('error' in message) sender?.reject(errorFrom(message.error));
    else sender?.resolve(message.result as never);
  });
  const exit = (): void =>
    worker.postMessage({ id: 0, request: { op: 'exit' } } satisfies RequestMessage);
  const leave = (): void => {
    Atomics.wait(flags, STARTED, 0, START_MS);
    if (waiting.size === 0 && sessions.size === 0) return;
    exit();
    Atomics.wait(flags, LEFT, 0, LEAVE_MS);
  };
  // Node ends worker threads where they stand when the process exits; inside DuckDB, while it is
  // loaded, or in a transaction of a server that was lost, that aborts the process. So it waits for
  // them.
  const stay = atExit(leave);
  const died = (cause: Error): void => {
    stay();
    dead ??= new LoadError(
      `The loader thread ended: ${cause.message}. What was not committed is not in the database.`,
      { cause },
    );
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.on('error', died);
  worker.on('exit', (code) => died(new Error(`exit code ${code}`)));
  // Behind the listeners, which make it keep the process alive.
  worker.unref();

  return {
    sessions,
    isDead: () => dead !== undefined,
    end: exit,
    async send(request, transfer = [], signal?) {
      if (dead !== undefined) throw dead;
      signal?.throwIfAborted();
      lastId += 1;
      const id = lastId;
      worker.postMessage({ id, request } satisfies RequestMessage, transfer);
      worker.ref();
      const off =
        signal &&
        onAbort(signal, () =>
          worker.postMessage({ id: 0, request: { op: 'stop', id } } satisfies RequestMessage),
        );
      try {
        return await new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
      } catch (error) {
        throw signal?.aborted === true ? signal.reason : error;
      } finally {
        off?.();
      }
    },
  };
}

/**
 * A cursor in the thread. An abort closes it there, which breaks off the block that is being
 * fetched; the cursor's own closing waits for that.
 */
function remoteCursor(
  send: SendFunction,
  { cursor, columns }: OpenedQuery,
  signal: AbortSignal | undefined,
): QueryCursor {
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= send({ op: 'close-query', cursor }));
  const fetch = async <T>(op: 'values' | 'buffers'): Promise<T | null> => {
    const off = signal && onAbort(signal, () => void close().catch(() => undefined));
    try {
      signal?.throwIfAborted();
      return await send<T | null>({ op, cursor });
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error;
    } finally {
      off?.();
    }
  };
  return {
    columns,
    values: () => fetch<ValueBlock>('values'),
    buffers: () => fetch<BufferBlock>('buffers'),
    close,
  };
}

function remoteSession(
  send: SendFunction,
  { session, loadId, known }: OpenedSession,
  ended: () => void,
): Session {
  return {
    loadId,
    known,
    async append(batch, giveBack) {
      const own = ownBuffer(batch);
      const returns = giveBack !== undefined;
      const request = { op: 'append', session, batch, returns } as const;
      const { step, memory } = await send<Appended>(request, own === null ? [] : [own]);
      if (memory !== null) giveBack?.(memory);
      return step;
    },
    commit: (progress = {}, isLast = false) =>
      send<LoadStep>({ op: 'commit', session, progress, isLast }),
    async finish(outcome) {
      const step = await send<LoadStep>({ op: 'finish', session, outcome });
      ended();
      return step;
    },
    abort: () => send<void>({ op: 'abort', session }).finally(ended),
  };
}
