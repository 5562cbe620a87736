import { Worker } from 'node:worker_threads';
import type { DatasetSchema, LoadStep } from '../../operators/types.js';
import { LoadError } from '../errors.js';
import type { Engine } from './engine.js';
import type { BatchMessage, Session } from './session.js';
import { type AnswerMessage, type Ask, buffersOf, errorFrom } from './thread-protocol.js';

/** A loader thread: an engine behind messages. Opens the file when asked, and may be asked again after it was closed. */
export interface LoaderThread {
  open(path: string): Promise<Engine>;
  /** Ends the thread, which must have no file open. */
  end(): void;
}

/** How long a process that exits waits for the thread to leave DuckDB, in milliseconds. */
const LEAVE_MS = 10_000;

/** Starts a loader thread. It keeps the process alive only while something is asked of it. */
export function loaderThread(): LoaderThread {
  const left = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./loader-thread.js', import.meta.url), { workerData: left });
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  let dead: Error | undefined;
  worker.unref();

  worker.on('message', (message: AnswerMessage) => {
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) worker.unref();
    if ('error' in message) asked?.reject(errorFrom(message.error));
    else asked?.resolve(message.result as never);
  });
  const died = (cause: Error): void => {
    dead ??= new LoadError(`The loader thread ended: ${cause.message}. What was not committed is not in the database.`, { cause });
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.on('error', died);
  worker.on('exit', (code) => died(new Error(`exit code ${code}`)));
  const leave = (): void => {
    if (dead !== undefined || waiting.size === 0) return;
    worker.postMessage({ id: 0, ask: { op: 'exit' } satisfies Ask });
    Atomics.wait(left, 0, 0, LEAVE_MS);
  };
  atExit(leave);

  function ask<T>(question: Ask, transfer: ArrayBuffer[] = []): Promise<T> {
    if (dead !== undefined) return Promise.reject(dead);
    lastId += 1;
    const id = lastId;
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, ask: question }, transfer);
    });
  }

  return {
    end() {
      dead ??= new LoadError('The loader thread has ended.');
      leavers.delete(leave);
      worker.postMessage({ id: 0, ask: { op: 'exit' } satisfies Ask });
    },
    async open(path) {
      await ask({ op: 'open', path });
      return {
        async openSession(config) {
          const { session, loadId } = await ask<{ session: number; loadId: string }>({ op: 'open-session', config });
          return remoteSession(ask, session, loadId);
        },
        schema: (dataset) => ask<DatasetSchema>({ op: 'schema', dataset }),
        query: (sql, parameters) => ask({ op: 'query', sql, parameters }),
        close: () => ask({ op: 'close' }),
      };
    },
  };
}

let listening = false;
const leavers = new Set<() => void>();

/** Node ends worker threads where they stand when the process exits; inside DuckDB that aborts the process. So it waits for them. */
function atExit(leave: () => void): void {
  if (!listening) process.once('exit', () => leavers.forEach((each) => each()));
  listening = true;
  leavers.add(leave);
}

type AskFunction = <T>(question: Ask, transfer?: ArrayBuffer[]) => Promise<T>;

function remoteSession(ask: AskFunction, session: number, loadId: string): Session {
  return {
    loadId,
    append: (batch) => ask<LoadStep>({ op: 'append', session, batch }, ownBuffer(batch)),
    commit: () => ask<LoadStep>({ op: 'commit', session }),
    finish: () => ask<LoadStep>({ op: 'finish', session }),
    abort: () => ask({ op: 'abort', session }),
  };
}

/** The one buffer that a batch of ours lies in: it is handed over. Buffers of other makers may be shared, so they are copied. */
function ownBuffer(batch: BatchMessage): ArrayBuffer[] {
  const [only, ...others] = buffersOf(batch);
  return only !== undefined && others.length === 0 ? [only] : [];
}
